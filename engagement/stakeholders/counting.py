"""How many belong to a definition, and how many would with each further choice.

While a set is being put together, every choice says how many organisations and people it would leave. Asking the
database anew for each of some seventy choices would take seconds. Here the register is read once, and each value
becomes a mask: a whole number with one bit for each organisation that has it. Choosing is then `and` and `or` of masks,
and counting is counting bits. `segments` says what belonging means; a test holds the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engagement.stakeholders.criteria import criteria, since
from engagement.stakeholders.models import Contact, Kind, Organisation
from engagement.stakeholders.segments import Definition, kinds_meant, reachable

# Parts of a definition as masks; sectors and kinds are chosen together, behaviour is always added.
SORT, REPRESENTATIVE, BEHAVIOUR = "sort", "representative", "behaviour"
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Count:
    """So many organisations, and so many people of theirs who may be written to."""

    organisations: int = 0
    people: int = 0


@dataclass
class Board:
    """What a definition comes to, and what each (part, value) would: a value of a list stands alone in its part,
    behaviour and “speaks for its members” are added to what is chosen. What leaves nobody has no entry."""

    total: Count = Count()
    # Organisations that belong and have nobody to write to.
    without_people: int = 0
    choices: dict[tuple[str, str], Count] = field(default_factory=dict)

    def of(self, part: str, value: str) -> Count:
        """What choosing this would leave."""
        return self.choices.get((part, value), Count())


class Picture:
    """The register at one moment, read by a fixed number of queries; `board` and `count` look only at it.

    What organisations did before is asked for once for each criterion and span of months.
    """

    def __init__(self) -> None:
        kinds = {pk: (code, sector) for pk, code, sector in Kind.objects.values_list("pk", "code", "sector__code")}
        rows = list(
            Organisation.objects.filter(closed_at=None).values_list("pk", "kind_id", "size", "is_representative")
        )
        self.sector_of = dict(kinds.values())
        self.place = {row[0]: place for place, row in enumerate(rows)}
        found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for place, (_, kind, size, speaks) in enumerate(rows):
            found["kinds"][kinds[kind][0]].append(place)
            found["sizes"][size or "unknown"].append(place)
            if speaks:
                found[REPRESENTATIVE]["yes"].append(place)
        for part, through, value in (
            ("kinds", Organisation.other_kinds.through, "kind__code"),
            ("areas", Organisation.areas.through, "area__code"),
            ("interests", Organisation.interests.through, "interest__code"),
        ):
            for pk, code in through.objects.values_list("organisation_id", value):
                if pk in self.place:
                    found[part][code].append(self.place[pk])
        self.masks = {part: {value: self.mask(at) for value, at in values.items()} for part, values in found.items()}
        self.people = _People(self)
        self._did: dict[tuple[Any, int | None], int] = {}

    def mask(self, places: Iterable[int]) -> int:
        """The number whose bits are set at these places."""
        octets = bytearray(len(self.place) // 8 + 1)
        for place in places:
            octets[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(octets, "little")

    def either(self, part: str, values: Iterable[str]) -> int:
        """Who has any of these values."""
        masks, found = self.masks.get(part, {}), 0
        for value in values:
            found |= masks.get(value, 0)
        return found

    def did(self, code: str, months: int | None) -> int:
        """Of whom a criterion is true; of nobody for one that is not known."""
        criterion = criteria().get(code)
        if criterion is None:
            return 0
        # One question and its opposite are asked once.
        key = (criterion.found, months)
        if key not in self._did:
            rows = criterion.found(since(months)).order_by().distinct()
            self._did[key] = self.mask(self.place[pk] for row in rows for pk in row.values() if pk in self.place)
        everybody = (1 << len(self.place)) - 1
        return everybody & ~self._did[key] if criterion.opposite else self._did[key]

    def count(self, definition: Mapping[str, Any]) -> Count:
        """How many belong."""
        wanted = Definition.read(definition)
        return self._counted(self._without("", self._parts(wanted)), wanted)

    def board(self, definition: Mapping[str, Any]) -> Board:
        """How many belong, and how many would with each choice."""
        wanted = Definition.read(definition)
        parts = self._parts(wanted)
        total = self._without("", parts)
        counts = {
            (part, value): self._counted(mask, wanted, **{part: (value,)} if part in ("roles", "interests") else {})
            for part, value, mask in self._choices(wanted, parts, total)
            if mask
        }
        with_people = self.people.somebody(set(wanted.roles), set(wanted.interests))
        return Board(self._counted(total, wanted), (total & ~with_people).bit_count(), counts)

    def _parts(self, wanted: Definition) -> dict[str, int]:
        """Who meets each part of the definition that says something."""
        found = {}
        if wanted.sectors or wanted.kinds:
            found[SORT] = self.either("kinds", kinds_meant(wanted, self.sector_of))
        for part in ("areas", "sizes"):
            if values := getattr(wanted, part):
                found[part] = self.either(part, values)
        if wanted.representative:
            found[REPRESENTATIVE] = self.either(REPRESENTATIVE, ["yes"])
        if wanted.roles:
            found["roles"] = self.people.of("roles", wanted.roles)
        if wanted.interests:
            found["interests"] = self.either("interests", wanted.interests) | self.people.of(
                "interests", wanted.interests
            )
        for code in wanted.behaviour:
            found[f"{BEHAVIOUR}:{code}"] = self.did(code, wanted.months)
        return found

    def _without(self, part: str, parts: Mapping[str, int]) -> int:
        """Who meets every part but this one."""
        found = (1 << len(self.place)) - 1
        for name, mask in parts.items():
            if name != part:
                found &= mask
        return found

    def _choices(self, wanted: Definition, parts: Mapping[str, int], total: int) -> Iterator[tuple[str, str, int]]:
        """Every choice with the organisations it would leave."""
        others, sectors = self._without(SORT, parts), dict.fromkeys(self.sector_of.values(), 0)
        for kind, mask in self.masks.get("kinds", {}).items():
            sectors[self.sector_of[kind]] |= mask
            yield "kinds", kind, others & mask
        for sector, mask in sectors.items():
            yield "sectors", sector, others & mask
        for part in ("areas", "sizes", REPRESENTATIVE):
            others = self._without(part, parts)
            for value, mask in self.masks.get(part, {}).items():
                yield part, value, others & mask
        others = self._without("roles", parts)
        for role, mask in self.people.masks["roles"].items():
            yield "roles", role, others & mask
        others = self._without("interests", parts)
        interests = self.masks.get("interests", {})
        for interest in {*interests, *self.people.masks["interests"]}:
            mask = interests.get(interest, 0) | self.people.of("interests", [interest])
            yield "interests", interest, others & mask
        for code in criteria():
            yield BEHAVIOUR, code, total & self.did(code, wanted.months)

    def _counted(
        self, mask: int, wanted: Definition, *, roles: tuple[str, ...] = (), interests: tuple[str, ...] = ()
    ) -> Count:
        people = self.people.count(mask, set(roles or wanted.roles), set(interests or wanted.interests))
        return Count(mask.bit_count(), people)


class _People:
    """The people of those organisations who may be written to.

    Most are in one organisation. Of them, each organisation has a number for each role and set of interests, kept as
    masks of its binary digits: so the people of any mask of organisations are counted without looking at one of them.
    The few in several organisations are looked at one by one, for they count once.
    """

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        wishes: dict[int, list[str]] = defaultdict(list)
        for contact, code in Contact.interests.through.objects.values_list("contact_id", "interest__code"):
            wishes[contact].append(code)
        seats, several = self._seats()
        self.several = [(frozenset(wishes.get(contact, ())), held) for contact, held in several.items()]
        numbers: dict[tuple[str, frozenset[str]], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        by_role: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for contact, (place, role) in seats.items():
            if contact in wishes:
                numbers[role, frozenset(wishes[contact])][place] += 1
            else:
                by_role[role][place] += 1
        for role, at in by_role.items():
            numbers[role, NOTHING] = at
        self.digits = {
            key: [
                picture.mask(place for place, number in at.items() if number >> digit & 1)
                for digit in range(max(at.values()).bit_length())
            ]
            for key, at in numbers.items()
        }
        self.masks = self._masks()

    def _seats(self) -> tuple[dict[int, tuple[int, str]], dict[int, list[tuple[int, str]]]]:
        """The (place, role) of everybody who is in one organisation, and all of those who are in several."""
        place_of, only = self.picture.place, dict[int, tuple[int, str]]()
        several: dict[int, list[tuple[int, str]]] = {}
        for organisation, contact, role in reachable().values_list("organisation_id", "contact_id", "role"):
            seat = (place_of[organisation], role)
            if contact in only:
                several.setdefault(contact, [only[contact]]).append(seat)
            else:
                only[contact] = seat
        for contact in several:
            del only[contact]
        return only, several

    def _masks(self) -> dict[str, dict[str, int]]:
        """Organisations by the roles and interests of their people."""
        masks: dict[str, dict[str, int]] = {"roles": defaultdict(int), "interests": defaultdict(int)}
        for (role, keen), digits in self.digits.items():
            for plane in digits:
                masks["roles"][role] |= plane
                for code in keen:
                    masks["interests"][code] |= plane
        for keen, held in self.several:
            for place, role in held:
                masks["roles"][role] |= 1 << place
                for code in keen:
                    masks["interests"][code] |= 1 << place
        return masks

    def of(self, part: str, values: Iterable[str]) -> int:
        """Organisations with somebody of any of these roles or interests."""
        found = 0
        for value in values:
            found |= self.masks[part].get(value, 0)
        return found

    def count(self, mask: int, roles: Collection[str], interests: Collection[str]) -> int:
        """How many people of these organisations have one of the roles and one of the interests, or their organisation
        has it; an empty collection asks for none."""
        shared = mask & self.picture.either("interests", interests) if interests else mask
        found = 0
        for (role, keen), digits in self.digits.items():
            if not roles or role in roles:
                allowed = mask if keen.intersection(interests) else shared
                for digit, plane in enumerate(digits):
                    found += (allowed & plane).bit_count() << digit
        for keen, held in self.several:
            allowed = mask if keen.intersection(interests) else shared
            found += any((not roles or role in roles) and allowed >> place & 1 for place, role in held)
        return found

    def somebody(self, roles: Collection[str], interests: Collection[str]) -> int:
        """Organisations of which at least one such person counts."""
        everywhere = (1 << len(self.picture.place)) - 1
        shared = self.picture.either("interests", interests) if interests else everywhere
        found = 0
        for (role, keen), digits in self.digits.items():
            if not roles or role in roles:
                for plane in digits:
                    found |= plane & (everywhere if keen.intersection(interests) else shared)
        for keen, held in self.several:
            allowed = everywhere if keen.intersection(interests) else shared
            for place, role in held:
                if not roles or role in roles:
                    found |= allowed & 1 << place
        return found
