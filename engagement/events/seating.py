"""Who sits at which table: sectors spread, rivals apart, chairs left for those who come without booking.

People who were moved by hand stay. The others are shared out anew each time, in an order that depends on nothing but
who they are, so that the same people and tables give the same list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import lifecycle
from engagement.events.models import Apart, Event, Registration, Seat, Table
from engagement.stakeholders.models import Organisation


@dataclass
class Round:
    """A table while people are shared out."""

    table: Table
    people: list[Registration] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return sum(person.chairs for person in self.people)

    @property
    def free(self) -> int:
        return self.table.chairs - self.table.spare - self.taken

    def sectors(self) -> Counter[int | None]:
        return Counter(person.kind.sector_id if person.kind else None for person in self.people)

    def organisations(self) -> Counter[int | str]:
        return Counter(_body(person) for person in self.people)


def _body(person: Registration) -> int | str:
    return person.organisation_id or person.organisation_name.strip().casefold() or f"alone {person.pk}"


def plan(
    people: Iterable[Registration], rounds: list[Round], apart: set[tuple[int, int]]
) -> tuple[list[Registration], list[Registration]]:
    """Put people at the tables; returns those for whom there was no chair, and those next to whom nobody could be
    kept apart from.

    A person goes to the table with the fewest of their sector, then the fewest of their organisation, then the fewest
    people; one who must sit apart from somebody there goes to another while another has a chair. The largest sectors
    are shared out first, so that each is spread evenly.
    """
    todo = list(people)
    size = Counter(person.kind.sector_id if person.kind else None for person in todo)
    todo.sort(
        key=lambda one: (
            -size[one.kind.sector_id if one.kind else None],
            one.kind.sector_id if one.kind else 0,
            str(_body(one)),
            one.pk,
        )
    )
    homeless, uneasy = [], []
    for person in todo:
        fitting = [one for one in rounds if one.free >= person.chairs]
        easy = [one for one in fitting if not _clashes(person, one, apart)]
        if not fitting:
            homeless.append(person)
            continue
        if not easy:
            uneasy.append(person)
        sector = person.kind.sector_id if person.kind else None
        best = min(
            easy or fitting,
            key=lambda one: (
                one.organisations()[_body(person)],
                one.sectors()[sector],
                len(one.people),
                one.table.order,
                one.table.pk,
            ),
        )
        best.people.append(person)
    return homeless, uneasy


def _clashes(person: Registration, there: Round, apart: set[tuple[int, int]]) -> bool:
    own = person.organisation_id
    if own is None:
        return False
    others = {other.organisation_id for other in there.people if other.organisation_id}
    return any((min(own, other), max(own, other)) in apart for other in others)


@dataclass(frozen=True)
class Shared:
    """What came of sharing out."""

    seated: int
    homeless: list[str]
    uneasy: list[str]


@transaction.atomic
def share_out(event_id: int, *, actor: Any) -> Shared:
    """Seat everybody who has a place in the room; those placed by hand keep their table. Raises Refused without one."""
    event = lifecycle.lock(event_id)
    tables = list(event.tables.all())
    if not tables:
        raise Refused("There is no table yet. Set the tables first.")
    people = list(event.registrations.confirmed().filter(is_online=False).select_related("kind", "seat").order_by("pk"))
    rounds = {table.pk: Round(table) for table in tables}
    loose = []
    for person in people:
        seat = getattr(person, "seat", None)
        if seat is not None and seat.by_hand:
            rounds[seat.table_id].people.append(person)
        else:
            loose.append(person)
    apart = set(event.apart.values_list("first", "second"))
    homeless, uneasy = plan(loose, list(rounds.values()), apart)
    Seat.objects.filter(registration__event=event, by_hand=False).delete()
    fixed = {person.pk for person in people} - {person.pk for person in loose}
    seats = [
        Seat(registration=person, table=one.table)
        for one in rounds.values()
        for person in one.people
        if person.pk not in fixed
    ]
    Seat.objects.bulk_create(seats)
    trail.record("event.seated", subject=event, actor=actor, scope=event.context_reference, people=len(seats))
    return Shared(len(seats), [one.name for one in homeless], [one.name for one in uneasy])


@transaction.atomic
def move(registration_id: int, table_id: int | None, *, actor: Any) -> None:
    """Put somebody at a table by hand, or at none. At the door a chair may be added: a full table is no hindrance."""
    person = Registration.objects.select_related("event").get(pk=registration_id)
    lifecycle.lock(person.event_id)
    if table_id is None:
        Seat.objects.filter(registration=person).delete()
    else:
        table = Table.objects.get(pk=table_id, event=person.event_id)
        if person.state != Registration.State.CONFIRMED:
            raise Refused(f"{person.name} has no place, so they sit nowhere.")
        Seat.objects.update_or_create(registration=person, defaults={"table": table, "by_hand": True})
    trail.record(
        "registration.moved_table", subject=person, actor=actor, scope=person.event.context_reference, to=table_id
    )


@transaction.atomic
def keep_apart(event: Event, pairs: Iterable[tuple[Organisation, Organisation]]) -> None:
    """Set which organisations sit at different tables."""
    event.apart.all().delete()
    wanted = {(min(one.pk, other.pk), max(one.pk, other.pk)) for one, other in pairs if one.pk != other.pk}
    Apart.objects.bulk_create(Apart(event=event, first_id=one, second_id=other) for one, other in sorted(wanted))


def at_tables(event: Event) -> tuple[list[Round], list[Registration]]:
    """The tables with who sits there by name, and who sits nowhere; three queries."""
    rounds = {table.pk: Round(table) for table in event.tables.select_related("topic", "facilitator", "note_taker")}
    nowhere = []
    people = event.registrations.confirmed().filter(is_online=False)
    for person in people.select_related("kind__sector", "organisation", "seat").order_by("name", "pk"):
        seat = getattr(person, "seat", None)
        if seat is None:
            nowhere.append(person)
        else:
            rounds[seat.table_id].people.append(person)
    return list(rounds.values()), nowhere
