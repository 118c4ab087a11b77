"""Which files may stand beside a consultation: told by what is in them, not by their names."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

import puremagic
from django.utils.translation import gettext, gettext_lazy

from engagement.core.errors import Refused

# What the content has to be, for each ending of a name that is taken.
TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".txt": "text/plain",
    ".csv": "text/csv",
}
# The part that each kind of package has to hold.
PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
WORDS = gettext_lazy("PDF, Word, Excel, PowerPoint, OpenDocument, text, CSV, PNG or JPEG")


@dataclass(frozen=True)
class Checked:
    """A file whose content is what its name says."""

    file_name: str
    suffix: str
    content_type: str
    content: bytes
    sha256: str


def check(file_name: str, content: bytes, *, most_megabytes: int) -> Checked:
    """The file as it may be kept; raises Refused with what is wrong with it."""
    name = (
        re.sub(r"[^\w.() -]+", "-", PurePath(file_name.replace("\\", "/")).name, flags=re.ASCII).strip() or "document"
    )
    suffix = PurePath(name).suffix.lower()
    if not content:
        raise Refused(gettext("%(name)s is empty. Choose a file with something in it.") % {"name": name})
    if len(content) > most_megabytes * 1024 * 1024:
        raise Refused(
            gettext("%(name)s is larger than %(most_megabytes)s megabytes. Choose a smaller file.")
            % {"name": name, "most_megabytes": most_megabytes}
        )
    if suffix not in TYPES:
        raise Refused(
            gettext("%(name)s is of a kind that we do not take. Choose a %(words)s file.")
            % {"name": name, "words": WORDS}
        )
    if not _holds(content, suffix):
        raise Refused(
            gettext("What is in %(name)s is not what its name says. Save it again as %(upper)s and choose that.")
            % {"name": name, "upper": suffix[1:].upper()}
        )
    return Checked(name[-200:], suffix, TYPES[suffix], content, hashlib.sha256(content).hexdigest())


def _holds(content: bytes, suffix: str) -> bool:
    if suffix in {".txt", ".csv"}:
        try:
            return "\0" not in content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return False
    if suffix in {".docx", ".xlsx", ".pptx", ".odt", ".ods"}:
        return _is_package(content, suffix)
    try:
        found = {match.mime_type for match in puremagic.magic_string(content)}
    except puremagic.PureError:
        return False
    return TYPES[suffix] in found


def _is_package(content: bytes, suffix: str) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = set(package.namelist())
            if suffix in PARTS:
                return PARTS[suffix] in names and "[Content_Types].xml" in names
            if "mimetype" not in names or package.getinfo("mimetype").file_size > 200:
                return False
            return package.read("mimetype").decode("ascii", "replace").strip() == TYPES[suffix]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return False
