"""How many belong to a definition, and how many would with each further choice.

While a set is being put together, every choice says how many organisations and people it would leave. Asking the
database anew for each of some seventy choices would take seconds; here the register is read once, and counted in one
pass. `segments` says what belonging means; a test holds the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engagement.stakeholders.criteria import criteria, since
from engagement.stakeholders.models import Contact, Kind, Organisation
from engagement.stakeholders.segments import Definition, kinds_meant, reachable

# Parts of a definition that a choice belongs to; sectors and kinds are chosen together.
SORT, REPRESENTATIVE = "sort", "representative"
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Count:
    """So many organisations, and so many people of theirs who may be written to."""

    organisations: int = 0
    people: int = 0


@dataclass
class Board:
    """What a definition comes to, and what each (part, value) would: a value of a list stands alone in its part,
    behaviour and “speaks for its members” are added to what is chosen. Who is in nothing has no entry."""

    total: Count = Count()
    # Organisations that belong and have nobody to write to.
    without_people: int = 0
    choices: dict[tuple[str, str], Count] = field(default_factory=dict)

    def of(self, part: str, value: str) -> Count:
        """What choosing this would leave."""
        return self.choices.get((part, value), Count())


@dataclass
class _Row:
    """An organisation as far as sets look at it."""

    kinds: tuple[str, ...]
    size: str
    is_representative: bool
    areas: frozenset[str] = NOTHING
    interests: frozenset[str] = NOTHING
    # (contact, role, interests of the contact) of everybody who may be written to.
    people: list[tuple[int, str, frozenset[str]]] = field(default_factory=list)


class Picture:
    """The register at one moment, read by a fixed number of queries; `board` and `count` look only at it.

    What organisations did before is asked for once for each criterion and span of months.
    """

    def __init__(self) -> None:
        kinds = {pk: (code, sector) for pk, code, sector in Kind.objects.values_list("pk", "code", "sector__code")}
        self.sector_of = dict(kinds.values())
        also = _grouped(Organisation.other_kinds.through, "organisation_id", "kind_id")
        self.rows = {
            pk: _Row((kinds[kind][0], *(kinds[other][0] for other in also.get(pk, ()))), size or "unknown", speaks)
            for pk, kind, size, speaks in Organisation.objects.filter(closed_at=None).values_list(
                "pk", "kind_id", "size", "is_representative"
            )
        }
        for name, through, code in (
            ("areas", Organisation.areas.through, "area__code"),
            ("interests", Organisation.interests.through, "interest__code"),
        ):
            for pk, codes in _grouped(through, "organisation_id", code).items():
                if pk in self.rows:
                    setattr(self.rows[pk], name, frozenset(codes))
        wishes = _grouped(Contact.interests.through, "contact_id", "interest__code")
        keen = {pk: frozenset(codes) for pk, codes in wishes.items()}
        for pk, contact, role in reachable().values_list("organisation_id", "contact_id", "role"):
            self.rows[pk].people.append((contact, role, keen.get(contact, NOTHING)))
        self._did: dict[tuple[Any, int | None], set[int]] = {}

    def did(self, code: str, months: int | None) -> set[int] | None:
        """The organisations of which a criterion is true, its opposite not taken; None for one that nobody knows."""
        known = criteria()
        if code not in known:
            return None
        # One question and its opposite are asked once.
        key = (known[code].found, months)
        if key not in self._did:
            found = known[code].found(since(months)).order_by().distinct()
            self._did[key] = {pk for row in found for pk in row.values()}
        return self._did[key]

    def count(self, definition: Mapping[str, Any]) -> Count:
        """How many belong."""
        return self._board(Definition.read(definition), with_choices=False).total

    def board(self, definition: Mapping[str, Any]) -> Board:
        """How many belong, and how many would with each choice."""
        return self._board(Definition.read(definition), with_choices=True)

    def _board(self, wanted: Definition, *, with_choices: bool) -> Board:
        tests = _Tests(self, wanted, with_choices=with_choices)
        organisations: dict[tuple[str, str], int] = defaultdict(int)
        people: dict[tuple[str, str], set[int]] = defaultdict(set)
        total, everybody, without = 0, set(), 0
        for pk, row in self.rows.items():
            failed = tests.failed(pk, row)
            if len(failed) > 1:
                continue
            if not failed:
                found = tests.people(row)
                total += 1
                everybody.update(found)
                without += not found
            if with_choices:
                for choice, found in tests.choices(pk, row, failed[0] if failed else ""):
                    organisations[choice] += 1
                    people[choice].update(found)
        choices = {choice: Count(number, len(people[choice])) for choice, number in organisations.items()}
        return Board(Count(total, len(everybody)), without, choices)


class _Tests:
    """The parts of one definition as questions to a row."""

    def __init__(self, picture: Picture, wanted: Definition, *, with_choices: bool) -> None:
        self.sector_of = picture.sector_of
        self.kinds = kinds_meant(wanted, picture.sector_of) if wanted.sectors or wanted.kinds else None
        self.areas, self.sizes = set(wanted.areas), set(wanted.sizes)
        self.interests, self.roles = set(wanted.interests), set(wanted.roles)
        self.representative = wanted.representative
        known = criteria()
        asked = [*known, *wanted.behaviour] if with_choices else wanted.behaviour
        found = {code: picture.did(code, wanted.months) for code in asked}
        self.behaviour = {code: (keys, known[code].opposite) for code, keys in found.items() if keys is not None}
        self.asked = wanted.behaviour

    def behaves(self, code: str, pk: int) -> bool:
        if code not in self.behaviour:
            return False
        keys, opposite = self.behaviour[code]
        return (pk in keys) is not opposite

    def failed(self, pk: int, row: _Row) -> list[str]:
        """The parts that this organisation does not meet; behaviour counts each question by itself."""
        found = []
        if self.kinds is not None and not self.kinds.intersection(row.kinds):
            found.append(SORT)
        if self.areas and not self.areas & row.areas:
            found.append("areas")
        if self.sizes and row.size not in self.sizes:
            found.append("sizes")
        if self.representative and not row.is_representative:
            found.append(REPRESENTATIVE)
        found += [f"behaviour:{code}" for code in self.asked if not self.behaves(code, pk)]
        if self.roles and not any(role in self.roles for _, role, _ in row.people):
            found.append("roles")
        if self.interests and not (
            self.interests & row.interests or any(self.interests & keen for _, _, keen in row.people)
        ):
            found.append("interests")
        return found

    def people(self, row: _Row, *, role: str = "", interest: str = "") -> list[int]:
        """Those of its people who belong; with `role` or `interest` as if only that were chosen in its part."""
        roles = {role} if role else self.roles
        interests = {interest} if interest else self.interests
        everybody = not interests or bool(interests & row.interests)
        return [
            contact
            for contact, held, keen in row.people
            if (not roles or held in roles) and (everybody or interests & keen)
        ]

    def choices(self, pk: int, row: _Row, failed: str) -> Iterator[tuple[tuple[str, str], list[int]]]:
        """Every choice under which this organisation belongs, with those of its people who then do. `failed` is the
        one part that it does not meet as things are chosen now."""
        found = self.people(row)
        for part, values in self.values(row):
            if failed in ("", SORT if part in ("kinds", "sectors") else part):
                for value in values:
                    yield (part, value), found
        if failed in ("", "roles"):
            for role in {held for _, held, _ in row.people}:
                yield ("roles", role), self.people(row, role=role)
        if failed in ("", "interests"):
            for interest in row.interests.union(*(keen for _, _, keen in row.people)):
                yield ("interests", interest), self.people(row, interest=interest)
        if not failed:
            for code in self.behaviour:
                if self.behaves(code, pk):
                    yield ("behaviour", code), found

    def values(self, row: _Row) -> Iterator[tuple[str, Iterable[str]]]:
        """What this organisation is in each of the parts that say nothing about its people."""
        yield "kinds", set(row.kinds)
        yield "sectors", {self.sector_of[kind] for kind in row.kinds}
        yield "areas", row.areas
        yield "sizes", (row.size,)
        yield REPRESENTATIVE, ("yes",) if row.is_representative else ()


def _grouped(model: Any, key: str, value: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for one, other in model.objects.values_list(key, value):
        found[one].append(other)
    return found
