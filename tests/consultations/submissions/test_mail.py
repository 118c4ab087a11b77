"""What is read out of an e-mail, and that nothing a sender writes can do harm."""

import contextlib
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.submissions import mail
from engagement.core.errors import Refused
from tests.consultations.submissions.mails import REPORT, eml, message

HEAD = b"From: ada@ferrier.example\r\nSubject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"


def test_sender_moment_subject_text_and_attachments():
    read = mail.read(eml("Buses end too early.\n\nTrains too.", files=[REPORT]))

    assert (read.sender_name, read.sender_email) == ("Ada Ferrier", "ada@ferrier.example")
    assert read.sent_at == datetime(2019, 2, 6, 14, 2, tzinfo=UTC)
    assert (read.subject, read.message_id) == ("Our view on transport", "<one@ferrier.example>")
    assert read.text == "Buses end too early.\n\nTrains too."
    assert [(one.name, one.content) for one in read.attachments] == [REPORT]


def test_names_and_words_of_other_alphabets():
    read = mail.read(eml("Ymgynghoriad Tŷ Cymunedol – £5", Subject="Tŷ – ein barn", From="Siân Ŵy <sian@ty.example>"))

    assert (read.subject, read.sender_name) == ("Tŷ – ein barn", "Siân Ŵy")
    assert read.text == "Ymgynghoriad Tŷ Cymunedol – £5"


def test_html_becomes_text_and_nothing_in_it_is_kept_that_runs_or_fetches():
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>Buses <b>end</b>\n too early.</p>"
        "<script>alert(1)</script><ul><li>one</li><li>two &amp; three</li></ul>"
        "<img src='https://evil.example/pixel.png' alt='pixel'><p onclick=x()>Trains&nbsp;too.</p></body></html>"
    )

    read = mail.read(eml("", html=html))

    assert read.text == "Buses end too early.\n\n- one\n- two & three\n\nTrains too."


def test_the_plain_text_is_taken_where_there_is_one():
    assert mail.read(eml("Plain.", html="<p>Pretty.</p>")).text == "Plain."


def test_pictures_of_a_signature_are_told_from_attachments():
    one = message(files=[REPORT])
    one.add_attachment(b"x", maintype="image", subtype="png", filename="logo.png", disposition="inline", cid="<a>")

    assert [(part.name, part.is_inline) for part in mail.read(one.as_bytes()).attachments] == [
        ("Survey of firms.pdf", False),
        ("logo.png", True),
    ]


def test_a_forwarded_mail_is_named_and_not_mixed_in():
    one = message("See below.")
    one.add_attachment(message("Secret words of somebody else."))

    read = mail.read(one.as_bytes())

    assert read.text == "See below."
    assert "forwarded e-mail" in read.notes[0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\x00\x01\x02" * 100,
        b"PK\x03\x04" + b"x" * 300,
        b"<html><body>From: me</body></html>",
        b"x" * 300_000,
    ],
)
def test_what_is_no_mail_gets_a_sentence(content):
    with pytest.raises(Refused, match=r"not an e-mail|damaged"):
        mail.read(content)


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@b.org\nTo: c@d.org\nContent-Type: text/plain; charset=klingon\n\nhello \xff",
        b"From: a@b.org\nTo: c@d.org\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!notbase64",
        b"From: a@b.org\nTo: c@d.org\nDate: 99 Foo 0000 77:88\n\nhello",
        b"From: =?utf-8?b?////?= <a@b.org>\nSubject: =?klingon?q?x?=\n\nhello",
        b"From: \xff\xfe <not an address>\nTo: x\n\nhello",
        b"From: a@b.org\nTo: c\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nnever ended",
        b"From: a@b.org\nTo: c\nContent-Type: multipart/mixed\n\nno boundary",
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_can_be_or_refused_in_words(content):
    try:
        read = mail.read(content)
    except Refused:
        return
    read.text.encode()
    assert "\x00" not in read.text


@pytest.mark.parametrize(
    "content",
    [
        b"From: " + b"a," * 60_000 + b"\nSubject: x\n\nhello",
        b"From: " + b'"' * 100_000 + b"\nTo: x\n\nhello",
        b"From: a@b.org\nSubject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nhello",
        b"From: a@b.org\nSubject: x\nContent-Type: text/plain; " + b"a*0*=x; " * 20_000 + b"\n\nhello",
        b"From: a@b.org\nSubject: x\nContent-Type: multipart/mixed; boundary=a\n\n"
        + b"--a\nContent-Type: x; boundary=b\n" * 500,
        HEAD + b"<" * 200_000,
        HEAD + b"<!--" * 100_000,
        HEAD + b"<div>" * 100_000,
    ],
)
def test_no_mail_keeps_the_machine_busy(content):
    begun = time.process_time()
    with contextlib.suppress(Refused):
        mail.read(content)

    assert time.process_time() - begun < 5


def test_headers_are_one_line_and_addresses_can_be_written_to():
    read = mail.read("From: Ada\x07 <x@y.example>\nSubject: one\n two\u202e three\n\nhello".encode())

    assert read.sender_name == "Ada"
    assert "\n" not in read.subject
    assert mail.read(b"From: Ada <javascript:alert(1)>\nTo: x\n\nhi").sender_email == ""


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.binary(max_size=200))
def test_whatever_is_in_a_file_it_is_read_or_refused(head, body):
    for content in (head + b"\n\n" + body, b"From: a@b.org\nTo: x\n" + head + b"\n\n" + body):
        try:
            read = mail.read(content)
        except Refused:
            continue
        (read.text + read.subject + read.sender_name + read.message_id).encode()
        assert "\x00" not in read.text + read.subject
