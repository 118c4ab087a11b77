"""The register of the demonstration: 180 organisations with the people who speak for them, as a file to import."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from consultations.dashboards.demonstration.names import FIRST_NAMES, LAST_NAMES, ORGANISATIONS, PLACES
from engagement.stakeholders import actions, importing
from engagement.stakeholders.models import Organisation

# Code, name, share of the organisations, and towns that people mention. Real places.
AREAS: list[tuple[str, str, int, tuple[str, ...]]] = [
    ("county-durham", "County Durham", 26, ("Peterlee", "Bishop Auckland", "Consett", "Newton Aycliffe", "Stanhope")),
    ("gateshead", "Gateshead", 10, ("Blaydon", "Felling", "Birtley", "Low Fell")),
    ("newcastle", "Newcastle", 22, ("Byker", "Walker", "Gosforth", "Newburn")),
    ("north-tyneside", "North Tyneside", 11, ("North Shields", "Wallsend", "Killingworth", "Whitley Bay")),
    ("northumberland", "Northumberland", 13, ("Ashington", "Berwick", "Hexham", "Blyth", "Alnwick")),
    ("south-tyneside", "South Tyneside", 6, ("Jarrow", "Hebburn", "South Shields")),
    ("sunderland", "Sunderland", 12, ("Washington", "Houghton", "Hendon", "Hetton")),
]
AREA_NAMES = {code: name for code, name, _, _ in AREAS}
TOWNS = {code: towns for code, _, _, towns in AREAS}
VOLUNTARY = {
    "infrastructure-body", "charity", "social-enterprise", "faith-group", "youth-group", "older-people-group",
    "disability-group", "equality-group", "community-group",
}  # fmt: skip
BUSINESS = {
    "advanced-manufacturing", "digital", "energy", "health-life-sciences", "professional-services", "construction",
    "transport-logistics", "creative-tourism", "rural-food", "other-business",
}  # fmt: skip
WIDE = {"university", "chamber", "employers-federation", "combined-authority", "transport-body", "sector-body"}
# Who speaks for members, and about how many.
REPRESENTATIVE = {
    "chamber": 900, "employers-federation": 340, "sector-body": 120, "trade-union": 14_000,
    "business-improvement-district": 210, "infrastructure-body": 160,
}  # fmt: skip
SPEAKS_FOR = {
    "chamber": "firms of every size and trade", "employers-federation": "manufacturers and their suppliers",
    "sector-body": "firms of one trade", "trade-union": "people at work",
    "business-improvement-district": "shops and offices of the town centre",
    "infrastructure-body": "voluntary and community groups of the area",
}  # fmt: skip
JOBS = {
    "business": ("Managing director", "Operations manager", "Head of people", "Finance director"),
    "voluntary": ("Chief executive", "Trustee", "Development worker", "Chair"),
    "other": ("Director", "Head of strategy", "Policy officer", "Principal", "Clerk"),
}
# In Northumberland, of the voluntary sector: so few were reached that the coverage matrix has a thin cell.
NORTHUMBERLAND_VOLUNTARY = 5


@dataclass
class Person:
    name: str
    email: str
    role: str
    job: str


@dataclass
class Body:
    """One organisation of the register, and what the demonstration knows of it."""

    name: str
    kind: str
    areas: list[str]
    size: str
    people: list[Person] = field(default_factory=list)
    row: Organisation | None = None

    @property
    def area(self) -> str:
        """The area it speaks of."""
        return self.areas[0]

    @property
    def is_thin(self) -> bool:
        """Whether it belongs to those who are hard to reach: building, farming, voluntary in Northumberland."""
        return self.kind in {"construction", "rural-food"} or (
            self.kind in VOLUNTARY and "northumberland" in self.areas
        )


def invent(rng: random.Random) -> list[Body]:
    """180 organisations with one to three people each; the same for the same generator."""
    names, people = Names(rng), set[str]()
    bodies: list[Body] = []
    voluntary_up_there = 0
    for kind, number, patterns in ORGANISATIONS:
        for place in range(number):
            areas = _areas(rng, kind)
            if kind in VOLUNTARY:
                # The last five of the charities and social enterprises, and nobody else.
                is_up_there = kind in {"charity", "social-enterprise"} and place >= number - 3
                is_up_there = is_up_there and voluntary_up_there < NORTHUMBERLAND_VOLUNTARY
                voluntary_up_there += is_up_there
                areas = (
                    ["northumberland"] if is_up_there else [a if a != "northumberland" else "gateshead" for a in areas]
                )
            body = Body(names.of(patterns, place), kind, list(dict.fromkeys(areas)), _size(rng, kind))
            body.people = _people(rng, body, people)
            bodies.append(body)
    return bodies


class Names:
    """Names from patterns, none twice."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.taken = rng, set[str]()
        self.places, self.lasts = rng.sample(PLACES, len(PLACES)), rng.sample(LAST_NAMES, len(LAST_NAMES))

    def of(self, patterns: tuple[str, ...], number: int) -> str:
        for attempt in range(200):
            name = patterns[(number + attempt // 20) % len(patterns)].format(
                place=self.rng.choice(self.places), last=self.rng.choice(self.lasts), last2=self.rng.choice(self.lasts)
            )
            if name not in self.taken:
                self.taken.add(name)
                return name
        raise ValueError(f"There are too few names for {patterns}.")


def _areas(rng: random.Random, kind: str) -> list[str]:
    codes, weights = [code for code, _, _, _ in AREAS], [share for _, _, share, _ in AREAS]
    if kind in WIDE:
        return rng.sample(codes, rng.randint(3, 7))
    first = rng.choices(codes, weights)[0]
    if kind in {"rural-food", "parish-council"}:
        return [rng.choice(["county-durham", "northumberland"])]
    return [first, rng.choice(codes)] if rng.random() < 0.15 else [first]


def _size(rng: random.Random, kind: str) -> str:
    if kind in {"university", "nhs", "local-authority", "police-fire", "combined-authority", "trade-union"}:
        return "large"
    if kind in BUSINESS:
        return rng.choices(["micro", "small", "medium", "large"], [4, 5, 4, 2])[0]
    return rng.choices(["micro", "small", "medium", "large", ""], [4, 4, 3, 1, 1])[0]


def _people(rng: random.Random, body: Body, taken: set[str]) -> list[Person]:
    domain = f"{slugify(body.name)}.example"
    group = "business" if body.kind in BUSINESS else "voluntary" if body.kind in VOLUNTARY else "other"
    people: list[Person] = []
    roles = ["lead", rng.choice(["approver", "contributor"]), rng.choice(["contributor", "viewer"])]
    for role in roles[: rng.choices([1, 2, 3], [3, 5, 2])[0]]:
        name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        while name in taken:
            name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        taken.add(name)
        job = JOBS[group][len(people) % len(JOBS[group])]
        people.append(
            Person(name, f"{slugify(name.split(' ', 1)[0])}.{slugify(name.split(' ', 1)[1])}@{domain}", role, job)
        )
    return people


def as_csv(bodies: list[Body]) -> bytes:
    """The file that the register's import reads: a row for each person, facts in the first of an organisation."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["organisation", "kind", "areas", "size", "contact name", "contact e-mail", "job title", "role"])
    for body in bodies:
        areas = "; ".join(AREA_NAMES[code] for code in body.areas)
        for place, person in enumerate(body.people):
            facts = ["", "", ""] if place else [body.kind, areas, body.size]
            writer.writerow([body.name, *facts, person.name, person.email, person.job, person.role])
    return out.getvalue().encode()


def load_register(rng: random.Random, *, actor: Any) -> list[Body]:
    """Import them as staff would, and note for how many members the representative ones speak."""
    bodies = invent(rng)
    # Two people speak for two organisations each and choose for which before they write.
    for place in (3, 9):
        guest = bodies[place].people[0]
        bodies[-place].people.append(Person(guest.name, guest.email, "contributor", guest.job))
    staged = actions.stage_import(as_csv(bodies), "register-2018.csv", actor=actor)
    actions.request_import(staged.pk)
    importing.run(staged.pk)
    rows = {row.name: row for row in Organisation.objects.select_related("kind__sector")}
    for body in bodies:
        body.row = rows[body.name]
        if body.kind in REPRESENTATIVE:
            members = int(REPRESENTATIVE[body.kind] * rng.uniform(0.4, 1.6))
            actions.change_organisation(
                body.row.pk,
                actor=actor,
                areas=list(body.row.areas.all()),
                name=body.name,
                is_representative=True,
                members_represented=members,
                represents=SPEAKS_FOR[body.kind],
            )
    return bodies
