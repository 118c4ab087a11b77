"""What a set of partners may be chosen by, in the order in which a page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engagement.stakeholders.counting import Board, Count
from engagement.stakeholders.criteria import criteria
from engagement.stakeholders.models import Membership, Organisation
from engagement.stakeholders.segments import Definition, Names

# How far back behaviour is looked at; empty means ever.
SPANS = (("", "Ever"), ("3", "In the last 3 months"), ("6", "In the last 6 months"), ("12", "In the last 12 months"),
         ("24", "In the last 2 years"), ("36", "In the last 3 years"))  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One box to tick, and what ticking it would leave."""

    part: str
    value: str
    label: str
    count: Count
    is_chosen: bool
    # Choices that narrow this one: the kinds of a sector.
    parts: list[Choice] = field(default_factory=list)

    @property
    def numbers(self) -> str:
        """“23 (40 people)”."""
        people = self.count.people
        return f"{self.count.organisations:,} ({people:,} {'person' if people == 1 else 'people'})"

    @property
    def is_open(self) -> bool:
        """Whether one of its parts is chosen, so that they are shown."""
        return any(part.is_chosen for part in self.parts)


@dataclass(frozen=True)
class Group:
    """Choices under one heading."""

    legend: str
    hint: str
    choices: list[Choice]
    # Whether a span of time belongs to it.
    has_span: bool = False


def groups(wanted: Definition, board: Board, names: Names) -> list[Group]:
    """Every choice with its numbers. A kind that nobody would be left of is shown only while it is chosen."""

    def choices(part: str, values: Iterable[tuple[str, str]]) -> list[Choice]:
        chosen = getattr(wanted, part)
        return [Choice(part, code, label, board.of(part, code), code in chosen) for code, label in values]

    kinds = choices("kinds", names.kinds.items())
    sectors = [
        Choice(one.part, one.value, one.label, one.count, one.is_chosen, [
            kind for kind in kinds
            if names.sector_of[kind.value] == one.value and (kind.is_chosen or kind.count.organisations)
        ])
        for one in choices("sectors", names.sectors.items())
    ]  # fmt: skip
    speaks = Choice(
        "representative", "yes", "Speaks for its members", board.of("representative", "yes"), wanted.representative
    )
    sizes = [(value or "unknown", str(label)) for value, label in Organisation.Size.choices if value]
    sizes.append(("unknown", "Not known"))
    roles = [(value, str(label)) for value, label in Membership.Role.choices]
    return [
        Group("Sector and kind", "A kind narrows its sector.", sectors),
        Group("Area", "", choices("areas", names.areas.items())),
        Group("What they did before", "All that you tick must be true.",
              choices("behaviour", [(code, one.label) for code, one in criteria().items()]),
              has_span=True),
        Group("Size", "", choices("sizes", sizes)),
        Group("Interested in", "Where only some people of an organisation are, only they belong.",
              choices("interests", names.interests.items())),
        Group("Role of the people", "", choices("roles", roles)),
        Group("Representative bodies", "", [speaks]),
    ]  # fmt: skip
