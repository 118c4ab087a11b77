"""What a file tells of its makers besides what can be read in it, and the same file without that.

Pictures carry where and with what they were taken (Exif 2.32, IPTC, XMP); Office and OpenDocument packages carry
authors, companies and the names beside changes and comments (ECMA-376 part 2, OpenDocument 1.3 part 2); PDF carries an
author in its information dictionary or in XMP. What cannot be taken out of a PDF is named, so that its sender can.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO

from django.utils.translation import gettext_lazy

PLACE, DEVICE, AUTHOR, CHANGES = "place", "device", "author", "changes"
WORDS = {
    PLACE: gettext_lazy("the place where it was taken"),
    DEVICE: gettext_lazy("when and with what it was made"),
    AUTHOR: gettext_lazy("the names of its authors or their organisation"),
    CHANGES: gettext_lazy("tracked changes or comments with names"),
}
JPEG, PNG, WEBP = (".jpg", ".jpeg"), ".png", ".webp"
PACKAGES = (".docx", ".xlsx", ".pptx", ".odt", ".ods")
# Endings from which everything that is found can be taken out.
CLEANABLE = (*JPEG, PNG, WEBP, *PACKAGES)
# A part of a package that is larger than this is not looked through.
MOST_READ = 32 * 1024 * 1024
# Elements of packages whose text names people, places of work or programs.
NAMING = re.compile(
    rb"(<(?:dc:creator|cp:lastModifiedBy|Company|Manager|meta:initial-creator|meta:printed-by|meta:editing-cycles)"
    rb"(?:\s[^>]*)?>)([^<]+)(</)"
)
AUTHOR_NAMES = re.compile(rb"((?:\bw:author|\bw:initials|\bw15:author|\bname)=\")([^\"]+)(\")")
DOCUMENT_NAMES = re.compile(rb"(<(?:dc:creator|office:annotation-author|author)(?:\s[^>]*)?>)([^<]+)(</)")
CHANGED = re.compile(rb"<w:(?:ins|del|moveFrom|moveTo)\s|<text:tracked-changes|<office:annotation[\s>]")
FACTS = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "meta.xml")
PNG_TELLS = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
GPS_TAG, ORIENTATION_TAG = 0x8825, 0x0112


def found_in(content: bytes, suffix: str) -> list[str]:
    """Which of PLACE, DEVICE, AUTHOR and CHANGES the file tells; empty for what cannot be read."""
    if suffix in JPEG:
        return _in_exif([part for marker, part in _segments(content) if _tells(marker, part)])
    if suffix == PNG:
        told = [data for name, data in _chunks(content) if name in PNG_TELLS]
        return _in_exif([b"Exif\0\0" + data for name, data in _chunks(content) if name == b"eXIf"] or told)
    if suffix == WEBP:
        told = [data for name, data in _riff(content) if name in {b"EXIF", b"XMP "}]
        return _in_exif([data if data.startswith(b"Exif") else b"Exif\0\0" + data for data in told])
    if suffix in PACKAGES:
        return _in_package(content)
    if suffix == ".pdf":
        return [AUTHOR] if re.search(rb"/Author\s*[(<]\s*[^)>\s]|<dc:creator>", content) else []
    return []


def without(content: bytes, suffix: str) -> bytes:
    """The same file without what `found_in` finds, where its ending is in CLEANABLE; else the file as it is.

    Which way up a photograph is held stays in it, or it would be shown on its side.
    """
    if suffix in JPEG:
        return _clean_jpeg(content)
    if suffix == PNG:
        return _clean_png(content)
    if suffix == WEBP:
        return _clean_webp(content)
    if suffix in PACKAGES:
        return _clean_package(content)
    return content


# --- pictures -------------------------------------------------------------------------------------------


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The segments of a JPEG before its picture: (marker, segment with marker and length)."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xDA:
            return
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        yield marker, content[at : at + 2 + length]
        at += 2 + length


def _tells(marker: int, segment: bytes) -> bool:
    """APP1 (Exif, XMP), APP13 (IPTC) and comments; colour profiles (APP2) and APP14 are needed to show it."""
    return marker in {0xE1, 0xED, 0xFE}


def _clean_jpeg(content: bytes) -> bytes:
    kept, at, turned = [content[:2]], 2, 0
    for marker, segment in _segments(content):
        at += len(segment)
        if not _tells(marker, segment):
            kept.append(segment)
        elif marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            turned = turned or _directory(segment[10:]).get(ORIENTATION_TAG, 0)
    if 1 < turned <= 8:
        # The smallest Exif that says nothing but which way up it is.
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", ORIENTATION_TAG, 3, 1, turned, 0) + b"\0\0\0\0"
        place = 2 if len(kept) > 1 and kept[1][1] == 0xE0 else 1
        kept.insert(place, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept) + content[at:]


def _directory(tiff: bytes) -> dict[int, int]:
    """The tags of the first directory of an Exif block, with values that are whole numbers."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return {}
    at = struct.unpack(f"{order}I", tiff[4:8])[0]
    if at + 2 > len(tiff):
        return {}
    found = {}
    for number in range(struct.unpack(f"{order}H", tiff[at : at + 2])[0]):
        entry = tiff[at + 2 + 12 * number : at + 14 + 12 * number]
        if len(entry) < 12:
            break
        tag, kind = struct.unpack(f"{order}HH", entry[:4])
        found[tag] = struct.unpack(f"{order}H" if kind == 3 else f"{order}I", entry[8 : 10 if kind == 3 else 12])[0]
    return found


