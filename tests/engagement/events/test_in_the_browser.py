"""The pages that a telephone sees most, in a real browser."""

import re

import pytest
from django.urls import reverse

from engagement.events.models import Registration
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, NoteFactory, RegistrationFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_place_is_booked_on_a_telephone_without_scripts(open_page, fits):
    event = EventFactory()
    page = open_page(reverse("events:event", args=[event.slug]), width=320, js=False)
    page.get_by_role("link", name="Book a place").click()
    page.get_by_label("Your name").fill("Ada Ashby")
    page.get_by_role("textbox", name="E-mail address").fill("ada@partner.example")
    page.get_by_label("I agree").check()
    fits(page)
    page.get_by_role("button", name="Book my place").click()
    page.get_by_role("heading", name="Look in your mailbox").wait_for()
    assert Registration.objects.get().email == "ada@partner.example"


def test_attendance_is_marked_on_a_telephone_and_the_pages_are_accessible(open_page, fits, axe):
    event = EventFactory(over=True)
    person = RegistrationFactory(event=event, name="Ada Ashby")
    NoteFactory(event=event)
    page = open_page(reverse("events:roster", args=[event.public_id]), user=UserFactory(engagement=True), width=320)
    page.get_by_role("button", name=re.compile("^Came.*Ada Ashby")).click()
    page.get_by_role("button", name=re.compile("^Undo")).wait_for()
    person.refresh_from_db()
    assert person.attendance.status == "attended"
    for name in ("roster", "staff_event", "notes", "write_note"):
        page.goto(reverse(f"events:{name}", args=[event.public_id]))
        fits(page)
        axe(page)
