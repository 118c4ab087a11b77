"""A figure as a table: counts with their unit and their base, and the same as outsiders may see it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.conf import settings

from engagement.core.charts import Bar, Figure
from engagement.core.suppression import Cell, suppress, suppress_list


@dataclass(frozen=True)
class Row:
    """One line of a table: a cell for each column, and their total where it has a meaning; None is a hidden number."""

    label: str
    total: Cell
    cells: list[Cell] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A figure: counts by row, and by column where it is split.

    `base` is how many units there are in all, `column_bases` how many in each column. `disjoint_rows` says that each
    unit is in one row only, `disjoint_columns` the same of columns; suppression needs to know.
    """

    title: str
    unit: str
    base: Cell
    rows: list[Row]
    base_note: str = ""
    columns: list[str] = field(default_factory=list)
    column_bases: list[Cell] = field(default_factory=list)
    note: str = ""
    disjoint_rows: bool = True
    disjoint_columns: bool = True
    is_suppressed: bool = False

    @property
    def picture(self) -> Figure:
        """The totals as a bar chart with its table."""
        return Figure(
            title=self.title,
            unit=self.unit,
            base=self.base,
            base_note=self.base_note,
            rows=[Bar(row.label, row.total, row.note) for row in self.rows],
            note=self.note,
            # A hidden number need not be small: some are hidden so that others cannot be worked out.
            suppressed_words="not shown",
        )

    @property
    def base_words(self) -> str:
        """“Base: 74 submissions that answered this question”."""
        return self.picture.base_words

    def as_json(self) -> dict[str, Any]:
        """The table as plain values; `Table.from_json` gives it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Table:
        """The table that `as_json` was made of."""
        return cls(**{**stored, "rows": [Row(**row) for row in stored["rows"]]})


def for_publication(table: Table, *, least: int | None = None) -> Table:
    """The table as outsiders may see it: small numbers hidden, and others with them, so that none can be worked out."""
    least = least or settings.SMALL_NUMBER
    base = table.base or 0
    if 0 < base < least:
        hidden = [replace(row, total=None, cells=[None] * len(row.cells)) for row in table.rows]
        return replace(table, base=None, rows=hidden, column_bases=[None] * len(table.columns), is_suppressed=True)
    totals = suppress_list([row.total or 0 for row in table.rows], base=base, least=least, disjoint=table.disjoint_rows)
    rows = [replace(row, total=total) for row, total in zip(table.rows, totals, strict=True)]
    bases: list[Cell] = list(table.column_bases)
    if table.columns:
        if table.disjoint_rows and table.disjoint_columns:
            # Whoever is in no row makes up the difference to each column's base: a row of its own for the sums.
            cells = [[cell or 0 for cell in row.cells] for row in table.rows]
            rest = [(own or 0) - sum(column) for own, column in zip(bases, zip(*cells, strict=True), strict=True)]
            shown, totals, bases, _ = suppress([*cells, rest], least=least)
            rows = [replace(row, total=own, cells=line) for row, own, line in zip(rows, totals, shown, strict=False)]
        else:
            if table.disjoint_columns:
                bases = suppress_list([own or 0 for own in bases], base=base, least=least, disjoint=True)
            else:
                bases = [None if 0 < (own or 0) < least else own for own in bases]
            rows = [_publish_overlapping_row(row, table, least) for row in rows]
            # A base that is hidden must not come back as the sum of what is shown under it.
            rows = [
                replace(row, cells=[None if own is None else cell for own, cell in zip(bases, row.cells, strict=True)])
                for row in rows
            ]
    changed = any(row.total is None or None in row.cells for row in rows) or None in bases
    return replace(table, rows=rows, column_bases=bases, is_suppressed=changed)


def _publish_overlapping_row(row: Row, table: Table, least: int) -> Row:
    counts = [cell or 0 for cell in row.cells]
    if row.total is None:
        return replace(row, cells=[None if cell else 0 for cell in counts])
    shown = suppress_list(counts, base=row.total, least=least, disjoint=table.disjoint_columns)
    few_left = [
        own is not None and 0 < own - cell < least for own, cell in zip(table.column_bases, counts, strict=True)
    ]
    if any(few_left):
        shown = [None if few else cell for few, cell in zip(few_left, shown, strict=True)]
        if table.disjoint_columns and sum(cell is None for cell in shown) == 1:
            shown = [None if cell else 0 for cell in counts]
    return replace(row, cells=shown)
