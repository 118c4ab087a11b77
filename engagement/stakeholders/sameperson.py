"""People who may stand in the register twice.

A name alone says little: many people share one. So a pair needs more: the same organisation, the same telephone number,
or a name that only these two have.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from engagement.stakeholders.likeness import SAME_ENOUGH, Pair, plain

# More people of one number or one organisation are not compared with each other: a switchboard, a whole council.
MOST_TOGETHER = 60
_NOT_DIGITS = re.compile(r"\D")
# Digits without which a number is none.
FEWEST_DIGITS = 7


@dataclass(frozen=True)
class Person:
    """Somebody as far as likeness looks at them."""

    pk: int
    name: str
    phone: str
    organisations: frozenset[int]


def pairs(people: Iterable[Person], apart: set[tuple[int, int]] | None = None) -> list[Pair]:
    """People who may be one, the likeliest first. `apart` are pairs that were told apart, smaller key first."""
    rows = [_Named(one, " ".join(sorted(plain(one.name).split()))) for one in sorted(people, key=lambda one: one.pk)]
    known = apart or set()
    found: dict[tuple[int, int], Pair] = {}
    for pair in (*_of_one_organisation(rows), *_of_one_number(rows), *_of_one_name(rows)):
        key = (pair.first, pair.second)
        if key not in known:
            found.setdefault(key, pair)
    return sorted(found.values(), key=lambda pair: (-pair.likeness, pair.first, pair.second))


@dataclass(frozen=True)
class _Named:
    """Somebody with their name in the order of the alphabet, so that the order of its words hides no likeness."""

    person: Person
    name: str


def _alike(people: list[_Named], why: str) -> Iterator[Pair]:
    if len(people) > MOST_TOGETHER:
        return
    for first, second in combinations(people, 2):
        if (likeness := fuzz.ratio(first.name, second.name, score_cutoff=SAME_ENOUGH)) >= SAME_ENOUGH:
            yield Pair(first.person.pk, second.person.pk, likeness, why)


def _of_one_organisation(rows: list[_Named]) -> Iterator[Pair]:
    there: dict[int, list[_Named]] = defaultdict(list)
    for one in rows:
        for organisation in one.person.organisations:
            there[organisation].append(one)
    for people in there.values():
        yield from _alike(people, "Nearly the same name in the same organisation")


def _of_one_number(rows: list[_Named]) -> Iterator[Pair]:
    numbers: dict[str, list[_Named]] = defaultdict(list)
    for one in rows:
        digits = _NOT_DIGITS.sub("", one.person.phone).removeprefix("0044").removeprefix("44").lstrip("0")
        if len(digits) >= FEWEST_DIGITS:
            numbers[digits].append(one)
    for people in numbers.values():
        yield from _alike(people, "Nearly the same name and the same telephone number")


def _of_one_name(rows: list[_Named]) -> Iterator[Pair]:
    names: dict[str, list[Person]] = defaultdict(list)
    for one in rows:
        names[one.name].append(one.person)
    for name, people in names.items():
        if len(people) == 2 and " " in name:
            first, second = people
            yield Pair(first.pk, second.pk, SAME_ENOUGH, "The same name, which nobody else has")
