"""Calendar files (RFC 5545): one person's place, and the public list. Times are UTC, so no zone has to be described."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as Entry

from engagement.events.models import Event, Registration

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//Events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _entry(event: Event, uid: str, sequence: int, moment: datetime) -> Entry:
    entry = Entry()
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    entry.add("uid", f"{uid}@{host}")
    entry.add("sequence", sequence)
    entry.add("dtstamp", moment)
    entry.add("last-modified", moment)
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("summary", event.title)
    if event.place:
        entry.add("location", event.place)
    entry.add("url", settings.SITE_URL + reverse("events:event", args=[event.slug]))
    return entry


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = vText(name.replace('"', "'"))
    return person


def of_place(registration: Registration) -> tuple[str, str]:
    """The calendar file of one person's place, and its METHOD: REQUEST while they are expected, else CANCEL.

    Names nobody but the person and the organiser; the joining link stands in nobody else's file.
    """
    event = registration.event
    is_expected = registration.state == Registration.State.CONFIRMED and event.state not in {
        Event.State.CANCELLED,
        Event.State.POSTPONED,
    }
    method = REQUEST if is_expected else CANCEL
    uid = f"event-{event.public_id}-{registration.public_id}"
    entry = _entry(event, uid, registration.calendar_sequence, timezone.now().astimezone(UTC))
    entry.add("status", "CONFIRMED" if is_expected else "CANCELLED")
    entry.add("organizer", _person(settings.CONTACT_EMAIL, settings.ORGANISATION_NAME))
    guest = _person(registration.email, registration.name)
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    guest.params["PARTSTAT"] = vText("ACCEPTED" if is_expected else "DECLINED")
    guest.params["RSVP"] = vText("FALSE")
    entry.add("attendee", guest)
    if is_expected:
        link = [f"Join online: {event.joining_link}"] if event.joining_link else []
        entry.add("description", "\n".join([*link, event.summary, event.access_information]).strip())
    calendar = _calendar(method)
    calendar.add_component(entry)
    return calendar.to_ical().decode(), method


def feed(events: Iterable[Event]) -> str:
    """The public list for calendar programs: no person and no joining link in it."""
    calendar = _calendar(PUBLISH)
    calendar.add("x-wr-calname", f"{settings.ORGANISATION_NAME}: events")
    for event in events:
        entry = _entry(event, f"event-{event.public_id}", event.schedule_revision, event.updated_at.astimezone(UTC))
        entry.add("description", event.summary)
        calendar.add_component(entry)
    return calendar.to_ical().decode()
