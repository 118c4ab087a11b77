"""What is planned by the clock, and whether it is still wanted when its moment comes."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from engagement.audit import trail
from engagement.events import emails, queries
from engagement.events.models import Event, Registration
from engagement.messaging.models import OutgoingMessage

# Two days before, in the morning of the people who come.
DAYS_BEFORE = 2
MORNING = time(9)


def reminder_at(event: Event) -> datetime:
    """The moment of the reminder: 9am local time two calendar days before, whatever the clocks do in between."""
    zone = timezone.get_default_timezone()
    on = event.starts_at.astimezone(zone).date() - timedelta(days=DAYS_BEFORE)
    return datetime.combine(on, MORNING, tzinfo=zone)


def plan_due(now: datetime | None = None) -> int:
    """Ask for the reminders whose moment has come; returns how many. Planning again asks for nothing new."""
    now = now or timezone.now()
    horizon = now + timedelta(days=DAYS_BEFORE + 1)
    due = Event.objects.filter(state__in=Event.AHEAD, starts_at__gt=now, starts_at__lte=horizon).exclude(
        reminded_revision=F("schedule_revision")
    )
    planned = 0
    for event in due.order_by("pk"):
        if reminder_at(event) <= now:
            planned += _remind(event.pk)
    return planned


@transaction.atomic
def _remind(event_id: int) -> int:
    """Remind those who had a place before the reminder's moment. Who booked or heard of a move later just heard."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    if event.reminded_revision == event.schedule_revision or not event.is_ahead:
        return 0
    moment = reminder_at(event)
    event.reminded_revision = event.schedule_revision
    event.save(update_fields=["reminded_revision", "updated_at"])
    if event.rescheduled_at and event.rescheduled_at >= moment:
        return 0
    people = event.registrations.holding().confirmed().filter(confirmed_at__lt=moment).order_by("pk")
    for registration in people:
        registration.event = event
        emails.reminder(registration, due_at=moment)
    return len(people)


def purge_due(now: datetime | None = None) -> int:
    """Delete access and dietary needs two weeks after the end of their event; returns of how many people."""
    now = now or timezone.now()
    told = Registration.objects.exclude(access_needs="", dietary_needs="").values("event")
    due = Event.objects.filter(pk__in=told, ends_at__lte=now - queries.NEEDS_KEPT).order_by("pk")
    return sum(_purge(event.pk, now) for event in due)


@transaction.atomic
def _purge(event_id: int, now: datetime) -> int:
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    people = event.registrations.exclude(access_needs="", dietary_needs="")
    deleted = people.update(access_needs="", dietary_needs="", updated_at=now)
    if deleted:
        event.needs_purged_at = now
        event.save(update_fields=["needs_purged_at", "updated_at"])
        trail.record("event.needs_purged", subject=event, scope=event.context_reference, people=deleted)
    return deleted


def why_not(message: OutgoingMessage) -> str:
    """Why this message is no longer wanted, as a sentence for staff; empty while it is.

    Messages that say when and where carry the schedule's revision in their occurrence.
    """
    registration = Registration.objects.filter(public_id=message.recipient).select_related("event").first()
    if registration is None:
        return "The booking no longer exists."
    event = registration.event
    if event.state in {Event.State.CANCELLED, Event.State.POSTPONED}:
        return f"The event was {event.get_state_display().lower()}."
    if registration.state not in Registration.LIVE:
        return "The booking was given up."
    revision = message.occurrence.partition(":")[2]
    if revision.isdigit() and int(revision) != event.schedule_revision:
        return "The event was moved after this was written."
    if message.rule == "events.waiting" and registration.state != Registration.State.WAITING:
        return "The person has a place by now."
    if message.rule == "events.offered" and not registration.offer_is_open:
        return "The offer was taken up or has ended."
    needs_place = message.rule in {"events.confirmed", "events.reminder"}
    if needs_place and registration.state != Registration.State.CONFIRMED:
        return "The person has no place any more."
    if message.rule == "events.reminder" and event.has_begun:
        return "The event has begun."
    return ""
