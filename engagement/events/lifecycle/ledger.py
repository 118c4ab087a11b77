"""The books of an event's places: who may have which chair, and the counters. Kept inside the event's lock.

Whoever makes a `Ledger` holds the row lock of its event (`locking.lock`); every counter below the event (its
allocations and its slots) is written by nobody else, so the one lock covers them all. `save` writes what was changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from engagement.events.models import Allocation, Event, Registration, Slot

# What stands in the way of a claim.
ROOM, ONLINE, SLOT, LIMIT, KEPT, ORGANISATION = "room", "online", "slot", "limit", "kept", "organisation"
# What more space mends; the others are rules.
SPACE = frozenset({ROOM, ONLINE, SLOT})


@dataclass
class Claim:
    """One booking that is given places for everybody in it or for nobody: a person, or a party."""

    people: list[Registration]

    @property
    def first(self) -> Registration:
        return self.people[0]

    @property
    def chairs(self) -> int:
        return sum(person.chairs for person in self.people)

    @property
    def number(self) -> int:
        return min(person.queue_number or 0 for person in self.people)

    @property
    def pool(self) -> tuple[bool, int | None]:
        """Those with the same pool want the same chairs."""
        return self.first.is_online, self.first.slot_id

    @property
    def sector_id(self) -> int | None:
        return sector_of(self.first)

    @property
    def organisation(self) -> tuple[int, str] | None:
        return organisation_of(self.first)


def sector_of(registration: Registration) -> int | None:
    return registration.kind.sector_id if registration.kind is not None else None


def organisation_of(registration: Registration) -> tuple[int, str] | None:
    """What makes two people of one organisation: the register's key, or else what they typed. None for individuals."""
    if registration.organisation_id:
        return registration.organisation_id, ""
    name = registration.organisation_name.strip().casefold()
    return (0, name) if name else None


def claims_of(people: Iterable[Registration]) -> list[Claim]:
    """These people as claims, in the order in which they come."""
    claims: dict[tuple[str, int | None], Claim] = {}
    for person in people:
        key = ("party", person.party_id) if person.party_id else ("person", person.pk)
        claims.setdefault(key, Claim([])).people.append(person)
    return list(claims.values())


class Ledger:
    """What is free for whom, while the event is locked."""

    def __init__(self, event: Event) -> None:
        self.event = event
        rows = event.allocations.select_related("sector").order_by("pk")
        self.allocations: dict[int, Allocation] = {row.sector_id: row for row in rows}
        self._changed: set[Allocation | Slot] = set()

    @cached_property
    def slots(self) -> dict[int, Slot]:
        return {slot.pk: slot for slot in self.event.slots.order_by("pk")}

    @cached_property
    def by_organisation(self) -> Counter[tuple[int, str] | None]:
        """People, not chairs, who hold places."""
        held = self.event.registrations.holding().only("organisation_id", "organisation_name", "event_id")
        return Counter(organisation_of(person) for person in held)

    @property
    def has_room(self) -> bool:
        """Whether there is any free chair at all, whoever may have it."""
        return self.event.room_left > 0 or self.event.online_left > 0

    def free_in_room(self, sector_id: int | None) -> int:
        """Chairs of the room that are not kept for other sectors."""
        kept = sum(row.kept_free for row in self.allocations.values() if row.sector_id != sector_id)
        return max(0, self.event.room_left - kept)

    def lacks(self, claim: Claim) -> list[str]:
        """What stands in the way of this claim; empty when it can have its places now."""
        found = []
        if claim.first.is_online:
            if self.event.online_left < claim.chairs:
                found.append(ONLINE)
        elif self.event.room_left < claim.chairs:
            found.append(ROOM)
        else:
            if self.free_in_room(claim.sector_id) < claim.chairs:
                found.append(KEPT)
            row = self.allocations.get(claim.sector_id or 0)
            if row is not None and row.most is not None and row.taken + claim.chairs > row.most:
                found.append(LIMIT)
        if claim.first.slot_id and self.slots[claim.first.slot_id].places_left < claim.chairs:
            found.append(SLOT)
        cap, organisation = self.event.organisation_cap, claim.organisation
        if cap and organisation and self.by_organisation[organisation] + len(claim.people) > cap:
            found.append(ORGANISATION)
        return found

    def take(self, claim: Claim) -> None:
        for person in claim.people:
            self._count(person, person.chairs, 1)

    def give_back(self, person: Registration) -> None:
        """Free what this person held; call it before their organisation, companions or slot are changed."""
        self._count(person, -person.chairs, -1)

    def _count(self, person: Registration, chairs: int, people: int) -> None:
        if person.is_online:
            self.event.online_taken += chairs
        else:
            self.event.taken += chairs
            if row := self.allocations.get(sector_of(person) or 0):
                row.taken += chairs
                self._changed.add(row)
        if person.slot_id:
            slot = self.slots[person.slot_id]
            slot.taken += chairs
            self._changed.add(slot)
        if self.event.organisation_cap:
            self.by_organisation[organisation_of(person)] += people

    def save(self) -> None:
        """Write the counters; the CHECK of each table refuses one chair too many."""
        self.event.save(update_fields=["taken", "online_taken", "next_queue_number", "updated_at"])
        for row in sorted(self._changed, key=lambda row: (type(row).__name__, row.pk)):
            row.save(update_fields=["taken", "updated_at"])
        self._changed.clear()
