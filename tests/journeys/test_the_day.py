"""The day of an event played through: code, door without a network, a table, the notes, two questions, the write-up."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.events import afterwards, codes, lifecycle, queries
from engagement.events.models import Attendance, Note, Registration
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory, TopicFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_code_to_the_published_write_up(open_page, axe, fits):
    now = timezone.now()
    times = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=2)}
    event = EventFactory(title="Round table: Alnwick", **times)
    TopicFactory(event=event, title="Skills")
    ada = RegistrationFactory(event=event, name="Ada Ashby", email="ada@partner.example")
    codes.issue(ada)
    priya, owen = UserFactory(engagement=True, name="Priya"), UserFactory(engagement=True, name="Owen")

    # On Ada's telephone.
    phone = open_page(reverse("events:booking", args=[queries.booking_token(ada)]), width=375)
    phone.get_by_role("img", name="The code as a picture").wait_for()
    fits(phone)
    axe(phone)

    # At the door, by the camera of Priya's telephone.
    door = open_page(reverse("entrance:code", args=[codes.current(ada)]), user=priya, width=375)
    door.get_by_role("button", name="Ada Ashby is here").click()
    door.get_by_role("link", name="At the door").click()
    door.wait_for_selector("[data-door][data-ready=yes]")

    # The network goes: somebody without a booking comes, and a point is made at table 4.
    door.context.set_offline(True)
    door.context.route("**/day/s*/", lambda route: route.abort())
    door.locator("[name=walk-name]").fill("Cai Morgan")
    door.get_by_role("button", name="Let them in").click()
    door.locator("[data-door-queue][data-waiting='1']").wait_for()
    door.goto(reverse("events:write_note", args=[event.public_id]))
    door.locator("[name=table_name]").fill("Table 4")
    door.get_by_label("Topic").select_option(label="Skills")
    door.get_by_label("Barrier").check()
    door.get_by_label("What was said").fill("No bus reaches the college after six.")
    door.get_by_role("button", name="Save the point").click()
    door.locator("[data-notes][data-waiting='1']").wait_for()
    assert (Registration.objects.count(), Note.objects.count()) == (1, 0)

    # It comes back.
    door.context.unroute("**/day/s*/")
    door.context.set_offline(False)
    door.evaluate("document.querySelector('[data-notes-send]').click()")
    door.locator("[data-notes][data-waiting='0']").wait_for()
    assert Note.objects.get().table_name == "Table 4"
    assert set(Attendance.objects.values_list("registration__name", "status")) == {
        ("Ada Ashby", "attended"),
        ("Cai Morgan", "attended"),
    }

    # Afterwards the notes go to those who came, Ada puts one right, and a second person agrees it.
    lifecycle.mark_held(event.pk, actor=priya)
    door.goto(reverse("events:circulate", args=[event.public_id]))
    door.locator("main form button[type=submit]").click()
    phone.goto(reverse("events:attendee_notes", args=[queries.notes_token(ada)]))
    phone.get_by_role("link", name=re.compile("Propose an amendment")).click()
    phone.get_by_label("How the note should read").fill("No bus reaches the college after half past six.")
    phone.get_by_role("button", name="Send my amendment").click()
    second = open_page(reverse("events:notes", args=[event.public_id]), user=owen)
    second.get_by_role("link", name=re.compile("Decide on this amendment")).click()
    second.get_by_label(re.compile("^Accept")).check()
    second.locator("main form button[type=submit]").click()
    second.get_by_role("link", name=re.compile("^Agree this note|^Agree")).first.click()
    second.locator("main form button[type=submit]").click()
    assert Note.objects.get().state == "agreed"

    # Two questions, and what everybody reads.
    phone.goto(reverse("events:feedback", args=[afterwards.feedback_token(ada)]))
    phone.get_by_label("Very useful", exact=True).check()
    phone.get_by_role("button", name="Send my answers").click()
    phone.get_by_text("Thank you. What you said is kept without your name.").wait_for()
    fits(phone)
    axe(phone)
    second.goto(reverse("events:write_up", args=[event.public_id]))
    axe(second)
    second.get_by_label("What the event was about, and what was heard").fill("We met in Alnwick.")
    second.get_by_role("button", name="Save the texts").click()
    second.get_by_role("link", name="See what would be public").click()
    axe(second)
    second.get_by_role("button", name="Publish").click()
    phone.goto(reverse("events:public_write_up", args=[event.slug]))
    phone.get_by_text("No bus reaches the college after half past six.").wait_for()
    assert "Ada" not in phone.locator("main").inner_text()
    fits(phone)
    axe(phone)
