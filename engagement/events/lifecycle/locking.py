"""The one lock. Whoever changes an event, its places or who holds them has it first."""

from __future__ import annotations

from engagement.events.models import Event, Registration


def lock(event_id: int) -> Event:
    """The event as it is now; nobody else changes it or its places before this transaction ends."""
    return Event.objects.select_for_update(of=("self",)).get(pk=event_id)


def lock_of(registration_id: int) -> Event:
    """The event of a booking, locked. Read the booking itself after it: it may have changed while we waited."""
    return lock(Registration.objects.values_list("event_id", flat=True).get(pk=registration_id))
