"""What files tell of their makers, and the same files without it."""

import zipfile
from io import BytesIO

import pytest

from consultations.surveys import pictures
from engagement.core import metadata, uploads
from tests.factories.files import PDF, docx, jpeg, png

TOLD = [
    (".jpg", jpeg(place=True, camera="Zen"), [metadata.PLACE, metadata.DEVICE]),
    (".jpeg", jpeg(place=True), [metadata.PLACE]),
    (".png", png(text="Jane Smith"), [metadata.DEVICE]),
    (".docx", docx(author="Jane Smith"), [metadata.AUTHOR]),
    (".docx", docx(author="Jane Smith", changed_by="Omar Khan"), [metadata.AUTHOR, metadata.CHANGES]),
]


@pytest.mark.parametrize(("suffix", "content", "told"), TOLD)
def test_what_a_file_tells_is_found_and_can_be_taken_out(suffix, content, told):
    assert metadata.found_in(content, suffix) == told

    clean = metadata.without(content, suffix)

    assert metadata.PLACE not in metadata.found_in(clean, suffix)
    assert metadata.AUTHOR not in metadata.found_in(clean, suffix)
    assert metadata.DEVICE not in metadata.found_in(clean, suffix)
    assert b"Jane Smith" not in unpacked(clean)
    assert b"Omar Khan" not in unpacked(clean)
    assert b"Zen" not in clean
    # It is still a file of its kind.
    assert uploads.check(f"file{suffix}", clean, most_megabytes=1).content == clean


def unpacked(content):
    if not zipfile.is_zipfile(BytesIO(content)):
        return content
    with zipfile.ZipFile(BytesIO(content)) as package:
        return b"".join(package.read(name) for name in package.namelist())


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".jpg", jpeg()), (".jpg", jpeg(turned=6)), (".png", png()), (".docx", docx()), (".pdf", PDF), (".txt", b"x")],
)
def test_a_file_that_tells_nothing_is_left_alone(suffix, content):
    assert metadata.found_in(content, suffix) == []


def test_which_way_up_a_photograph_is_held_stays():
    clean = metadata.without(jpeg(turned=6, place=True, camera="Zen"), ".jpg")

    assert metadata.found_in(clean, ".jpg") == []
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in clean
    assert pictures.size_of(clean, ".jpg") == (4, 3)


def test_a_pdf_that_names_its_author_is_named_and_left_as_it_is():
    content = b"%PDF-1.7\n1 0 obj<</Author (Jane Smith)>>endobj\n%%EOF\n"

    assert metadata.found_in(content, ".pdf") == [metadata.AUTHOR]
    assert metadata.without(content, ".pdf") == content


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".docx", ".odt", ".pdf", ".txt"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff\xe1\xff\xff",
        b"\xff\xd8\xff\xe1\x00\x00\xff",
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xff",
        b"PK\x03\x04",
        b"RIFF\xff",
    ],
)
def test_a_broken_file_breaks_nothing(suffix, content):
    metadata.found_in(content, suffix)
    metadata.without(content, suffix)
