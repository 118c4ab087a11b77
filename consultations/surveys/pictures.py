"""Pictures that surveys show: how large they are, told by their first bytes, without a library that decodes them."""

from __future__ import annotations

import struct
from collections.abc import Callable

from engagement.core.errors import Refused

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
