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
    rows = sorted(people, key=lambda one: one.pk)
    known = apart or set()
    found: dict[tuple[int, int], Pair] = {}
    for pair in (*_of_one_organisation(rows), *_of_one_number(rows), *_of_one_name(rows)):
        key = (pair.first, pair.second)
        if key not in known:
            found.setdefault(key, pair)
    return sorted(found.values(), key=lambda pair: (-pair.likeness, pair.first, pair.second))


def _sorted_name(name: str) -> str:
    return " ".join(sorted(plain(name).split()))


def _alike(first: Person, second: Person) -> float:
    return fuzz.ratio(_sorted_name(first.name), _sorted_name(second.name))


def _of_one_organisation(rows: list[Person]) -> Iterator[Pair]:
    there: dict[int, list[Person]] = defaultdict(list)
    for one in rows:
        for organisation in one.organisations:
            there[organisation].append(one)
    for people in there.values():
        if len(people) <= MOST_TOGETHER:
            for first, second in combinations(people, 2):
                if (likeness := _alike(first, second)) >= SAME_ENOUGH:
                    yield Pair(first.pk, second.pk, likeness, "Nearly the same name in the same organisation")


def _of_one_number(rows: list[Person]) -> Iterator[Pair]:
    numbers: dict[str, list[Person]] = defaultdict(list)
    for one in rows:
        digits = re.sub(r"\D", "", one.phone).removeprefix("0044").removeprefix("44").lstrip("0")
        if len(digits) >= FEWEST_DIGITS:
            numbers[digits].append(one)
    for people in numbers.values():
        if len(people) <= MOST_TOGETHER:
            for first, second in combinations(people, 2):
                if (likeness := _alike(first, second)) >= SAME_ENOUGH:
                    yield Pair(first.pk, second.pk, likeness, "Nearly the same name and the same telephone number")


def _of_one_name(rows: list[Person]) -> Iterator[Pair]:
    names: dict[str, list[Person]] = defaultdict(list)
    for one in rows:
        names[_sorted_name(one.name)].append(one)
    for name, people in names.items():
        if len(people) == 2 and len(name.split()) > 1:
            first, second = people
            yield Pair(first.pk, second.pk, SAME_ENOUGH, "The same name, which nobody else has")
