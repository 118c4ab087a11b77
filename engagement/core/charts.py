"""Figures as data: one object is the picture, the table beside it and the rows of an export.

The geometry is worked out here in whole numbers, so that a template only writes it down and the same data
give the same picture, byte for byte.
"""

from __future__ import annotations

import textwrap
import zlib
from dataclasses import dataclass, field
from datetime import date

from engagement.core.templatetags.ui import day, percent

# Pixels down the picture: one line of a label, the bar under it, the space to the next row.
LINE, BAR, GAP = 19, 18, 15
# Characters after which a label goes on in the next line; as many as fit on a telephone.
LABEL_WIDTH = 34
# Tenths of a per cent of the picture's width that the longest bar takes; the rest is for its number.
FULL = 680


@dataclass(frozen=True)
class Bar:
    """One row. `value` None means that the cell is suppressed; `note` stands under the label in the table."""

    label: str
    value: int | None
    note: str = ""


@dataclass(frozen=True)
class DrawnBar:
    """A row with its place: `top` etc. in pixels, `width` as an SVG length."""

    label_lines: tuple[tuple[int, str], ...]
    top: int
    text_at: int
    width: str
    words: str
    has_bar: bool


@dataclass(frozen=True)
class Figure:
    """A horizontal bar chart with its table.

    `unit` is what is counted in the plural (“organisations”), `base` how many of them there are in all; no
    percentage is shown without it. `base_note` says who is in the base (“that answered this question”).
    """

    title: str
    unit: str
    base: int | None
    rows: list[Bar] = field(default_factory=list)
    base_note: str = ""
    note: str = ""
    suppressed_words: str = "fewer than 5"

    @property
    def key(self) -> str:
        """An id for the parts of the picture, the same for the same figure."""
        return f"figure-{zlib.crc32(repr((self.title, self.unit, self.base)).encode()):08x}"

    @property
    def base_words(self) -> str:
        """“Base: 74 organisations that answered this question”, or an empty text without a base."""
        if self.base is None:
            return ""
        return " ".join(part for part in (f"Base: {self.base}", self.unit, self.base_note) if part)

    @property
    def has_notes(self) -> bool:
        return any(row.note for row in self.rows)

    @property
    def is_suppressed(self) -> bool:
        """Whether any cell is withheld."""
        return any(row.value is None for row in self.rows)

    @property
    def header(self) -> list[str]:
        """The table's header, as on the page, for exports."""
        named = self.unit[:1].upper() + self.unit[1:]
        return ["", named] if self.base is None else ["", named, f"Share of {self.base}"]

    @property
    def cells(self) -> list[list[str]]:
        """The table's body as text: label, number, share of the base when there is one."""
        body = []
        for row in self.rows:
            number = self.suppressed_words if row.value is None else str(row.value)
            share = [] if self.base is None else ["–" if row.value is None else percent(row.value, self.base)]
            body.append([row.label, number, *share])
        return body

    def words(self, row: Bar) -> str:
        """What stands at the end of a bar: “27 (36%)”."""
        if row.value is None:
            return self.suppressed_words
        return str(row.value) if self.base is None else f"{row.value} ({percent(row.value, self.base)})"

    @property
    def description(self) -> str:
        """The whole picture in one sentence per row, for those who do not see it."""
        rows = "; ".join(f"{row.label}: {self.words(row)}" for row in self.rows)
        return f"Bar chart. {self.base_words}{'. ' if self.base_words else ''}{rows}."

    @property
    def drawn(self) -> list[DrawnBar]:
        """The rows with their places in the picture, from the top."""
        most = max((row.value or 0 for row in self.rows), default=0)
        drawn, top = [], 0
        for row in self.rows:
            lines = textwrap.wrap(row.label, LABEL_WIDTH) or [""]
            label_lines = tuple((top + 14 + LINE * place, line) for place, line in enumerate(lines))
            bar_top = top + LINE * len(lines) + 2
            tenths = FULL * (row.value or 0) // most if most else 0
            drawn.append(
                DrawnBar(
                    label_lines=label_lines,
                    top=bar_top,
                    text_at=bar_top + 14,
                    width=f"{tenths // 10}.{tenths % 10}%",
                    words=self.words(row),
                    has_bar=bool(row.value),
                )
            )
            top = bar_top + BAR + GAP
        return drawn

    @property
    def height(self) -> int:
        """Pixels from the first label to below the last bar."""
        rows = self.drawn
        return rows[-1].top + BAR + 1 if rows else 0


@dataclass(frozen=True)
class Point:
    """A day of a course. `mark` names what happened on it, such as a reminder."""

    on: date
    value: int
    mark: str = ""


@dataclass(frozen=True)
class Course:
    """How a number grew over days, against a target, with what happened marked: one line and its table.

    `points` are in order of time; values are totals up to and including the day.
    """

    title: str
    unit: str
    points: list[Point] = field(default_factory=list)
    target: int | None = None
    target_words: str = "target"

    @property
    def key(self) -> str:
        return f"course-{zlib.crc32(repr((self.title, self.unit, self.target)).encode()):08x}"

    @property
    def top(self) -> int:
        """The number at the upper edge of the picture."""
        return max([point.value for point in self.points] + [self.target or 0, 1])

    def _x(self, point: Point) -> int:
        days = (self.points[-1].on - self.points[0].on).days or 1
        return 1000 * (point.on - self.points[0].on).days // days

    def _y(self, value: int) -> int:
        return 200 - 200 * value // self.top

    @property
    def line(self) -> str:
        """SVG points of the line in a box of 1000 by 200; it rises in steps, because nothing happens between."""
        drawn, before = [], None
        for point in self.points:
            x, y = self._x(point), self._y(point.value)
            if before is not None:
                drawn.append(f"{x},{before}")
            drawn.append(f"{x},{y}")
            before = y
        return " ".join(drawn)

    @property
    def target_at(self) -> int | None:
        """Where the target's line lies in the box, or None."""
        return None if self.target is None else self._y(self.target)

    @property
    def marks(self) -> list[tuple[int, Point]]:
        """The days on which something happened with their place in the box."""
        return [(self._x(point), point) for point in self.points if point.mark]

    @property
    def told(self) -> list[Point]:
        """The rows of the table: first day, days with a mark, last day."""
        last = len(self.points) - 1
        return [point for place, point in enumerate(self.points) if place in (0, last) or point.mark]

    @property
    def description(self) -> str:
        rows = "; ".join(
            f"{day(point.on)}: {point.value}{f' ({point.mark})' if point.mark else ''}" for point in self.told
        )
        goal = f" Against {self.target} {self.target_words}." if self.target is not None else ""
        return f"Line chart of {self.unit} by day.{goal} {rows}."
