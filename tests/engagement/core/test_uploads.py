"""Files are told by what is in them."""

import zipfile
from io import BytesIO

import pytest

from engagement.core import uploads
from engagement.core.errors import Refused

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


def package(*names, mimetype=""):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Prospectus.PDF", PDF),
        ("map.png", PNG),
        ("notes.txt", "Grüße\n".encode()),
        ("figures.csv", b"\xef\xbb\xbfa,b\n1,2\n"),
        ("paper.docx", package("[Content_Types].xml", "word/document.xml")),
        ("figures.xlsx", package("[Content_Types].xml", "xl/workbook.xml")),
        ("paper.odt", package("content.xml", mimetype="application/vnd.oasis.opendocument.text")),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(name, content):
    taken = uploads.check(name, content, most_megabytes=1)

    assert (taken.file_name, taken.content) == (name, content)
    assert len(taken.sha256) == 64


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.pdf", b"", "empty"),
        ("huge.txt", b"x" * (1024 * 1024 + 1), "larger than 1 megabytes"),
        ("page.html", b"<script>alert(1)</script>", "of a kind that we do not take"),
        ("prospectus.pdf", b"<html><script>alert(1)</script></html>", "not what its name says"),
        ("paper.docx", package("evil.exe"), "not what its name says"),
        ("paper.docx", b"PK\x03\x04 broken", "not what its name says"),
        ("paper.odt", package(mimetype="application/zip"), "not what its name says"),
        ("notes.txt", b"\x00\x01", "not what its name says"),
        ("noending", PDF, "of a kind that we do not take"),
    ],
)
def test_anything_else_is_refused_in_words(name, content, sentence):
    with pytest.raises(Refused, match=sentence):
        uploads.check(name, content, most_megabytes=1)


def test_a_name_from_elsewhere_keeps_no_folders():
    assert uploads.check('..\\..\\etc/pass"wd\n.txt', b"x", most_megabytes=1).file_name == "pass-wd-.txt"
