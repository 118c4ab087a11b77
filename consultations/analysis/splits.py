"""Who the submissions came from, and counting them by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from consultations.analysis.tables import Row, Table
from consultations.programme.models import Consultation
from consultations.submissions.models import Submission
from consultations.submissions.queries import counted
from engagement.core.errors import Refused
from engagement.stakeholders.models import Area, Sector

NOT_KNOWN = "Not known"


@dataclass(frozen=True)
class Split:
    """A way to tell submissions apart: column keys with their headings, and in which columns a submission stands."""

    name: str
    label: str
    headings: dict[Any, str]
    keys: Callable[[Any], Iterable[Any]]
    disjoint: bool = True


@dataclass(frozen=True)
class Facts:
    """What a figure needs to know of one submission."""

    submission_id: int
    sector_id: int | None
    channel: str
    area_ids: tuple[int, ...]
    organisation_id: int | None
    timing: str
    capacity: str
    confidentiality: str


SPLITS = {"sector": "Sector", "area": "Area", "channel": "Channel"}


def facts(consultation: Consultation) -> dict[int, Facts]:
    """Every counted submission by its key; two queries however many there are."""
    areas: dict[int, list[int]] = {}
    through = Submission.areas.through
    for submission_id, area_id in through.objects.filter(submission__in=counted(consultation)).values_list(
        "submission_id", "area_id"
    ):
        areas.setdefault(submission_id, []).append(area_id)
    rows = counted(consultation).values_list(
        "pk", "kind__sector_id", "channel", "organisation_id", "timing", "capacity", "confidentiality"
    )
    return {
        pk: Facts(pk, sector, channel, tuple(areas.get(pk, ())), organisation, timing, capacity, confidentiality)
        for pk, sector, channel, organisation, timing, capacity, confidentiality in rows.order_by("pk")
    }


def split_by(name: str) -> Split | None:
    """The split of this name; None for an empty name. Raises Refused for one that does not exist."""
    if not name:
        return None
    if name == "sector":
        headings: dict[Any, str] = dict(Sector.objects.order_by("order", "pk").values_list("pk", "name"))
        return Split(name, "sector", headings, lambda fact: [fact.sector_id])
    if name == "area":
        areas = Area.objects.exclude(level=Area.Level.COMBINED).order_by("name", "pk")
        headings = dict(areas.values_list("pk", "name"))
        return Split(name, "area", headings, lambda fact: fact.area_ids or [None], disjoint=False)
    if name == "channel":
        return Split(
            name,
            "channel",
            {value: str(label) for value, label in Submission.Channel.choices},
            lambda fact: [fact.channel],
        )
    raise Refused("Figures can be split by sector, area or channel.")


class UnitCounter:
    """Counts units by row and by column of a split, and how many units each column has."""

    def __init__(self, split: Split | None) -> None:
        self.split = split
        self.totals: Counter[Any] = Counter()
        self.cells: Counter[tuple[Any, Any]] = Counter()
        self.bases: Counter[Any] = Counter()
        self.base = 0

    def add(self, fact: Facts, row_keys: Iterable[Any]) -> None:
        """One unit that stands in these rows."""
        columns = list(self.split.keys(fact)) if self.split else []
        self.base += 1
        self.bases.update(columns)
        for key in row_keys:
            self.totals[key] += 1
            for column in columns:
                self.cells[key, column] += 1

    def columns(self) -> list[Any]:
        """The keys of the columns that have anything in them, in the split's order; whoever has none stands last."""
        if not self.split:
            return []
        return [*(key for key in self.split.headings if self.bases[key]), *([None] if self.bases[None] else [])]

    def table(self, labels: Sequence[tuple[Any, str]], *, notes: dict[Any, str] | None = None, **about: Any) -> Table:
        """The table with a row for each of `labels` (key, words), empty ones included."""
        columns = self.columns()
        headings = self.split.headings if self.split else {}
        rows = [
            Row(words, self.totals[key], [self.cells[key, column] for column in columns], (notes or {}).get(key, ""))
            for key, words in labels
        ]
        return Table(
            base=self.base,
            rows=rows,
            columns=[headings.get(column, NOT_KNOWN) for column in columns],
            column_bases=[self.bases[column] for column in columns],
            disjoint_columns=self.split.disjoint if self.split else True,
            **about,
        )
