"""Calendar files, read back by somebody else's reader."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from icalendar import Calendar

from engagement.events import calendars, lifecycle
from engagement.events.models import Event
from engagement.messaging.models import OutgoingMessage
from tests.factories.events import EventFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
# 28 March 2027: the clocks go forward; 31 October 2027: back.
SUMMER = datetime(2027, 3, 29, 9, 30, tzinfo=UTC)


def well_formed(text):
    """What RFC 5545 asks of every file: CRLF only, lines of at most 75 octets."""
    lines = text.encode().split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert text.index("METHOD:") < text.index("BEGIN:VEVENT")
    return Calendar.from_ical(text)


def only_entry(text):
    [entry] = well_formed(text).walk("VEVENT")
    return entry


def test_a_place_is_a_request_to_one_person_with_utc_times():
    event = EventFactory(
        title="Growth; skills, and “more” – a very long title that has to be folded somewhere in the middle",
        starts_at=SUMMER,
        ends_at=SUMMER + timedelta(hours=2),
        access_information="Level entrance.\nHearing loop; lift, quiet room.",
        joining_link="https://meet.example/private",
        mode=Event.Mode.HYBRID,
    )
    registration = RegistrationFactory(event=event, name='Zoë "Zed" Łukasz', access_needs="A ramp")
    RegistrationFactory(event=event, name="Other Person", email="other@partner.example")

    text, method = calendars.of_place(registration)
    entry = only_entry(text)

    assert method == well_formed(text)["METHOD"] == "REQUEST"
    assert "DTSTART:20270329T093000Z" in text
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (event.starts_at, event.ends_at)
    assert str(entry["summary"]) == event.title
    assert str(entry["uid"]).startswith(f"event-{event.public_id}-{registration.public_id}@")
    assert str(entry["attendee"]) == f"mailto:{registration.email}"
    assert entry["attendee"].params["CN"] == "Zoë 'Zed' Łukasz"
    assert str(entry["organizer"]) == f"mailto:{settings.CONTACT_EMAIL}"
    assert (entry["sequence"], str(entry["status"])) == (0, "CONFIRMED")
    assert "https://meet.example/private" in entry["description"]
    assert "Level entrance.\nHearing loop; lift, quiet room." in entry["description"]
    assert "other@" not in text
    assert "ramp" not in text


def test_moving_sends_the_next_request_and_cancelling_a_cancel_of_the_same_entry():
    event = EventFactory()
    place = lifecycle.register(event.pk, name="Ada", email="ada@partner.example")
    waiting = RegistrationFactory(event=event, state="waiting")

    lifecycle.change(
        event.pk, {"starts_at": event.starts_at + timedelta(days=1), "ends_at": event.ends_at + timedelta(days=1)}
    )
    lifecycle.change(event.pk, {"description": "Only words"})
    lifecycle.cancel_event(event.pk, "The hall is closed.")

    files = OutgoingMessage.objects.filter(to_email=place.email).order_by("pk").values_list("calendar", flat=True)
    entries = [only_entry(text) for text in files]
    assert [(one["sequence"], str(one["status"])) for one in entries] == [
        (0, "CONFIRMED"),
        (1, "CONFIRMED"),
        (2, "CANCELLED"),
    ]
    assert len({str(one["uid"]) for one in entries}) == 1
    to_queue = OutgoingMessage.objects.filter(to_email=waiting.email).order_by("pk")
    assert [(one.rule, one.calendar) for one in to_queue] == [("events.moved", ""), ("events.called_off", "")]


def test_the_public_feed_names_nobody_and_gives_no_link():
    event = EventFactory(joining_link="https://meet.example/private", mode=Event.Mode.ONLINE)
    RegistrationFactory(event=event)

    text = calendars.feed(Event.objects.all())
    entry = only_entry(text)

    assert str(well_formed(text)["METHOD"]) == "PUBLISH"
    assert entry.decoded("dtstart") == event.starts_at.replace(microsecond=0)
    for private in ("ATTENDEE", "ORGANIZER", "meet.example", "visitor"):
        assert private not in text


def test_an_empty_feed_is_still_a_calendar():
    assert Calendar.from_ical(calendars.feed([])).walk("VEVENT") == []
