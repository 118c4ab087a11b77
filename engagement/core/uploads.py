"""Which files are taken: told by what is in them, not by their names. For documents, evidence and answers alike."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

import puremagic
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from engagement.core.errors import Refused
from engagement.core.uploading import CutFile

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
    ".webp": "image/webp",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
}
# What people call them: group -> the endings in it. SVG and HTML are in none, since they can carry scripts.
GROUPS: dict[str, tuple[str, ...]] = {
    "document": (".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".txt", ".csv"),
    "picture": (".png", ".jpg", ".jpeg", ".webp"),
    "sound": (".mp3", ".m4a", ".wav", ".ogg"),
    "video": (".mp4", ".mov", ".webm"),
}
GROUP_WORDS = {
    "document": gettext_lazy("PDF, Word, Excel, PowerPoint, OpenDocument, text, CSV"),
    "picture": gettext_lazy("PNG, JPEG, WebP"),
    "sound": gettext_lazy("MP3, M4A, WAV, Ogg"),
    "video": gettext_lazy("MP4, MOV, WebM"),
}
# What stands beside a consultation or a submission.
PAPERS = (*GROUPS["document"], ".png", ".jpg", ".jpeg")
WORDS = gettext_lazy("PDF, Word, Excel, PowerPoint, OpenDocument, text, CSV, PNG or JPEG")
# The part that each kind of package has to hold.
PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
PACKAGES = (*PARTS, ".odt", ".ods")
LONGEST_NAME = 200
# What a package may hold when it is unpacked: whoever opens more than that suffers.
MOST_UNPACKED = 500 * 1024 * 1024
# How the first bytes of sounds, videos and pictures look, where a list of signatures is not strict enough.
BEGINNINGS: dict[str, Callable[[bytes], bool]] = {
    ".png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    ".jpg": lambda head: head.startswith(b"\xff\xd8\xff"),
    ".jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    ".webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    ".wav": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE",
    ".mp3": lambda head: head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2),
    ".ogg": lambda head: head.startswith(b"OggS"),
    ".m4a": lambda head: head[4:8] == b"ftyp" and head[8:11] in {b"M4A", b"M4B", b"mp4", b"iso"},
    ".mp4": lambda head: head[4:8] == b"ftyp" and head[8:10] != b"qt",
    ".mov": lambda head: head[4:8] == b"ftyp" and head[8:10] == b"qt",
    ".webm": lambda head: head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64],
}


@dataclass(frozen=True)
class Checked:
    """A file whose content is what its name says."""

    file_name: str
    suffix: str
    content_type: str
    content: bytes
    sha256: str


def suffixes_of(groups: Collection[str]) -> tuple[str, ...]:
    """The endings that belong to these groups; all that are known for none."""
    return tuple(suffix for name, suffixes in GROUPS.items() for suffix in suffixes if not groups or name in groups)


def words_of(groups: Collection[str]) -> str:
    """What these groups take, for people."""
    return ", ".join(str(words) for name, words in GROUP_WORDS.items() if not groups or name in groups)


def safe_name(file_name: str) -> str:
    """The name without folders and without characters that are not seen or that a shell or a browser reads."""
    name = unicodedata.normalize("NFC", PurePath(file_name.replace("\\", "/")).name)
    return re.sub(r"[^\w.() -]+", "-", name).strip(" .-") or "document"


def sha256_of(content: bytes) -> str:
    """The checksum by which the same content is told."""
    return hashlib.sha256(content).hexdigest()


def read(upload: Any, *, most_megabytes: int, suffixes: Collection[str] = PAPERS, words: str = "") -> Checked:
    """The uploaded file as it may be kept; raises Refused. One that is too large is not read into memory."""
    name = safe_name(upload.name or "document")
    if len(upload.name or "") > LONGEST_NAME:
        raise Refused(
            gettext("The name of “%(name)s…” is longer than %(longest)s characters. Give it a shorter name.")
            % {"name": name[:40], "longest": LONGEST_NAME}
        )
    if isinstance(upload, CutFile) and upload.together:
        raise Refused(
            gettext(
                "%(name)s was not taken: all files together were larger than %(most)s megabytes. Send fewer at once."
            )
            % {"name": name, "most": settings.UPLOAD_TOGETHER_MEGABYTES}
        )
    if isinstance(upload, CutFile) or (upload.size or 0) > most_megabytes * 1024 * 1024:
        raise Refused(_too_large(name, most_megabytes))
    upload.seek(0)
    return check(
        upload.name or "document", upload.read(), most_megabytes=most_megabytes, suffixes=suffixes, words=words
    )


def check(
    file_name: str,
    content: bytes,
    *,
    most_megabytes: int,
    suffixes: Collection[str] = PAPERS,
    words: str = "",
) -> Checked:
    """The file as it may be kept; raises Refused with what is wrong with it.

    `suffixes` are the endings that are taken, `words` what they are called.
    """
    name = safe_name(file_name)
    suffix = PurePath(name).suffix.lower()
    if not content:
        raise Refused(gettext("%(name)s is empty. Choose a file with something in it.") % {"name": name})
    if len(content) > most_megabytes * 1024 * 1024:
        raise Refused(_too_large(name, most_megabytes))
    if suffix not in TYPES or suffix not in suffixes:
        raise Refused(
            gettext("%(name)s is of a kind that we do not take. Choose a %(words)s file.")
            % {"name": name, "words": words or WORDS}
        )
    if not _holds(content, suffix):
        raise Refused(
            gettext("What is in %(name)s is not what its name says. Save it again as %(upper)s and choose that.")
            % {"name": name, "upper": suffix[1:].upper()}
        )
    _refuse_package(name, content, suffix)
    return Checked(name[-LONGEST_NAME:], suffix, TYPES[suffix], content, sha256_of(content))


def _too_large(name: str, most_megabytes: int) -> str:
    return gettext("%(name)s is larger than %(most_megabytes)s megabytes. Choose a smaller file.") % {
        "name": name,
        "most_megabytes": most_megabytes,
    }


def _holds(content: bytes, suffix: str) -> bool:
    if suffix in {".txt", ".csv"}:
        return _is_text(content)
    if suffix in PACKAGES:
        return _is_package(content, suffix)
    if suffix == ".pdf":
        return content.startswith(b"%PDF-")
    if not BEGINNINGS[suffix](content[:64]):
        return False
    if suffix not in {".png", ".jpg", ".jpeg"}:
        return True
    try:
        return TYPES[suffix] in {match.mime_type for match in puremagic.magic_string(content)}
    except puremagic.PureError:
        return False


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


def _is_package(content: bytes, suffix: str) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = set(package.namelist())
            if suffix in PARTS:
                return PARTS[suffix] in names and "[Content_Types].xml" in names
            if "mimetype" not in names or package.getinfo("mimetype").file_size > 200:
                return False
            return package.read("mimetype").decode("ascii", "replace").strip() == TYPES[suffix]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, OSError):
        return False


def _refuse_package(name: str, content: bytes, suffix: str) -> None:
    """No package that unpacks to something huge, and none with macros, whatever ending they hide behind."""
    if not zipfile.is_zipfile(BytesIO(content)):
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return
    if _unpacked(parts) > MOST_UNPACKED:
        raise Refused(
            gettext("%(name)s unpacks to more than %(most_unpacked)s megabytes.")
            % {"name": name, "most_unpacked": MOST_UNPACKED // 1024**2}
        )
    if suffix in PACKAGES and any(PurePath(part.filename).name.lower() == "vbaproject.bin" for part in parts):
        raise Refused(
            gettext("%(name)s holds macros, which are programs. Save it without macros and choose that.")
            % {"name": name}
        )


def _unpacked(parts: Iterable[zipfile.ZipInfo]) -> int:
    return sum(part.file_size for part in parts)
