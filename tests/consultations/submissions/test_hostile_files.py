"""Files that nobody should send, and names that nobody should have."""

from urllib.parse import unquote

import pytest

from consultations.submissions import actions
from consultations.submissions.models import AnswerFile
from engagement.core.scanning import TRIAL
from tests.consultations.submissions.filing import ONE, PLAN, Begun, content_of
from tests.factories.files import PDF, bomb, docx, png, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(signed_in):
    return Begun(signed_in)


# --- hostile files --------------------------------------------------------------------------------------

NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\Users\\me\\plan.pdf": "plan.pdf",
    "invoice\u202efdp.pdf": "invoice-fdp.pdf",
    "a\r\nSet-Cookie: x=1.pdf": "a-Set-Cookie- x-1.pdf",
    '"><script>.pdf': "script-.pdf",
    "tŷ bach.pdf": "tŷ bach.pdf",
}


@pytest.mark.parametrize(("name", "kept"), NAMES.items())
def test_names_are_made_harmless(begun, name, kept):
    begun.submission.refresh_from_db()
    response = actions.begin_response(begun.submission, begun.survey)
    upload = sent("x.pdf")
    upload._name = name  # as a client that is no browser sends it

    row = actions.add_answer_file(response.pk, "plan", PLAN, upload, actor=begun.user)

    assert row.file_name == kept
    assert ".." not in row.file.name
    assert row.file.name.startswith("evidence/")
    got = begun.client.get(begun.url("own_file", row.public_id))
    assert content_of(got) == PDF
    assert kept in unquote(got["Content-Disposition"])
    assert not set("\r\n\u202e") & set(got["Content-Disposition"])


def test_a_name_of_three_hundred_characters_is_refused_in_words(begun):
    begun.post(**{"plan--add": sent("x" * 296 + ".pdf")})

    assert begun.response.status_code == 422
    assert "is longer than 200 characters" in begun.response.content.decode()


HOSTILE = [
    ("page.html", b"<script>alert(1)</script>", "of a kind that we do not take"),
    ("drawing.svg", b"<svg onload=alert(1)>", "of a kind that we do not take"),
    ("plan.pdf", b"<html><script>alert(1)</script>%PDF-1.4", "not what its name says"),
    ("plan.pdf", b"MZ\x90\x00", "not what its name says"),
    ("photo.png", b"<svg onload=alert(1)>", "not what its name says"),
    ("photo.jpg", png(), "not what its name says"),
    ("photo.webp", b"RIFF\x00\x00\x00\x00WAVE", "not what its name says"),
    ("report.docx", docx(macros=True), "holds macros"),
    ("notes.txt", b"a\x00b", "not what its name says"),
    ("song.mp3", b"ID3\x03", "of a kind that we do not take"),
    ("trial.txt", b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + TRIAL + b"!$H+H*", "something harmful"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), HOSTILE)
def test_hostile_files_are_refused_in_words(begun, name, content, sentence):
    begun.post(**{"plan--add": sent(name, content), "many": "1"})

    assert begun.response.status_code == 422
    assert sentence in begun.response.content.decode()
    assert AnswerFile.objects.count() == 0


def test_a_bomb_is_refused_and_a_picture_with_a_package_behind_it_is_only_ever_saved(begun):
    begun.post(**{"plan--add": sent("bomb.docx", bomb()), "many": "1"})
    assert "unpacks to more than 500 megabytes" in begun.response.content.decode()

    begun.post(**{"plan--add": sent("both.png", png() + docx()), "many": "1"})
    row = AnswerFile.objects.get()
    got = begun.client.get(begun.url("own_file", row.public_id))
    assert content_of(got).startswith(png())
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert got["Content-Disposition"].startswith("attachment")


def test_a_file_that_is_too_large_is_refused_in_words(signed_in, settings):
    begun = Begun(signed_in, ONE)
    begun.post(**{"map--add": sent("large.png", png() + b"\0" * 1024 * 1024)})
    assert "large.png is larger than 1 megabytes." in begun.response.content.decode()

    settings.UPLOAD_TOGETHER_MEGABYTES, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0, 0
    begun.post(**{"map--add": sent("map.png", png())})
    assert "map.png was not taken: all files together were larger than" in begun.response.content.decode()
    assert AnswerFile.objects.count() == 0
