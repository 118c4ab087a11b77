"""What the clock deletes, and whether a message that had its cause is still wanted when it leaves.

What is planned by the clock stands in `plan`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.events import queries
from engagement.events.models import Event, Registration
from engagement.messaging.models import OutgoingMessage


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
    if message.rule == "events.confirmed" and registration.state != Registration.State.CONFIRMED:
        return "The person has no place any more."
    return ""
