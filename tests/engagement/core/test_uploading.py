"""Uploads that are too large stop while they arrive."""

from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory
from django.test.client import MULTIPART_CONTENT

from engagement.core.uploading import CutFile

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def limits(settings):
    settings.UPLOAD_MEGABYTES, settings.UPLOAD_TOGETHER_MEGABYTES = 1, 2
    # Small requests are read into memory whole; these here are to count as large.
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0


@pytest.fixture
def posted():
    """Makes requests with files, and closes them as a response does."""
    made = []

    def make(**files):
        made.append(RequestFactory().post("/", {"word": "kept", **files}))
        return made[-1]

    yield make
    for request in made:
        request.close()


def test_a_file_that_is_small_enough_comes_whole(posted):
    request = posted(one=SimpleUploadedFile("a.txt", b"x" * MEGABYTE))

    assert request.FILES["one"].read() == b"x" * MEGABYTE


def test_one_that_is_too_large_is_not_kept_and_says_how_large_it_was(posted):
    request = posted(one=SimpleUploadedFile("a.txt", b"x" * (MEGABYTE + 1)))

    assert (type(request.FILES["one"]), request.FILES["one"].size) == (CutFile, MEGABYTE + 1)
    assert (request.FILES["one"].read(), request.FILES["one"].together) == (b"", False)
    assert request.POST["word"] == "kept"


def test_the_one_too_many_is_dropped_and_those_before_it_are_kept(posted):
    request = posted(many=[SimpleUploadedFile(f"{n}.txt", b"x" * (700 * 1024)) for n in range(4)])

    kept = request.FILES.getlist("many")
    assert [isinstance(one, CutFile) for one in kept] == [False, False, True, True]
    assert [one.together for one in kept[2:]] == [True, True]


@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n"])
def test_a_broken_request_breaks_nothing(body):
    request = RequestFactory().generic("POST", "/", body, content_type=MULTIPART_CONTENT.replace("BoUnDaRyStRiNg", "x"))
    with suppress(MultiPartParserError):  # becomes a 400
        assert not request.POST
    request.close()
