import re
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from engagement.accounts import actions
from engagement.accounts.models import User
from engagement.stakeholders import queries
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import MembershipFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXP"


def code_in(message: Any) -> str:
    found = re.search(r"^\s+([A-Z0-9]{3,}-[A-Z0-9]{3,})\s*$", message.body, re.MULTILINE)
    assert found, message.body
    return found[1]


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def test_a_partner_signs_in_with_a_code_and_is_proven(outbox) -> None:
    held = MembershipFactory()
    user = actions.ensure_user(held.contact.email, held.contact.name)
    client = Client()

    client.post(reverse("account_request_login_code"), {"email": held.contact.email.upper()})
    page = client.post(reverse("account_confirm_login_code"), {"code": code_in(outbox.only())})

    assert page.status_code == 302
    assert is_signed_in(client)
    assert user.emailaddress_set.get().verified
    assert list(queries.organisations_of(user)) == [held.organisation]


def test_a_false_code_does_not_sign_in_and_three_end_the_attempt(outbox) -> None:
    user, client = UserFactory(), Client()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    right = code_in(outbox.only())

    for _ in range(3):
        page = client.post(reverse("account_confirm_login_code"), {"code": "AAA-AAA"})
    assert page.status_code == 302
    client.post(reverse("account_confirm_login_code"), {"code": right})
    assert not is_signed_in(client)


def test_a_code_is_worth_nothing_after_a_quarter_of_an_hour(outbox, time_machine) -> None:
    user, client = UserFactory(), Client()
    time_machine.move_to("2019-02-08T12:00:00+00:00", tick=False)
    client.post(reverse("account_request_login_code"), {"email": user.email})
    time_machine.move_to("2019-02-08T12:15:01+00:00", tick=False)

    client.post(reverse("account_confirm_login_code"), {"code": code_in(outbox.only())})

    assert not is_signed_in(client)


def test_nobody_learns_who_has_an_account(outbox) -> None:
    user = UserFactory(password=PASSWORD)
    pages: dict[str, list[Any]] = {}
    for email in (user.email, "nobody@people.example"):
        pages[email] = []
        for name, data in (
            ("account_request_login_code", {"email": email}),
            ("account_login", {"login": email, "password": "a false password"}),
            ("account_reset_password", {"email": email}),
            ("account_signup", {"email": email, "name": "Ada Fell"}),
        ):
            client = Client()
            page = client.post(reverse(name), data, follow=True)
            text = re.sub(r'value="[^"]{30,}"', "", page.content.decode()).replace(email, "…")
            pages[email].append((page.status_code, page.redirect_chain, text))

    first, second = pages.values()
    for known, unknown in zip(first, second, strict=True):
        assert known == unknown


def test_somebody_new_makes_an_account_with_name_and_address(outbox) -> None:
    client = Client()

    client.post(reverse("account_signup"), {"name": " Ada  Fell", "email": "Ada@People.example"})
    assert not is_signed_in(client)
    client.post(reverse("account_email_verification_sent"), {"code": code_in(outbox.only())})

    user = User.objects.get()
    assert (user.name, user.email, user.staff_role) == ("Ada Fell", "ada@people.example", "")
    assert not user.has_usable_password()
    assert is_signed_in(client)


def test_signing_up_takes_no_role_and_needs_a_name(outbox) -> None:
    page = Client().post(reverse("account_signup"), {"email": "nope", "staff_role": "administrator"})

    assert page.context["form"].errors == {
        "name": ["Give your name."],
        "email": ["Write an e-mail address like name@example.org."],
    }
    Client().post(
        reverse("account_signup"),
        {"name": "Ada", "email": "ada@people.example", "staff_role": "administrator", "is_superuser": "1"},
    )
    user = User.objects.get()
    assert (user.staff_role, user.is_superuser) == ("", False)


def test_a_closed_account_gets_no_code_and_no_entry(outbox) -> None:
    user, client = UserFactory(is_active=False, password=PASSWORD), Client()

    client.post(reverse("account_request_login_code"), {"email": user.email})
    assert not re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", outbox.only().body)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert not is_signed_in(client)


def totp_code() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def test_staff_sign_in_with_a_password_and_a_second_step() -> None:
    user, client = UserFactory(officer=True, password=PASSWORD), Client()
    TOTP.activate(user, SECRET)

    page = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert page.headers["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    page = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "That is not the present code." in page.content.decode()

    client.post(reverse("mfa_authenticate"), {"code": totp_code()})
    assert is_signed_in(client)


def test_a_code_by_mail_does_not_skip_the_second_step(outbox) -> None:
    user, client = UserFactory(officer=True), Client()
    TOTP.activate(user, SECRET)

    client.post(reverse("account_request_login_code"), {"email": user.email})
    page = client.post(reverse("account_confirm_login_code"), {"code": code_in(outbox.only())})

    assert page.headers["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)


def test_a_new_password_by_mail_does_not_skip_the_second_step(outbox) -> None:
    user, client = UserFactory(officer=True, password=PASSWORD), Client()
    TOTP.activate(user, SECRET)

    client.post(reverse("account_reset_password"), {"email": user.email})
    link = re.search(r"https?://\S+/accounts/password/reset/key/\S+", outbox.messages[0].body)
    assert link
    form = client.get(link[0], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "another long phrase", "password2": "another long phrase"})

    user.refresh_from_db()
    assert user.check_password("another long phrase")
    assert not is_signed_in(client)
    assert Client().get(link[0], follow=True).status_code == 200
    client.post(reverse("account_login"), {"login": user.email, "password": "another long phrase"})
    assert not is_signed_in(client)


def test_the_password_is_asked_for_on_the_same_page_in_our_words() -> None:
    page = Client().post(reverse("account_login"), {"login": "", "password": ""})

    assert page.context["form"].errors == {
        "login": ["Give an e-mail address."],
        "password": ["Give your password, or ask for a code instead."],
    }


def test_wrong_passwords_are_limited_for_each_account_whatever_its_capitals() -> None:
    user, client = UserFactory(password=PASSWORD), Client()

    for number in range(5):
        email = user.email.upper() if number % 2 else user.email
        client.post(reverse("account_login"), {"login": email, "password": f"false {number}"})
    page = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert not is_signed_in(client)
    assert "Too many attempts." in page.content.decode()


def test_signing_in_makes_a_new_session_and_signing_out_ends_it() -> None:
    user, client = UserFactory(password=PASSWORD), Client()
    session = client.session
    session["seen"] = "before"
    session.save()
    before = session.session_key
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    during = client.cookies["session"].value
    assert during != before

    client.get(reverse("account_logout"))
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    client.cookies["session"] = during
    assert not is_signed_in(client)


def test_a_mail_server_that_is_down_gets_a_plain_page(monkeypatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)

    page = Client().post(reverse("account_request_login_code"), {"email": UserFactory().email})

    assert page.status_code == 503
    assert "We could not send the message" in page.content.decode()


def test_secrets_of_the_second_step_are_not_kept_in_the_clear() -> None:
    user = UserFactory(officer=True)
    TOTP.activate(user, SECRET)

    kept = Authenticator.objects.get().data["secret"]

    assert kept != SECRET
    assert get_adapter().decrypt(kept) == SECRET
