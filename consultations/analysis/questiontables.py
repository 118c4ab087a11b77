"""The tables of one question: shares of choices, ranges of numbers, places, by how its kind is counted.

They are made of counters (`submissions.tallies`), so they cost the same however many answered; what each counter
counts is said in `submissions.counting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consultations.analysis.instrument import AskedQuestion
from consultations.analysis.splits import Split, UnitCounter, gathered
from consultations.analysis.tables import Table
from consultations.submissions.counting import ANSWERED, AREA, Mark
from consultations.submissions.tallies import Counts
from consultations.surveys import kinds
from consultations.surveys.definition import Choice

SEVERAL = "Several choices were possible, so the shares add up to more than 100%."
ENTRIES = "Each submission could name several, so the shares add up to more than 100%; it counts once for each."


def tables_of(asked: AskedQuestion, counts: Counts, split: Split | None) -> list[Table]:
    """Every table of one question, with its unit and its base; none for a mere text."""
    figure = kinds.of(asked.question).figure
    about: dict[str, Any] = {"unit": "submissions", "base_note": "that answered this question"}
    if asked.repeats and figure in {"numbers", "row_numbers"}:
        about["base_note"] = "that answered this question, their entries added up"
    maker = TABLES.get(figure)
    return maker(asked, counts, split, about) if maker else []


def _written_tables(asked: AskedQuestion, counts: Counts, split: Split | None, about: dict[str, Any]) -> list[Table]:
    """How many wrote an answer; what they wrote is for reading and coding."""
    counter = gathered(split, counts, {"written": [(asked.question.code, "", "")]}, base=[ANSWERED])
    counter.add_rest("blank")
    words = "Added a file" if kinds.of(asked.question).holds_files else "Wrote an answer"
    labels = [("written", words), ("blank", "Left it blank")]
    base_note = "that answered this survey"
    return [counter.table(labels, title=asked.question.label, unit="submissions", base_note=base_note)]


# --- choices --------------------------------------------------------------------------------------------


def _choice_tables(asked: AskedQuestion, counts: Counts, split: Split | None, about: dict[str, Any]) -> list[Table]:
    more: dict[str, Any] = {"disjoint_rows": False, "note": ENTRIES} if asked.repeats else {}
    return [_choice_table(asked, counts, split, title=asked.question.label, **more, **about)]


def _area_tables(asked: AskedQuestion, counts: Counts, split: Split | None, about: dict[str, Any]) -> list[Table]:
    """By area, where there is a list of areas; places in words are for reading."""
    if not asked.question.choices:
        return []
    more: dict[str, Any] = {"disjoint_rows": False, "note": ENTRIES} if asked.repeats else {}
    base = (asked.question.code, AREA, "")
    return [_choice_table(asked, counts, split, base=base, title=asked.question.label, **more, **about)]


def _several_tables(asked: AskedQuestion, counts: Counts, split: Split | None, about: dict[str, Any]) -> list[Table]:
    return [_choice_table(asked, counts, split, title=asked.question.label, disjoint_rows=False, note=SEVERAL, **about)]


def _row_tables(asked: AskedQuestion, counts: Counts, split: Split | None, about: dict[str, Any]) -> list[Table]:
    """A table for each statement."""
    is_several = kinds.of(asked.question).figure == "rows_several"
    more: dict[str, Any] = (
        {"disjoint_rows": False, "note": SEVERAL if is_several else ENTRIES} if is_several or asked.repeats else {}
    )
    return [
        _choice_table(asked, counts, split, row=row.code, title=row.label, **more, **about)
        for row in asked.question.rows
    ]


def _choice_table(
    asked: AskedQuestion, counts: Counts, split: Split | None, *, row: str = "", base: Mark | None = None, **about: Any
) -> Table:
    code = asked.question.code
    labels: list[tuple[Any, str]] = [(choice.code, choice.label) for choice in asked.question.choices]
    if asked.question.has_other and not any(code == "other" for code, _ in labels):
        labels.append(("other", "Other"))
    marks = {choice: [(code, row, choice)] for choice, _ in labels}
    counter = gathered(split, counts, marks, base=[base or (code, row, "")])
    notes = dict.fromkeys(asked.retired_choices, "No longer offered")
    return counter.table(labels, notes=notes, **about)


# --- places ---------------------------------------------------------------------------------------------


def _rank_tables(asked: AskedQuestion, counts: Counts, split: Split | None, about: dict[str, Any]) -> list[Table]:
    return [_rank_table(asked, counts, split, choice, **about) for choice in asked.question.choices]


def _rank_table(asked: AskedQuestion, counts: Counts, split: Split | None, choice: Choice, **about: Any) -> Table:
    """How often one item got each place, with its mean place in words (1 is first) among those who placed it."""
    code = asked.question.code
    places = {int(value): n for value, n in counts.values(code, choice.code).items()}
    marks = {place: [(code, choice.code, str(place))] for place in places}
    counter = gathered(split, counts, marks, base=[(code, "", "")])
    counter.add_rest(None)
    labels: list[tuple[Any, str]] = [(place, f"Place {place}") for place in range(1, max(places, default=0) + 1)]
    labels.append((None, "Not placed"))
    placed = sum(places.values())
    mean = sum(place * n for place, n in places.items()) / placed if placed else 0
    note = f"Mean place {mean:.1f} of {placed} that placed it; 1 is first." if placed else ""
    return counter.table(labels, title=choice.label, note=note, **about)


# --- numbers and days -----------------------------------------------------------------------------------


def _number_tables(asked: AskedQuestion, counts: Counts, split: Split | None, about: dict[str, Any]) -> list[Table]:
    return [_number_table(asked, "", asked.question.label, counts, split, **about)]


def _row_number_tables(asked: AskedQuestion, counts: Counts, split: Split | None, about: dict[str, Any]) -> list[Table]:
    """A table for each row, and for each column of it where there are columns."""
    tables = []
    for row in asked.question.rows:
        if not asked.question.choices:
            tables.append(_number_table(asked, row.code, row.label, counts, split, **about))
        for column in asked.question.choices:
            place, title = f"{row.code}/{column.code}", f"{row.label}: {column.label}"
            tables.append(_number_table(asked, place, title, counts, split, **about))
    return tables


def _number_table(
    asked: AskedQuestion, row: str, title: str, counts: Counts, split: Split | None, **about: Any
) -> Table:
    """Numbers in at most six ranges, with the median and the extremes in words."""
    code = asked.question.code
    known = {float(value): (n, (code, row, value)) for value, n in counts.values(code, row).items()}
    if not known:
        return UnitCounter(split).table([], title=title, **about)
    numbers = sorted(known)
    edges = _edges(numbers)
    ranges: dict[Any, list[Mark]] = {place: [] for place in range(len(edges))}
    for number in numbers:
        ranges[max(place for place, edge in enumerate(edges) if number >= edge)].append(known[number][1])
    counter = gathered(split, counts, ranges, base=[mark for marks in ranges.values() for mark in marks])
    labels = [(place, _range_label(edges, place, numbers[-1])) for place in range(len(edges))]
    middle = _median({number: n for number, (n, _) in known.items()})
    note = f"Median {middle:g}; from {numbers[0]:g} to {numbers[-1]:g}."
    return counter.table(labels, title=title, note=note, **about)


def _median(times: Mapping[float, int]) -> float:
    """The middle one of numbers that came so many times each; the mean of the two middle ones of an even number."""
    total, passed = sum(times.values()), 0
    found: list[float] = []
    for number in sorted(times):
        within = range(passed, passed + times[number])
        found += [number for place in {(total - 1) // 2, total // 2} if place in within]
        passed += times[number]
    return sum(found) / len(found)


def _edges(distinct: list[float]) -> list[float]:
    if len(distinct) <= 6:
        return distinct
    return sorted({distinct[len(distinct) * part // 6] for part in range(6)})


def _range_label(edges: list[float], place: int, highest: float) -> str:
    low = edges[place]
    if place + 1 < len(edges):
        following = edges[place + 1]
        if low.is_integer() and following.is_integer():
            return f"{low:g}" if following - low <= 1 else f"{low:g} to {following - 1:g}"
        return f"{low:g} to under {following:g}"
    return f"{low:g}" if low == highest else f"{low:g} to {highest:g}"


def _date_tables(asked: AskedQuestion, counts: Counts, split: Split | None, about: dict[str, Any]) -> list[Table]:
    code = asked.question.code
    years = sorted(counts.values(code, ""))
    counter = gathered(split, counts, {year: [(code, "", year)] for year in years}, base=[(code, "", "")])
    return [counter.table([(year, year) for year in years], title=asked.question.label, **about)]


# Which tables a kind of figure gives (`kinds.Kind.figure`).
TABLES = {
    "written": _written_tables,
    "choices": _choice_tables,
    "several": _several_tables,
    "areas": _area_tables,
    "rows": _row_tables,
    "rows_several": _row_tables,
    "row_numbers": _row_number_tables,
    "ranks": _rank_tables,
    "numbers": _number_tables,
    "dates": _date_tables,
}
