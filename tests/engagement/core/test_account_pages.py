"""The pages of allauth wear our clothes: one h1, our layout, errors that land, a code before a password."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from tests.factories.accounts import UserFactory


def nothing(request):
    return HttpResponse()


# Nothing but the account pages, so that no other part of the site is needed for them.
urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include(([path("", nothing, name="front"), path("home/", nothing, name="home")], "dashboards"))),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def headings(page):
    text = page.content.decode()
    assert 'class="head__inner"' in text
    return [re.sub(r"\s+", " ", heading).strip() for heading in re.findall(r"<h1>(.*?)</h1>", text, re.DOTALL)]


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_login", "Sign in"),
        ("account_request_login_code", "Send me a code"),
        ("account_signup", "Make an account"),
        ("account_reset_password", "Forgotten password"),
        ("account_reset_password_done", "Look at your e-mail"),
        ("account_inactive", "This account is switched off"),
    ],
)
def test_page_for_those_outside(client, name, heading):
    assert headings(client.get(reverse(name))) == [heading]


def test_signing_in_offers_a_code_before_a_password(client):
    text = client.get(reverse("account_login")).content.decode()

    assert text.index("Send me a code") < text.index('type="password"')


def test_a_wrong_code_is_said_at_the_top_and_at_the_field(client):
    user = UserFactory()
    page = client.post(reverse("account_request_login_code"), {"email": user.email}, follow=True)
    assert headings(page) == ["Enter the code"]

    page = client.post(reverse("account_confirm_login_code"), {"code": "WRONG"})

    text = page.content.decode()
    assert 'href="#id_code"' in text
    assert 'id="id_code_error"' in text


def test_the_message_with_the_code_is_short_and_ours(client, outbox):
    user = UserFactory()
    client.post(reverse("account_request_login_code"), {"email": user.email})

    (message,) = outbox.to(user.email)
    code = re.search(r"^    (\S+)$", message.body, re.MULTILINE)[1]
    assert message.subject.endswith(code)
    assert "If you did not ask for it, do nothing" in message.body


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_email", "Your e-mail addresses"),
        ("account_logout", "Sign out"),
        ("mfa_index", "Security"),
    ],
)
def test_page_for_those_inside(signed_in, name, heading):
    assert headings(signed_in(UserFactory()).get(reverse(name))) == [heading]


PASSWORD = "a-long-enough-password"


@pytest.fixture
def careful_user(client):
    """Signed in by password, and asked for it once more."""
    user = UserFactory(password=PASSWORD)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert headings(client.get(reverse("account_reauthenticate"))) == ["Show that it is you"]
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return user


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_change_password", "Change your password"),
        ("mfa_activate_totp", "Set up an authenticator app"),
    ],
)
def test_page_that_guards_the_account(client, careful_user, name, heading):
    assert headings(client.get(reverse(name))) == [heading]


def test_pages_about_the_second_step(client, careful_user):
    TOTP.activate(careful_user, generate_totp_secret())
    RecoveryCodes.activate(careful_user)

    assert headings(client.get(reverse("mfa_index"))) == ["Security"]
    assert headings(client.get(reverse("mfa_deactivate_totp"))) == ["Switch off the authenticator app?"]
    # allauth writes down that the codes were shown, so this one reading may write.
    assert headings(Client.get(client, reverse("mfa_view_recovery_codes"))) == ["Recovery codes"]
    assert headings(client.get(reverse("mfa_generate_recovery_codes"))) == ["Make new recovery codes?"]

    client.logout()
    page = client.post(reverse("account_login"), {"login": careful_user.email, "password": PASSWORD}, follow=True)
    assert headings(page) == ["Enter the code of your app"]
