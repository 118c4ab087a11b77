"""What people see when something goes wrong."""

import logging

import pytest
from django.test import Client, RequestFactory

from engagement.core import errorpages

pytestmark = pytest.mark.django_db


def test_a_late_form_gives_back_what_was_typed_but_no_secret():
    client = Client(enforce_csrf_checks=True)
    typed = {
        "views": "We need <b>skills</b>\nand buses.",
        "empty": "  ",
        "password": "hunter-number-2",
        "csrfmiddlewaretoken": "old-token",
    }

    page = client.post("/accounts/login/", typed)

    text = page.content.decode()
    assert page.status_code == 403
    assert "We need &lt;b&gt;skills&lt;/b&gt;<br>and buses." in text
    assert "hunter-number-2" not in text
    assert "old-token" not in text
    assert "Empty" not in text
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_a_late_form_without_text_only_says_what_to_do():
    page = Client(enforce_csrf_checks=True).post("/accounts/login/", {})

    assert "What you typed" not in page.content.decode()
    assert "Open the page again and send it from there." in page.content.decode()


@pytest.mark.parametrize(
    ("view", "status", "heading"),
    [
        (errorpages.bad_request, 400, "We could not understand that"),
        (errorpages.forbidden, 403, "You may not do this"),
        (errorpages.not_found, 404, "There is no page here"),
    ],
)
def test_each_fault_has_a_page_that_says_what_to_do(view, status, heading):
    page = view(RequestFactory().get("/somewhere/"))

    assert page.status_code == status
    assert f"<h1>{heading}</h1>" in page.content.decode()
    assert "engagement@soundings.example" in page.content.decode()


def test_an_unforeseen_fault_has_a_reference_that_stands_in_the_log_too(caplog):
    with caplog.at_level(logging.ERROR, "soundings.errors"):
        page = errorpages.server_error(RequestFactory().get("/somewhere/"))

    reference = caplog.messages[0].split()[1].rstrip(":")
    assert page.status_code == 500
    assert reference in page.content.decode()


def test_an_unforeseen_fault_has_a_page_even_when_templates_fail(monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("the disk is away")

    monkeypatch.setattr(errorpages, "render", broken)

    page = errorpages.server_error(RequestFactory().get("/somewhere/"))

    assert page.status_code == 500
    assert "Something broke on our side" in page.content.decode()


def test_a_stranger_address_is_a_404_with_our_page(client):
    page = client.get("/no/such/page/")

    assert page.status_code == 404
    assert "There is no page here" in page.content.decode()
