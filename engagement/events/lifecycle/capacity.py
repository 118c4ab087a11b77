"""How many places there are: in the room, online, by sector, by time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events.lifecycle import waiting
from engagement.events.lifecycle.ledger import Ledger
from engagement.events.lifecycle.locking import lock
from engagement.events.models import Allocation, Event, Slot
from engagement.stakeholders.models import Sector

# What says how places are given; a change of any of them may free somebody's way.
RULES = ("promotion", "offer_hours", "parties_keep_turn", "organisation_cap", "party_limit")


@transaction.atomic
def change_capacity(event_id: int, capacity: int, *, actor: Any = None) -> Event:
    """Set the number of places; those who wait get the new ones at once. Raises Refused below what is taken."""
    event = lock(event_id)
    set_capacity(event, capacity, actor=actor)
    return event


def set_capacity(event: Event, capacity: int, *, actor: Any = None) -> None:
    """The same inside a lock that the caller holds."""
    set_pools(event, capacity, event.online_capacity, actor=actor)


def set_pools(event: Event, capacity: int, online: int | None, *, actor: Any = None) -> None:
    """Set the places of the room and online; the caller holds the lock. `online` None: no pool of its own."""
    if (capacity, online) == (event.capacity, event.online_capacity):
        return
    if capacity < max(event.taken, 1):
        raise Refused(f"{_taken(event.taken)}, so there cannot be fewer. Cancel bookings first.", field="capacity")
    kept = event.allocations.aggregate(kept=Sum("reserved"))["kept"] or 0
    if capacity < kept and capacity < event.capacity:
        raise Refused(f"{kept} places are kept for sectors, so there cannot be fewer. Keep less.", field="capacity")
    if (online or 0) < event.online_taken:
        raise Refused(
            f"{_taken(event.online_taken)} online, so there cannot be fewer. Cancel bookings first.",
            field="online_capacity",
        )
    before, before_online = event.capacity, event.online_capacity
    event.capacity, event.online_capacity = capacity, online
    event.save(update_fields=["capacity", "online_capacity", "updated_at"])
    promoted = waiting.promote(Ledger(event))
    facts = {"before": before, "after": capacity, "promoted": promoted}
    if before_online != online:
        facts.update(online_before=before_online or 0, online_after=online or 0)
    trail.record("event.resized", subject=event, actor=actor, scope=event.context_reference, **facts)


def _taken(number: int) -> str:
    return f"{number} {'place is' if number == 1 else 'places are'} taken"


@transaction.atomic
def set_rules(event_id: int, values: Mapping[str, Any], *, actor: Any = None) -> Event:
    """Set RULES: who of those who wait comes next, how long offers hold, caps. Nobody loses what they have."""
    event = lock(event_id)
    changed = [name for name in RULES if name in values and values[name] != getattr(event, name)]
    for name in changed:
        setattr(event, name, values[name])
    if changed:
        event.save(update_fields=[*changed, "updated_at"])
        waiting.promote(Ledger(event))
        trail.record("event.rules_changed", subject=event, actor=actor, scope=event.context_reference, fields=changed)
    return event


@transaction.atomic
def allocate(event_id: int, wanted: Mapping[int, Mapping[str, Any]], *, actor: Any = None) -> Event:
    """Set what is kept for sectors, allowed and hoped for: `{sector key: reserved, release_at, most, target}`.

    A sector that is not named keeps what it has; one with nothing at all loses its row. Raises Refused when a limit is
    below what the sector holds, and when more is kept than there are places.
    """
    event = lock(event_id)
    rows = {row.sector_id: row for row in event.allocations.select_related("sector")}
    there = {pk: (row.reserved, row.release_at, row.most, row.target) for pk, row in rows.items()}
    sectors = Sector.objects.in_bulk(list(wanted))
    for pk, values in wanted.items():
        row = rows.get(pk) or Allocation(event=event, sector=sectors[pk])
        if row.pk is None:
            held = event.registrations.holding().filter(kind__sector=pk, is_online=False)
            row.taken = held.chairs()
            rows[pk] = row
        if row.release_at != values["release_at"]:
            row.released_at = None
        for name in ("reserved", "release_at", "most", "target"):
            setattr(row, name, values[name])
        if row.most is not None and row.most < row.taken:
            holds = f"{row.sector} holds {row.taken} {'place' if row.taken == 1 else 'places'}"
            raise Refused(f"{holds}, so its limit cannot be {row.most}.", field=f"most_{pk}")
        if row.most is not None and row.most < row.reserved:
            raise Refused(f"{row.sector}: no more can be kept than it may have.", field=f"reserved_{pk}")
    fields = ("reserved", "release_at", "most", "target")
    is_same = all(
        getattr(rows[pk], name) == was for pk, before in there.items() for name, was in zip(fields, before, strict=True)
    )
    if is_same and not any(row.pk is None and _says_something(row) for row in rows.values()):
        return event
    kept = sum(row.reserved for row in rows.values())
    if kept > event.capacity:
        raise Refused(f"{kept} places would be kept, and the room has {event.capacity}.")
    for row in rows.values():
        if _says_something(row):
            row.save()
        elif row.pk:
            row.delete()
    promoted = waiting.promote(Ledger(event))
    trail.record("event.allocated", subject=event, actor=actor, scope=event.context_reference, promoted=promoted)
    return event


def _says_something(row: Allocation) -> bool:
    return bool(row.reserved or row.target or row.most is not None)


@transaction.atomic
def share_out(
    event_id: int, values: Mapping[str, Any], wanted: Mapping[int, Mapping[str, Any]], *, actor: Any = None
) -> Event:
    """`set_rules` and `allocate` together or not at all."""
    lock(event_id)
    set_rules(event_id, values, actor=actor)
    return allocate(event_id, wanted, actor=actor)


def release_due(now: datetime | None = None) -> int:
    """Give back to everybody what was kept for a sector until now; returns for how many sectors."""
    due = Allocation.objects.filter(released_at=None, release_at__lte=now or timezone.now(), reserved__gt=0)
    return sum(_release(pk) for pk in due.order_by("event").values_list("event", flat=True).distinct())


@transaction.atomic
def _release(event_id: int) -> int:
    event, now = lock(event_id), timezone.now()
    due = event.allocations.filter(released_at=None, release_at__lte=now, reserved__gt=0)
    released = due.update(released_at=now, updated_at=now)
    if released:
        promoted = waiting.promote(Ledger(event))
        trail.record(
            "event.released", subject=event, scope=event.context_reference, sectors=released, promoted=promoted
        )
    return released


@transaction.atomic
def set_slots(event_id: int, wanted: Mapping[datetime, tuple[datetime, int]], *, actor: Any = None) -> Event:
    """Set the times of a drop-in: `{begin: (end, places)}`. Raises Refused for a time that people have booked."""
    event = lock(event_id)
    there = {slot.starts_at: slot for slot in event.slots.all()}
    booked = set(event.registrations.exclude(slot=None).values_list("slot", flat=True))
    for begin, slot in there.items():
        if begin in wanted:
            continue
        if slot.pk in booked:
            raise Refused(f"People have booked for {slot}, so that time stays.")
        slot.delete()
    for begin, (end, places) in wanted.items():
        slot = there.get(begin) or Slot(event=event, starts_at=begin)
        if places < slot.taken:
            raise Refused(f"{_taken(slot.taken)} at {slot}, so there cannot be fewer.", field="slots")
        slot.ends_at, slot.capacity = end, places
        slot.save()
    waiting.promote(Ledger(event))
    trail.record("event.slots_set", subject=event, actor=actor, scope=event.context_reference, slots=len(wanted))
    return event
