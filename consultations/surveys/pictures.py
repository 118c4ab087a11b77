"""Pictures that surveys show: checked, measured by their first bytes without a library that decodes them, and kept."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile

from consultations.programme.models import Document
from consultations.surveys.models import Picture, Survey
from engagement.audit import trail
from engagement.core import metadata, uploads
from engagement.core.errors import Refused
from engagement.core.uploads import Checked

LONGEST_SIDE = 8_000
# Markers of JPEG segments that hold the size: all start-of-frame markers (ITU-T T.81, table B.1).
FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def size_of(content: bytes, suffix: str) -> tuple[int, int]:
    """(width, height) in pixels of a PNG, JPEG or WebP; raises Refused for one that cannot be read or is too large."""
    try:
        width, height = READERS[suffix](content)
    except (KeyError, struct.error, IndexError, ValueError):
        width = height = 0
    if not width or not height:
        raise Refused("This picture cannot be read. Save it again as PNG, JPEG or WebP and choose that.")
    if max(width, height) > LONGEST_SIDE:
        raise Refused(f"This picture is {width} by {height} pixels. Make it no larger than {LONGEST_SIDE} each way.")
    return width, height


def _png(content: bytes) -> tuple[int, int]:
    if content[12:16] != b"IHDR":
        raise ValueError
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker in FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise ValueError


def _webp(content: bytes) -> tuple[int, int]:
    """RFC 9649: the size stands in another place for each of the three kinds of a first chunk."""
    name = content[12:16]
    if name == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if name == b"VP8L" and content[20] == 0x2F:
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError


READERS: dict[str, Callable[[bytes], tuple[int, int]]] = {
    ".png": _png,
    ".jpg": _jpeg,
    ".jpeg": _jpeg,
    ".webp": _webp,
}


# --- keeping --------------------------------------------------------------------------------------------


def checked(upload: Any) -> Checked:
    """The picture that was sent, without what tells where and by whom it was taken; raises Refused."""
    suffixes, words = uploads.GROUPS["picture"], uploads.words_of(["picture"])
    most = settings.UPLOAD_MEGABYTES
    sent = uploads.read(upload, most_megabytes=most, suffixes=suffixes, words=words)
    clean = metadata.without(sent.content, sent.suffix)
    return uploads.check(sent.file_name, clean, most_megabytes=most, suffixes=suffixes, words=words)


def keep(survey: Survey, sent: Checked | None, paper: Document | None, *, actor: Any) -> dict[str, Any]:
    """Keep the picture that was sent, or a copy of one among the consultation's documents; the settings of the question
    that shows it, none without a picture.

    A copy, because a version shows its pictures for ever, and a document can be taken off the page. Raises Refused for
    a picture that cannot be read.
    """
    if sent is None and paper is not None:
        with paper.file.open("rb") as content:
            sent = uploads.check(
                paper.file_name,
                content.read(),
                most_megabytes=settings.UPLOAD_MEGABYTES,
                suffixes=uploads.GROUPS["picture"],
            )
    if sent is None:
        return {}
    width, height = size_of(sent.content, sent.suffix)
    picture = Picture.objects.filter(survey=survey, sha256=sent.sha256).first()
    if picture is None:
        picture = Picture(
            survey=survey,
            file_name=sent.file_name,
            content_type=sent.content_type,
            size=len(sent.content),
            sha256=sent.sha256,
            width=width,
            height=height,
            uploaded_by=actor,
        )
        picture.file.save(sent.file_name, ContentFile(sent.content), save=False)
        picture.save()
        trail.record("survey.picture_added", subject=survey, actor=actor, scope=survey.consultation.reference)
    return {"picture": str(picture.public_id), "width": width, "height": height}
