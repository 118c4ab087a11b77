"""Calendar files (RFC 5545): one person's place, and the public lists.

A place is a REQUEST to one person; calendars that took it follow its later REQUEST and its CANCEL by UID and SEQUENCE.
SEQUENCE is the schedule's revision, and one more for what became of this place alone. Times are wall times of
Europe/London with the zone described in the file; elsewhere, and for the hour that comes twice, they are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from icalendar import Calendar, Timezone, vCalAddress, vText
from icalendar import Event as Entry

from engagement.core import languages
from engagement.core.templatetags.ui import moment
from engagement.events import queries
from engagement.events.models import Event, Registration

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
# The rule of the United Kingdom since 1996, instead of a list of every change there was.
DESCRIBED_ZONE = "Europe/London"
LONDON = Timezone.from_ical(
    """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19810329T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
TZNAME:BST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
TZNAME:GMT
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//Events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if settings.TIME_ZONE == DESCRIBED_ZONE:
        calendar.add_component(LONDON)
    return calendar


def _written(instant: datetime) -> datetime:
    """The instant as the file says it: wall time where that names it without doubt, else UTC."""
    local = instant.astimezone(timezone.get_default_timezone())
    is_plain = settings.TIME_ZONE == DESCRIBED_ZONE and not local.fold
    return local if is_plain else instant.astimezone(UTC)


def _entry(event: Event, uid: str, sequence: int, changed_at: datetime) -> Entry:
    entry = Entry()
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    entry.add("uid", f"{uid}@{host}")
    entry.add("sequence", sequence)
    entry.add("dtstamp", changed_at)
    entry.add("last-modified", changed_at)
    entry.add("dtstart", _written(event.starts_at))
    entry.add("dtend", _written(event.ends_at))
    entry.add("summary", event.title)
    if event.place:
        entry.add("location", event.place)
    return entry


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = vText(name.replace('"', "'"))
    return person


def _is_off(event: Event) -> bool:
    return event.state in {Event.State.CANCELLED, Event.State.POSTPONED}


def of_place(registration: Registration) -> tuple[str, str]:
    """The calendar file of one person's place, and its METHOD: REQUEST while they are expected, else CANCEL.

    Names nobody but the person and the organiser. The link to join stands in nobody else's file, and in this one only
    from shortly before the event; the person's own page is in it always.
    """
    event = registration.event
    is_expected = registration.state == Registration.State.CONFIRMED and not _is_off(event)
    method = REQUEST if is_expected else CANCEL
    uid = f"event-{event.public_id}-{registration.public_id}"
    sequence = event.schedule_revision + registration.calendar_sequence
    entry = _entry(event, uid, sequence, timezone.now().astimezone(UTC))
    entry.add("status", "CONFIRMED" if is_expected else "CANCELLED")
    entry.add("organizer", _person(settings.CONTACT_EMAIL, settings.ORGANISATION_NAME))
    guest = _person(registration.email, registration.name)
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    guest.params["PARTSTAT"] = vText("ACCEPTED" if is_expected else "DECLINED")
    guest.params["RSVP"] = vText("FALSE")
    entry.add("attendee", guest)
    if is_expected:
        entry.add("url", queries.booking_url(registration))
        entry.add("description", _instructions(registration))
    calendar = _calendar(method)
    calendar.add_component(entry)
    return calendar.to_ical().decode(), method


def _instructions(registration: Registration) -> str:
    """What the person needs to know, in the language that they booked in."""
    event = registration.event
    with translation.override(languages.for_messages(registration.language)):
        lines = []
        if event.joining_link and event.shows_joining_link:
            lines.append(f"{gettext('Join online')}: {event.joining_link}")
        elif event.joining_link:
            lines.append(
                gettext("The link to join is on your page from %(when)s.") % {"when": moment(event.joining_at)}
            )
        lines.append(f"{gettext('See or give up your place')}: {queries.booking_url(registration)}")
    return "\n".join(part for part in (*lines, event.summary, event.access_information) if part)


def file(text: str, name: str, method: str) -> HttpResponse:
    """The answer that hands a calendar file over, `name` without its ending."""
    response = HttpResponse(text.encode(), content_type=f"text/calendar; charset=utf-8; method={method}")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def feed(events: Iterable[Event], *, name: str = "") -> str:
    """A public list for calendar programs: no person and no joining link in it. What is called off says so."""
    calendar = _calendar(PUBLISH)
    calendar.add("x-wr-calname", name or f"{settings.ORGANISATION_NAME}: events")
    for event in events:
        entry = _entry(event, f"event-{event.public_id}", event.schedule_revision, event.updated_at.astimezone(UTC))
        entry.add("status", "CANCELLED" if _is_off(event) else "CONFIRMED")
        entry.add("url", settings.SITE_URL + reverse("events:event", args=[event.slug]))
        if event.summary:
            entry.add("description", event.summary)
        calendar.add_component(entry)
    return calendar.to_ical().decode()
