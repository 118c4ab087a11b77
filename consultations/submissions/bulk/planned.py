"""What a filled-in template gives: responses that can be made, what is wrong, and how cells say yes and no."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from consultations.submissions.bulk.reading import Problem

# Between several codes or names in one cell.
BETWEEN = re.compile(r"\s*[;\n]\s*")
YES = frozenset({"yes", "y", "1", "x", "true", "ok", "ticked"})
NO = frozenset({"no", "n", "0", "false", "not ticked", "-"})
# How much of a cell a sentence repeats.
MOST_SHOWN = 60


@dataclass
class Planned:
    """One response that can be made: what `actions.bulk` needs. `row` is its number in the file."""

    row: int
    reference: str
    received_on: str
    channel: str
    organisation: int | None = None
    organisation_name: str = ""
    name: str = ""
    email: str = ""
    capacity: str = ""
    kind: str = ""
    areas: list[str] = field(default_factory=list)
    confidentiality: str = ""
    confidentiality_reason: str = ""
    may_contact: bool = False
    statement: str = ""
    answers: dict[str, Any] = field(default_factory=dict)


@dataclass
class Checked:
    """What a file gives: responses to make, references that are here already, everything that is wrong, and notes that
    stand in nobody's way."""

    file_name: str
    planned: list[Planned] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    @property
    def is_possible(self) -> bool:
        return not self.problems
