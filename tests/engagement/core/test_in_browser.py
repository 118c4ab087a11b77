"""The pages of the ground floor as people meet them: narrow, without JavaScript, read aloud."""

import smtplib
from email.message import EmailMessage

import pytest

from engagement.core.smtp import MailServer


@pytest.fixture
def one_message(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.MAIL_CATCHER = True
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "noreply@soundings.example", "ann@works.example", "Your code"
    message.set_content(f"The code is 123456.\nhttps://soundings.example/{'x' * 120}\n")
    message.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="talk.ics")
    with MailServer(tmp_path / "mail") as server, smtplib.SMTP("127.0.0.1", server.port) as connection:
        connection.send_message(message)


@pytest.mark.parametrize("width", [320, 1280])
def test_caught_mail_can_be_found_and_read(open_page, axe, fits, one_message, width):
    page = open_page("/mail/", width=width, js=False)
    page.get_by_label("Part of the recipient’s address").fill("ann@")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Your code").click()
    fits(page)

    assert page.get_by_text("The code is 123456.").is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="talk.ics").click()
    assert download.value.suggested_filename == "talk.ics"


def test_nothing_stands_in_the_way_on_the_mail_pages(open_page, axe, one_message):
    page = open_page("/mail/")
    axe(page)
    page.get_by_role("link", name="Your code").click()
    axe(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_page_that_is_not_there_says_where_to_go(open_page, axe, fits, width):
    page = open_page("/no/such/page/", width=width)

    axe(page)
    fits(page)
    assert page.get_by_role("heading", level=1).inner_text() == "There is no page here"


def test_a_form_that_came_too_late_gives_the_text_back(open_page, axe, fits):
    page = open_page("/accounts/login/code/", width=320)
    page.context.clear_cookies()
    page.locator("main input[type=email], main input[type=text]").first.fill("somebody@works.example")
    page.locator("main form button").first.click()

    axe(page)
    fits(page)
    assert page.get_by_text("somebody@works.example").is_visible()
