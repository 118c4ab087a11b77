"""The demonstration's mail: taken by the small server, read in the browser."""

import smtplib
from email.message import EmailMessage

import pytest

from engagement.core.mailcatcher import kept_messages
from engagement.core.smtp import MailServer

pytestmark = pytest.mark.django_db


def a_message(to="ann@works.example", subject="Come and talk – Dydd Gŵyl"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Soundings <noreply@soundings.example>", to, subject
    message.set_content(
        "Hello,\n.a line that begins with a full stop\nhttps://x.example/y?a=1&b=2.\n<script>alert(1)</script>\n"
    )
    message.add_alternative("<p>Hello</p>", subtype="html")
    message.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="talk.ics")
    return message


@pytest.fixture
def mail_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.MAIL_CATCHER = True
    return tmp_path / "mail"


@pytest.fixture
def two_messages(mail_folder):
    with MailServer(mail_folder) as server, smtplib.SMTP("127.0.0.1", server.port) as connection:
        connection.send_message(a_message())
        connection.send_message(a_message(to="bob@college.example", subject="The second"))


def test_the_server_keeps_what_it_was_given(two_messages):
    second, first = kept_messages()

    assert (second.subject, second.recipients) == ("The second", "bob@college.example")
    assert first.subject == "Come and talk – Dydd Gŵyl"
    assert first.text.splitlines()[1] == ".a line that begins with a full stop"
    assert first.links == ["https://x.example/y?a=1&b=2"]
    assert first.attachments == [(0, "talk.ics")]


def test_a_message_without_recipient_is_not_taken(mail_folder):
    with MailServer(mail_folder) as server, smtplib.SMTP("127.0.0.1", server.port) as connection:
        connection.ehlo()
        assert connection.docmd("DATA")[0] == 503
        assert connection.docmd("VRFY", "ann")[0] == 502

    assert list(mail_folder.iterdir()) == []


def test_the_list_shows_the_newest_first_and_finds_by_recipient(client, two_messages):
    page = client.get("/mail/").content.decode()
    found = client.get("/mail/", {"to": "ANN@"}).content.decode()

    assert page.index("The second") < page.index("Come and talk")
    assert "The second" not in found
    assert "1 message, newest first" in found


def test_a_message_is_shown_as_text_with_its_links_and_attachments(client, two_messages):
    message = kept_messages(to="ann@")[0]

    page = client.get(f"/mail/{message.name}/").content.decode()
    attachment = client.get(f"/mail/{message.name}/0/")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="https://x.example/y?a=1&amp;b=2"' in page
    assert attachment.content == b"BEGIN:VCALENDAR"
    assert attachment["Content-Disposition"] == 'attachment; filename="talk.ics"'


@pytest.mark.parametrize("name", ["../secret-key", "00000000000000000000-00000000", "x"])
def test_other_names_are_not_found(client, two_messages, name):
    assert client.get(f"/mail/{name}/").status_code == 404


def test_without_the_setting_there_is_no_mail_to_read(client, settings, two_messages):
    settings.MAIL_CATCHER = False

    assert client.get("/mail/").status_code == 404
    assert client.get(f"/mail/{kept_messages()[0].name}/").status_code == 404
