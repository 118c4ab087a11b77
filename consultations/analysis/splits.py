"""Who the submissions came from, and counting them by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from consultations.analysis.tables import Row, Table
from consultations.programme.models import Consultation
from consultations.submissions.counting import Mark
from consultations.submissions.models import Submission
from consultations.submissions.queries import counted
from consultations.submissions.tallies import Counts
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
class Group:
    """So many submissions (`n`) that nothing tells apart which a figure could ask for."""

    sector_id: int | None
    channel: str = ""
    timing: str = ""
    capacity: str = ""
    confidentiality: str = ""
    area_ids: tuple[int, ...] = ()
    n: int = 1


@dataclass(frozen=True)
class Census:
    """The counted submissions of a consultation in groups: once each, and once for each area that they speak for."""

    once: list[Group]
    by_area: list[Group]


SPLITS = {"sector": "Sector", "area": "Area", "channel": "Channel"}


def census(consultation: Consultation) -> Census:
    """Who sent something: two queries that the database adds up, however many there are."""
    rows = counted(consultation).order_by()
    names = ("kind__sector_id", "channel", "timing", "capacity", "confidentiality")
    once = [
        Group(sector, channel, timing, capacity, confidentiality, (), n)
        for sector, channel, timing, capacity, confidentiality, n in rows.values_list(*names).annotate(Count("pk"))
    ]
    by_area = [
        Group(sector, channel, timing, capacity, confidentiality, () if area is None else (area,), n)
        for sector, channel, timing, capacity, confidentiality, area, n in rows.values_list(*names, "areas").annotate(
            Count("pk")
        )
    ]
    return Census(once, by_area)


def split_by(name: str) -> Split | None:
    """The split of this name; None for an empty name. Raises Refused for one that does not exist."""
    if not name:
        return None
    if name == "sector":
        headings: dict[Any, str] = dict(Sector.objects.order_by("order", "pk").values_list("pk", "name"))
        return Split(name, "sector", headings, lambda group: [group.sector_id])
    if name == "area":
        areas = Area.objects.exclude(level=Area.Level.COMBINED).order_by("name", "pk")
        headings = dict(areas.values_list("pk", "name"))
        return Split(name, "area", headings, lambda group: group.area_ids or [None], disjoint=False)
    if name == "channel":
        return Split(
            name,
            "channel",
            {value: str(label) for value, label in Submission.Channel.choices},
            lambda group: [group.channel],
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

    def add(self, group: Group, row_keys: Sequence[Any]) -> None:
        """The units of a group, each of which stands in these rows."""
        self.add_whole(group, row_keys)
        self.add_columns(group, row_keys)

    def add_whole(self, group: Group, row_keys: Sequence[Any]) -> None:
        """Their base and the totals of the rows, without the columns."""
        self.base += group.n
        for key in row_keys:
            self.totals[key] += group.n

    def add_rows(self, group: Group, row_keys: Sequence[Any]) -> None:
        """Totals and cells of the rows only: of units that were added once already and stand in several rows."""
        for key in row_keys:
            self.totals[key] += group.n
            for column in self.split.keys(group) if self.split else ():
                self.cells[key, column] += group.n

    def add_columns(self, group: Group, row_keys: Sequence[Any]) -> None:
        """The same for the columns only: of units that were added once already and stand in several columns."""
        for column in self.split.keys(group) if self.split else ():
            self.bases[column] += group.n
            for key in row_keys:
                self.cells[key, column] += group.n

    def add_rest(self, key: Any) -> None:
        """A row of whoever is in no other row, where each unit is in one row at most."""
        rest = {column: n - sum(self.cells[row, column] for row in self.totals) for column, n in self.bases.items()}
        self.totals[key] = self.base - sum(self.totals.values())
        for column, n in rest.items():
            self.cells[key, column] = n

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


def gathered(
    split: Split | None, counts: Counts, rows: Mapping[Any, Sequence[Mark]], *, base: Sequence[Mark]
) -> UnitCounter:
    """A counter filled from the counters of a survey: the marks of each row added up, and those of the base."""
    counter = UnitCounter(split)
    counter.base = sum(counts.whole[mark] for mark in base)
    for row, marks in rows.items():
        counter.totals[row] = sum(counts.whole[mark] for mark in marks)
    for key in [*split.headings, None] if split else []:
        column = "" if key is None else str(key)
        if own := sum(counts.by_column[column, mark] for mark in base):
            counter.bases[key] = own
            for row, marks in rows.items():
                counter.cells[row, key] = sum(counts.by_column[column, mark] for mark in marks)
    return counter