def _in_exif(told: list[bytes]) -> list[str]:
    """What blocks of metadata tell; one that holds nothing but which way up the picture is tells nothing."""
    found: set[str] = set()
    for block in told:
        start = block.find(b"Exif\0\0")
        tags = _directory(block[start + 6 :]) if start >= 0 else {}
        if GPS_TAG in tags or b"GPSLatitude" in block:
            found.add(PLACE)
        if start < 0 or set(tags) - {ORIENTATION_TAG, GPS_TAG}:
            found.add(DEVICE)
    return [name for name in (PLACE, DEVICE) if name in found]


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(content):
        length = struct.unpack(">I", content[at : at + 4])[0]
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += 12 + length


def _clean_png(content: bytes) -> bytes:
    kept, at = [content[:8]], 8
    for name, data in _chunks(content):
        size = 12 + len(data)
        if name not in PNG_TELLS:
            kept.append(content[at : at + size])
        at += size
        if name == b"IEND":
            break
    # What stands behind the end of a picture is no part of it.
    return b"".join(kept)


def _riff(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(content):
        length = struct.unpack("<I", content[at + 4 : at + 8])[0]
        yield content[at : at + 4], content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _clean_webp(content: bytes) -> bytes:
    body = b""
    for name, data in _riff(content):
        if name in {b"EXIF", b"XMP "}:
            continue
        if name == b"VP8X" and data:
            data = bytes([data[0] & ~0b00001100]) + data[1:]
        body += name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


# --- packages -------------------------------------------------------------------------------------------


def _may_name(name: str) -> bool:
    return name.endswith(".xml")


def _in_package(content: bytes) -> list[str]:
    found: set[str] = set()
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            for part in package.infolist():
                if not _may_name(part.filename) or part.file_size > MOST_READ:
                    continue
                xml = package.read(part)
                if part.filename in FACTS and NAMING.search(xml):
                    found.add(AUTHOR)
                if CHANGED.search(xml) or "comments" in part.filename.lower():
                    found.add(CHANGES)
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError, EOFError):
        return []
    return [name for name in (AUTHOR, CHANGES) if name in found]


def _clean_package(content: bytes) -> bytes:
    out = BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(content)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as clean:
            for part in package.infolist():
                data = package.read(part)
                if part.filename in FACTS:
                    data = NAMING.sub(rb"\1\3", data)
                elif _may_name(part.filename):
                    data = _without_names(part.filename, data)
                bare = zipfile.ZipInfo(part.filename)
                bare.compress_type = part.compress_type
                clean.writestr(bare, data)
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError, EOFError):
        return content
    return out.getvalue()


def _without_names(file_name: str, xml: bytes) -> bytes:
    """The part with every name beside a change or comment replaced; what was changed stays as it is."""
    low = file_name.lower()
    if low.startswith("word/") or "comment" in low or "people" in low or "persons" in low:
        if low.startswith("word/") and not ("comment" in low or "people" in low):
            return re.sub(rb"((?:\bw:author|\bw:initials)=\")([^\"]+)(\")", rb"\1Author\3", xml)
        xml = AUTHOR_NAMES.sub(rb"\1Author\3", xml)
    if low == "content.xml" or "comment" in low:
        xml = DOCUMENT_NAMES.sub(rb"\1Author\3", xml)
    return xml
