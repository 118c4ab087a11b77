"""Messages about events: one function each. All of them are asked for in the transaction of their cause."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from engagement.events import calendars, codes, invitees, queries
from engagement.events.models import Event, Invitee, Registration
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage

CHECK = "events.registration"
# A person waits in front of the screen for these.
SOON = 1


def _queue(name: str, registration: Registration, *, occurrence: str = "", **options: Any) -> None:
    """Ask for the message `events/email/<name>` to the person of this registration; once per occurrence."""
    if not registration.email:
        return
    event = registration.event
    context = {
        "registration": registration,
        "event": event,
        "booking_url": queries.booking_url(registration),
        "event_url": settings.SITE_URL + reverse("events:event", args=[event.slug]),
        **options.pop("context", {}),
    }
    options.setdefault("language", registration.language)
    options.setdefault("category", OutgoingMessage.Category.TRANSACTIONAL)
    message = outbox.prepare(
        f"events/email/{name}",
        to=registration.email,
        to_name=registration.name,
        rule=f"events.{name}",
        occurrence=occurrence or str(registration.public_id),
        recipient=str(registration.public_id),
        context=context,
        about=registration,
        scope=event.context_reference,
        **options,
    )
    outbox.queue_all([message])


def _with_calendar(registration: Registration) -> dict[str, str]:
    text, method = calendars.of_place(registration)
    return {"calendar": text, "calendar_method": method}


def _revision(registration: Registration) -> str:
    """The occasion of messages that say when and where: they are worthless once the event moved."""
    return f"{registration.public_id}:{registration.event.schedule_revision}"


def confirmed(registration: Registration, *, was_waiting: bool = False) -> None:
    """A place is theirs, with the calendar file and the code for the door."""
    if has_code := codes.is_for(registration):
        codes.issue(registration)
    _queue(
        "confirmed",
        registration,
        occurrence=_revision(registration),
        context={"was_waiting": was_waiting, "has_code": has_code, "party": queries.party_names(registration)},
        check=CHECK,
        priority=SOON,
        expires_at=registration.event.ends_at,
        **_with_calendar(registration),
    )


def waiting(registration: Registration) -> None:
    """They are in the queue, and where."""
    _queue(
        "waiting",
        registration,
        context={"position": queries.place_in_queue(registration), "party": queries.party_names(registration)},
        check=CHECK,
        priority=SOON,
        expires_at=registration.event.ends_at,
    )


def offered(registration: Registration) -> None:
    """A place is held for them until a moment; the first of a party hears for all of it."""
    until = registration.offer_expires_at
    _queue(
        "offered",
        registration,
        context={"until": until, "party": queries.party_names(registration)},
        check=CHECK,
        priority=SOON,
        expires_at=until,
    )


def expired(registration: Registration) -> None:
    """They did not take the place up in time."""
    _queue("expired", registration, priority=SOON)


def booked_again(registration: Registration) -> None:
    """They had booked already; at most once a day, so that nobody can fill a stranger's mailbox."""
    occurrence = f"{registration.public_id}:{timezone.localdate().isoformat()}"
    _queue("booked_again", registration, occurrence=occurrence, priority=SOON)


def given_up(registration: Registration) -> None:
    """Their place, or place in the queue, was given up; clears the calendar of who had a place."""
    calendar = _with_calendar(registration) if registration.confirmed_at else {}
    _queue("given_up", registration, priority=SOON, **calendar)


def moved(registration: Registration) -> None:
    """Time or place changed: the new calendar file for who has a place, the news for who waits."""
    calendar = _with_calendar(registration) if registration.state == Registration.State.CONFIRMED else {}
    _queue("moved", registration, occurrence=_revision(registration), check=CHECK, priority=SOON, **calendar)


def called_off(registration: Registration) -> None:
    """The event was postponed or cancelled, and why; clears the calendar of who had a place."""
    calendar = _with_calendar(registration) if registration.state == Registration.State.CONFIRMED else {}
    occurrence = f"{registration.public_id}:{registration.event.schedule_revision}"
    _queue("called_off", registration, occurrence=occurrence, priority=SOON, **calendar)


def notes(registration: Registration, *, round_key: str) -> None:
    """What was noted can be read and corrected."""
    token = queries.notes_token(registration)
    _queue(
        "notes",
        registration,
        occurrence=f"{registration.public_id}:{round_key}",
        category=OutgoingMessage.Category.EVENT,
        context={"notes_url": settings.SITE_URL + reverse("events:attendee_notes", args=[token])},
    )


def invited(invitee: Invitee, *, again: bool = False) -> None:
    """They are asked to come; obeys what they chose, unlike messages about a booking."""
    event = invitee.event
    message = outbox.prepare(
        "events/email/invited",
        to=invitee.email,
        to_name=invitee.name,
        rule="events.invited",
        occurrence=f"{invitee.public_id}:{timezone.localdate().isoformat()}" if again else str(invitee.public_id),
        recipient=str(invitee.public_id),
        context={
            "invitee": invitee,
            "event": event,
            "text": invitee.wave.text if invitee.wave and not invitee.instead_of_id else "",
            "named_by": invitee.instead_of.name if invitee.instead_of else "",
            "again": again,
            "event_url": settings.SITE_URL + reverse("events:event", args=[event.slug]),
            "invitation_url": settings.SITE_URL + reverse("events:invited", args=[invitees.token_of(invitee)]),
        },
        category=OutgoingMessage.Category.EVENT,
        about=invitee,
        scope=event.context_reference,
        check="events.invitation",
        expires_at=event.last_booking_at,
        language=invitee.language,
    )
    outbox.queue_all([message])


def booking_news(registration: Registration) -> None:
    """There is something new on their own page. Says nothing of what: messages are read by more people than needs."""
    occurrence = f"{registration.public_id}:{timezone.now().isoformat(timespec='minutes')}"
    _queue("booking_news", registration, occurrence=occurrence, check=CHECK, expires_at=registration.event.starts_at)


def tell_all(event: Event, message: Any) -> int:
    """Ask for `message` to everybody with a place or in the queue; returns to how many."""
    people = list(event.registrations.live().order_by("pk"))
    for registration in people:
        registration.event = event
        message(registration)
    return len(people)
