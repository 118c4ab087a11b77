"""The event itself: announced, opened, moved, called off, held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import emails, kinds
from engagement.events.lifecycle import capacity, needs, places
from engagement.events.models import Event, Note

# What a calendar entry says; a change of any of them is news to everybody who booked.
SCHEDULE = ("starts_at", "ends_at", "mode", "venue_name", "venue_address", "joining_link")
DETAILS = (
    "title",
    "type",
    "summary",
    "description",
    "venue",
    "access_information",
    "travel",
    "safety_notes",
    "area",
    "by_invitation",
    "booking_closes_at",
)


def announce(event_id: int, *, actor: Any = None) -> Event:
    """Show the event to everybody, with booking still closed."""
    return _come_forward(event_id, Event.State.ANNOUNCED, "event.announced", actor)


def open_booking(event_id: int, *, actor: Any = None) -> Event:
    """Take bookings. Raises Refused while people cannot know where to go or whether they can get in."""
    return _come_forward(event_id, Event.State.BOOKING, "event.booking_opened", actor)


@transaction.atomic
def _come_forward(event_id: int, state: str, verb: str, actor: Any) -> Event:
    event = places.lock(event_id)
    was_postponed = event.state == Event.State.POSTPONED
    event.move_to(state)
    if event.has_begun:
        raise Refused("The event lies in the past. Set its new date first.")
    if state == Event.State.BOOKING:
        _refuse_unfinished(event)
    event.state_reason = ""
    if was_postponed:
        event.schedule_revision += 1
        event.rescheduled_at = timezone.now()
    event.save()
    trail.record(verb, subject=event, actor=actor, scope=event.context_reference)
    if was_postponed:
        _tell_of_move(event)
        places.promote(event)
    return event


def _refuse_unfinished(event: Event) -> None:
    if event.booking_closes_at and event.booking_closes_at <= timezone.now():
        raise Refused("The day on which booking closes has passed. Set a later one first.")
    if what := kinds.missing(event):
        raise Refused(what)
    if event.mode == Event.Mode.ONLINE:
        return
    if not event.venue_name:
        raise Refused("Say where the event is before booking opens.")
    if not event.access_information and not (event.venue and (event.venue.features or event.venue.access_notes)):
        raise Refused("Say how people can get in and around before booking opens: steps, lifts, hearing loop, parking.")


@transaction.atomic
def close_booking(event_id: int, *, actor: Any = None) -> Event:
    """Take no more bookings; who waits keeps their number. Closing twice changes nothing."""
    event = places.lock(event_id)
    if event.state == Event.State.BOOKING_CLOSED:
        return event
    event.move_to(Event.State.BOOKING_CLOSED)
    event.save(update_fields=["state", "updated_at"])
    trail.record("event.booking_closed", subject=event, actor=actor, scope=event.context_reference)
    return event


@transaction.atomic
def mark_held(event_id: int, *, actor: Any = None) -> Event:
    """Say that it took place. Raises Refused before it begins."""
    event = places.lock(event_id)
    if event.has_begun or not event.may_move_to(Event.State.HELD):
        event.move_to(Event.State.HELD)
    else:
        raise Refused("The event has not begun yet, so it cannot have been held.")
    event.save(update_fields=["state", "updated_at"])
    trail.record("event.held", subject=event, actor=actor, scope=event.context_reference)
    return event


def postpone(event_id: int, reason: str, *, actor: Any = None) -> Event:
    """Take the event out of the calendars until it has a new date; everybody keeps place and number."""
    return _call_off(event_id, Event.State.POSTPONED, reason, "event.postponed", actor)


def cancel_event(event_id: int, reason: str, *, actor: Any = None) -> Event:
    """Call the event off for good and tell everybody with a place or in the queue."""
    return _call_off(event_id, Event.State.CANCELLED, reason, "event.cancelled", actor)


@transaction.atomic
def _call_off(event_id: int, state: str, reason: str, verb: str, actor: Any) -> Event:
    event = places.lock(event_id)
    if not reason.strip():
        raise Refused("Say why, in a sentence that everybody who booked will read.", field="reason")
    was_public = event.state != Event.State.DRAFT
    event.move_to(state)
    event.state_reason = reason.strip()
    event.schedule_revision += 1
    event.save()
    told = 0
    if was_public:
        told = emails.tell_all(event, emails.called_off)
    trail.record(verb, subject=event, actor=actor, scope=event.context_reference, reason=event.state_reason, told=told)
    return event


@transaction.atomic
def change(event_id: int, values: Mapping[str, Any], *, actor: Any = None) -> Event:
    """Change what the event says, when and where it is, and how many places it has.

    `values` may hold any of SCHEDULE, DETAILS and `capacity`. A changed time, place or link reaches everybody
    who booked, with an updated calendar file; a changed wording reaches nobody. Raises Refused for an event that
    took place or was cancelled, and for a date in the past.
    """
    event = places.lock(event_id)
    if event.state == Event.State.CANCELLED:
        raise Refused("This event is cancelled. Copy it to make a new one.")
    moved = [name for name in SCHEDULE if name in values and values[name] != getattr(event, name)]
    reworded = [name for name in DETAILS if name in values and values[name] != getattr(event, name)]
    if moved and event.is_over:
        raise Refused("The event took place, so its time and place stay as they were.")
    for name in (*moved, *reworded):
        setattr(event, name, values[name])
    if "starts_at" in moved and event.is_ahead and event.has_begun:
        raise Refused("The new date lies in the past.")
    if moved and event.state != Event.State.DRAFT:
        event.schedule_revision += 1
        event.rescheduled_at = timezone.now()
    event.save()
    if "starts_at" in moved:
        needs.move_with(event)
    if moved or reworded:
        trail.record(
            "event.changed", subject=event, actor=actor, scope=event.context_reference, fields=[*moved, *reworded]
        )
    if moved and event.is_ahead:
        _tell_of_move(event)
    if "capacity" in values:
        online = values.get("online_capacity", event.online_capacity)
        capacity.set_pools(event, values["capacity"], online, actor=actor)
    return event


@transaction.atomic
def write_up(event_id: int, *, actor: Any = None) -> Event:
    """Say that the notes are complete. Raises Refused while any of them is neither agreed nor disputed."""
    event = places.lock(event_id)
    settled = [Note.State.AGREED, Note.State.DISPUTED]
    if open_notes := event.notes.exclude(state__in=settled).count():
        raise Refused(f"{open_notes} {'note is' if open_notes == 1 else 'notes are'} not agreed yet.")
    event.move_to(Event.State.WRITTEN_UP)
    event.save(update_fields=["state", "updated_at"])
    trail.record("event.written_up", subject=event, actor=actor, scope=event.context_reference)
    return event


def _tell_of_move(event: Event) -> None:
    emails.tell_all(event, emails.moved)
