"""Signing in as people do, in a browser that runs no script."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from playwright.sync_api import Page

from engagement.accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def app_code(secret: str) -> str:
    """What the app on the telephone shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def send(page: Page, button: str = "") -> None:
    """Press the page's first button, or the one with these words, and wait for what comes."""
    main = page.locator("main")
    with page.expect_navigation():
        if button:
            main.get_by_role("button", name=button, exact=True).click()
        else:
            main.locator("button[type=submit]").first.click()


def test_a_partner_signs_in_with_the_code_of_the_message(open_page, outbox, fits) -> None:
    user = UserFactory(name="Ada Fell")
    page = open_page(reverse("account_login"), js=False, width=320)
    fits(page)

    page.get_by_label("E-mail address").first.fill(user.email)
    send(page, "Send me a code")
    page.get_by_label("Code").fill("AAA-AAA")
    send(page)
    assert "That is not the code that we sent." in page.content()
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", outbox.only().body)
    assert code
    page.get_by_label("Code").fill(code[0])
    send(page)

    page.goto(reverse("accounts:profile"))
    assert page.get_by_label("Name").input_value() == "Ada Fell"
    fits(page)


def test_somebody_new_makes_an_account(open_page, outbox, fits) -> None:
    page = open_page(reverse("account_signup"), js=False, width=320)
    fits(page)

    send(page, "Make an account")
    assert "Give your name." in page.content()
    page.get_by_label("Name").fill("Ada Fell")
    page.get_by_label("E-mail address").fill("ada@people.example")
    send(page, "Make an account")
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", outbox.only().body)
    assert code
    page.get_by_label("Code").fill(code[0])
    send(page)

    page.goto(reverse("accounts:profile"))
    assert page.get_by_label("Name").input_value() == "Ada Fell"
    assert User.objects.get().email == "ada@people.example"


def test_staff_set_up_a_second_step_and_sign_in_with_it(open_page) -> None:
    user = UserFactory(officer=True, password=PASSWORD)
    page = open_page(reverse("account_login"), js=False)
    page.get_by_label("E-mail address").last.fill(user.email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    send(page, "Sign in")

    page.goto(reverse("accounts:profile"))
    page.get_by_role("link", name="Set up an app").click()
    if page.get_by_role("textbox", name="Password").count():
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        send(page)
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.content())
    assert secret
    page.get_by_label("Code").fill(app_code(secret[0]))
    send(page)
    page.goto(reverse("accounts:profile"))
    assert "Set up a second step" not in page.content()

    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.get_by_label("E-mail address").last.fill(user.email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    send(page, "Sign in")
    assert page.url.endswith(reverse("mfa_authenticate"))
    page.get_by_label("Code").fill(app_code(secret[0]))
    send(page)
    page.goto(reverse("accounts:profile"))
    assert page.get_by_role("heading", name="Your account").count() == 1


def test_every_page_about_signing_in_is_accessible(open_page, outbox, axe, fits) -> None:
    """With scripts, since the check itself is one."""
    user = UserFactory(officer=True)
    page = open_page(reverse("account_login"), width=320)
    axe(page)
    send(page, "Sign in")
    axe(page)
    page.get_by_label("E-mail address").first.fill(user.email)
    send(page, "Send me a code")
    page.get_by_label("Code").fill("AAA-AAA")
    send(page)
    axe(page)
    fits(page)
    page.goto(reverse("account_signup"))
    axe(page)
    for name in ("accounts:profile", "accounts:end_sessions", "mfa_activate_totp", "mfa_index", "account_email"):
        page = open_page(reverse(name), user=user, width=320)
        axe(page)
        fits(page)


def test_pages_of_administrators_are_accessible(open_page, axe, fits) -> None:
    boss, other = UserFactory(administrator=True), UserFactory(officer=True)
    for name, parts in (("people", []), ("invite", []), ("person", [other.public_id]), ("close", [other.public_id])):
        page = open_page(reverse(f"accounts:{name}", args=parts), user=boss, width=320)
        axe(page)
        fits(page)
