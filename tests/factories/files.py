"""Files as people send them, and as nobody should: small, made here, each true to its format."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def sent(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    """The file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def png(width: int = 3, height: int = 2, *, text: str = "") -> bytes:
    """A black picture; `text` is a remark of its author inside."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\0" * 3 * width for _ in range(height))
    told = chunk(b"tEXt", b"Author\0" + text.encode()) if text else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + told + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def exif(*, turned: int = 1, place: bool = False, camera: str = "") -> bytes:
    """A segment of a JPEG with the orientation, a GPS directory and the name of a camera."""
    entries = [(0x0112, 3, 1, struct.pack(">HH", turned, 0))]
    if camera:
        # Four characters stand in the entry itself.
        entries.insert(0, (0x010F, 2, 4, camera[:3].encode().ljust(4, b"\0")))
    if place:
        entries.append((0x8825, 4, 1, struct.pack(">I", 200)))
    directory = struct.pack(">H", len(entries))
    for tag, kind, count, value in entries:
        directory += struct.pack(">HHI", tag, kind, count) + value
    block = b"Exif\0\0MM\0*\0\0\0\x08" + directory + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block


def jpeg(width: int = 4, height: int = 3, **told: object) -> bytes:
    """The segments of a JPEG in their order, without anything to see in it."""
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    jfif = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    facts = exif(**told) if told else b""  # type: ignore[arg-type]
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34"
    return b"\xff\xd8" + jfif + facts + b"\xff\xc0" + frame + scan + b"\xff\xd9"


def docx(*, author: str = "", changed_by: str = "", macros: bool = False, text: str = "Trains.") -> bytes:
    """A Word document with an author in its properties, and a change by somebody."""
    out = BytesIO()
    core = f"<cp:coreProperties><dc:creator>{author}</dc:creator></cp:coreProperties>"
    change = f'<w:ins w:id="1" w:author="{changed_by}"><w:r><w:t>more</w:t></w:r></w:ins>' if changed_by else ""
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("docProps/core.xml", core)
        package.writestr("word/document.xml", f"<w:document><w:t>{text}</w:t>{change}</w:document>")
        if macros:
            package.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return out.getvalue()


def bomb(megabytes: int = 600) -> bytes:
    """A Word document of a few hundred kilobytes that unpacks to so much."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<x/>")
        with package.open("word/media/x.bin", "w", force_zip64=True) as part:
            piece = b"\0" * (1 << 20)
            for _ in range(megabytes):
                part.write(piece)
    return out.getvalue()
