"""Who reads in which language, and how one chooses."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from django.urls import reverse

from engagement.core import languages
from engagement.environment import Environment
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import OrganisationFactory

pytestmark = pytest.mark.django_db


def spoken(response):
    return re.search(r'<html lang="([^"]+)"', response.content.decode())[1]


def test_a_page_is_in_english_until_somebody_chooses(client):
    page = client.get("/")

    assert spoken(page) == "en-gb"
    assert page["Content-Language"] == "en-gb"
    assert "Accept-Language" in page["Vary"]


def test_the_browsers_own_wish_is_followed(client):
    assert spoken(client.get("/", headers={"accept-language": "cy,en;q=0.5"})) == "cy"
    assert spoken(client.get("/", headers={"accept-language": "fr,en;q=0.5"})) == "en-gb"


def test_the_link_chooses_in_this_browser_and_leads_back(client):
    page = client.get("/consultations/?page=2")
    link = re.search(r'<li lang="cy"><a href="([^"]+)" hreflang="cy"', page.content.decode())[1]

    answer = client.get(link.replace("&amp;", "&"))

    assert answer["Location"] == "/consultations/?page=2"
    assert spoken(client.get("/")) == "cy"
    assert 'lang="en-gb"><a' in client.get("/").content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_it_leads_to_no_other_site(client, back):
    assert client.get(reverse("accounts:language", args=["cy"]), {"next": back})["Location"] == "/"


def test_a_language_that_is_not_offered_is_no_page(client):
    assert client.get(reverse("accounts:language", args=["fr"])).status_code == 404


def test_somebody_with_an_account_keeps_the_choice_for_other_browsers(signed_in):
    user = UserFactory()
    signed_in(user).post(reverse("accounts:language", args=["cy"]), {"next": "/my/"})
    user.refresh_from_db()

    assert user.language == "cy"
    assert spoken(signed_in(user).get("/my/")) == "cy"


def test_going_to_the_address_changes_no_account(signed_in):
    user = UserFactory()
    signed_in(user).get(reverse("accounts:language", args=["cy"]))
    user.refresh_from_db()

    assert user.language == ""


def test_the_browsers_choice_goes_before_the_accounts(signed_in):
    client = signed_in(UserFactory(language="cy"))
    client.get(reverse("accounts:language", args=["en"]))

    assert spoken(client.get("/")) == "en-gb"


def test_staff_pages_are_in_english_and_public_ones_as_staff_choose(signed_in):
    client = signed_in(UserFactory(language="cy", staff_role="engagement"))

    assert spoken(client.get(reverse("dashboards:home"))) == "en-gb"
    assert spoken(client.get(reverse("stakeholders:list"))) == "en-gb"
    assert spoken(client.get(reverse("programme:list"))) == "cy"


def test_staff_pages_offer_no_switch(signed_in):
    OrganisationFactory()
    page = signed_in(UserFactory(staff_role="engagement")).get(reverse("stakeholders:list")).content.decode()

    assert "Cymraeg" not in page


@override_settings(LANGUAGES=[("en-gb", "English")])
def test_a_site_with_one_language_has_no_switch(client):
    page = client.get("/", headers={"accept-language": "cy"})

    assert spoken(page) == "en-gb"
    assert "Cymraeg" not in page.content.decode()
    assert client.get(reverse("accounts:language", args=["cy"])).status_code == 404


def test_signing_in_remembers_what_was_chosen_before(mailoutbox):
    user = UserFactory(password="every-voice-2019")
    client = Client()
    client.get(reverse("accounts:language", args=["cy"]))
    client.post(reverse("account_login"), {"login": user.email, "password": "every-voice-2019"})
    user.refresh_from_db()

    assert user.language == "cy"


@pytest.mark.parametrize(
    ("text", "offered"), [("en,cy", ["en", "cy"]), ("cy", ["en", "cy"]), ("", ["en"]), ("EN", ["en"])]
)
def test_english_is_always_among_the_languages_offered(text, offered):
    environment = Environment({"LANGUAGES_OFFERED": text})

    assert environment.some_of("LANGUAGES_OFFERED", "en,cy", ("en", "cy")) == offered


def test_a_language_without_a_catalogue_stops_the_start():
    with pytest.raises(ImproperlyConfigured, match="LANGUAGES_OFFERED is “en,fr”"):
        Environment({"LANGUAGES_OFFERED": "en,fr"}).some_of("LANGUAGES_OFFERED", "en,cy", ("en", "cy"))


def test_codes_are_short_in_addresses_and_whole_in_settings():
    assert languages.known("en") == "en-gb"
    assert languages.known("fr") == ""
    assert languages.short("en-gb") == "en"
    assert languages.for_messages("") == languages.for_messages("fr") == "en-gb"
