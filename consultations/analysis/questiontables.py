"""The tables of one question: shares of choices, ranges of numbers, places, by how its kind is counted."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean, median
from typing import Any

from consultations.analysis.instrument import AskedQuestion
from consultations.analysis.splits import Facts, Split, UnitCounter
from consultations.analysis.tables import Table
from consultations.surveys import kinds
from consultations.surveys.definition import Choice, Question, entry_key
from consultations.surveys.entries import entry_numbers
from consultations.surveys.kinds import Kind

SEVERAL = "Several choices were possible, so the shares add up to more than 100%."
ENTRIES = "Each submission could name several, so the shares add up to more than 100%; it counts once for each."


def tables_of(
    asked: AskedQuestion, known: dict[int, Facts], responses: list[tuple[int, dict[str, Any]]], split: Split | None
) -> list[Table]:
    question = asked.question
    kind = kinds.of(question)
    given = [(known[pk], value) for pk, data in responses if (value := _value(asked, kind, data)) not in kinds.BLANK]
    about: dict[str, Any] = {"unit": "submissions", "base_note": "that answered this question"}
    if asked.repeats and kind.figure in {"numbers", "row_numbers"}:
        about["base_note"] = "that answered this question, their entries added up"
    if kind.figure == "written":
        return [_written_table(asked, known, responses, given, split)]
    maker = TABLES.get(kind.figure)
    return maker(asked, given, split, about) if maker else []


Given = list[tuple[Facts, Any]]


def _written_table(
    asked: AskedQuestion,
    known: dict[int, Facts],
    responses: list[tuple[int, dict[str, Any]]],
    given: Given,
    split: Split | None,
) -> Table:
    """How many wrote an answer; what they wrote is for reading and coding."""
    counter = UnitCounter(split)
    answered = {fact.submission_id for fact, _ in given}
    for pk, _ in responses:
        counter.add(known[pk], ["written" if pk in answered else "blank"])
    words = "Added a file" if kinds.of(asked.question).holds_files else "Wrote an answer"
    labels = [("written", words), ("blank", "Left it blank")]
    return counter.table(labels, title=asked.question.label, unit="submissions", base_note="that answered this survey")


def _choice_tables(asked: AskedQuestion, given: Given, split: Split | None, about: dict[str, Any]) -> list[Table]:
    more = {"disjoint_rows": False, "note": ENTRIES} if asked.repeats else {}
    return [_choice_table(asked, given, split, title=asked.question.label, **more, **about)]


def _area_tables(asked: AskedQuestion, given: Given, split: Split | None, about: dict[str, Any]) -> list[Table]:
    """By area, where there is a list of areas; places in words are for reading."""
    if not asked.question.choices:
        return []
    areas = given if asked.repeats else [(fact, value["area"]) for fact, value in given if value.get("area")]
    return _choice_tables(asked, areas, split, about)


def _several_tables(asked: AskedQuestion, given: Given, split: Split | None, about: dict[str, Any]) -> list[Table]:
    return [_choice_table(asked, given, split, title=asked.question.label, disjoint_rows=False, note=SEVERAL, **about)]


def _row_tables(asked: AskedQuestion, given: Given, split: Split | None, about: dict[str, Any]) -> list[Table]:
    """A table for each statement."""
    is_several = kinds.of(asked.question).figure == "rows_several"
    more = {"disjoint_rows": False, "note": SEVERAL if is_several else ENTRIES} if is_several or asked.repeats else {}
    return [
        _choice_table(asked, _of_row(given, row.code), split, title=row.label, **more, **about)
        for row in asked.question.rows
    ]


def _row_number_tables(asked: AskedQuestion, given: Given, split: Split | None, about: dict[str, Any]) -> list[Table]:
    return [_number_table(title, numbers, split, **about) for title, numbers in _row_numbers(asked.question, given)]


def _rank_tables(asked: AskedQuestion, given: Given, split: Split | None, about: dict[str, Any]) -> list[Table]:
    return [_rank_table(asked, given, split, choice, **about) for choice in asked.question.choices]


def _number_tables(asked: AskedQuestion, given: Given, split: Split | None, about: dict[str, Any]) -> list[Table]:
    return [_number_table(asked.question.label, given, split, **about)]


def _date_tables(asked: AskedQuestion, given: Given, split: Split | None, about: dict[str, Any]) -> list[Table]:
    return [_date_table(asked.question.label, given, split, **about)]


def _value(asked: AskedQuestion, kind: Kind, data: dict[str, Any]) -> Any:
    """The answer of one response, that of several entries put together: choices are all of them, each once; numbers are
    added up; of days the earliest, of rankings the first."""
    question = asked.question
    if not asked.repeats:
        return data.get(question.code)
    page = asked.repeats
    found = (data.get(entry_key(page, number, question.code)) for number in entry_numbers(page, data))
    values: list[Any] = [value for value in found if value not in kinds.BLANK]
    if not values:
        return None
    if kind.figure in {"choices", "several", "areas"}:
        return list(dict.fromkeys(choice for value in values for _, choice in kind.counted(question, value)))
    if kind.figure in {"rows", "rows_several"}:
        chosen: dict[str, list[str]] = {}
        for row, choice in dict.fromkeys(pair for value in values for pair in kind.counted(question, value)):
            chosen.setdefault(row, []).append(choice)
        return chosen
    if kind.figure == "numbers":
        return sum(values)
    if kind.figure == "row_numbers":
        return _added(values)
    return min(values) if kind.figure == "dates" else values[0]


def _added(values: list[dict[str, Any]]) -> dict[str, Any]:
    """Tables of numbers added up cell by cell."""
    found: dict[str, Any] = {}
    for value in values:
        for row, cell in value.items():
            if isinstance(cell, dict):
                found[row] = _added([found.get(row, {}), cell])
            else:
                found[row] = found.get(row, 0) + cell
    return found


def _of_row(given: list[tuple[Facts, Any]], row: str) -> list[tuple[Facts, Any]]:
    return [(fact, value[row]) for fact, value in given if value.get(row)]


def _row_numbers(question: Question, given: list[tuple[Facts, Any]]) -> Iterator[tuple[str, list[tuple[Facts, Any]]]]:
    """Title and numbers of each row, and of each column of it where there are columns."""
    for row in question.rows:
        if not question.choices:
            yield row.label, [(fact, value[row.code]) for fact, value in given if row.code in value]
        for column in question.choices:
            yield (
                f"{row.label}: {column.label}",
                [
                    (fact, value[row.code][column.code])
                    for fact, value in given
                    if column.code in (value.get(row.code) or {})
                ],
            )


def _rank_table(
    asked: AskedQuestion, given: list[tuple[Facts, Any]], split: Split | None, choice: Choice, **about: Any
) -> Table:
    """How often one item got each place, with its mean place in words (1 is first) among those who placed it."""
    counter = UnitCounter(split)
    places = []
    for fact, order in given:
        place = order.index(choice.code) + 1 if choice.code in order else None
        counter.add(fact, [place])
        if place:
            places.append(place)
    labels: list[tuple[Any, str]] = [(place, f"Place {place}") for place in range(1, max(places, default=0) + 1)]
    labels.append((None, "Not placed"))
    note = f"Mean place {mean(places):.1f} of {len(places)} that placed it; 1 is first." if places else ""
    return counter.table(labels, title=choice.label, note=note, **about)


def _choice_table(asked: AskedQuestion, given: list[tuple[Facts, Any]], split: Split | None, **about: Any) -> Table:
    counter = UnitCounter(split)
    for fact, value in given:
        counter.add(fact, value if isinstance(value, list) else [value])
    labels: list[tuple[Any, str]] = [(choice.code, choice.label) for choice in asked.question.choices]
    if asked.question.has_other and not any(code == "other" for code, _ in labels):
        labels.append(("other", "Other"))
    notes = dict.fromkeys(asked.retired_choices, "No longer offered")
    return counter.table(labels, notes=notes, **about)


def _number_table(title: str, given: list[tuple[Facts, Any]], split: Split | None, **about: Any) -> Table:
    """Numbers in at most six ranges, with the median and the extremes in words."""
    numbers = sorted(float(value) for _, value in given)
    counter = UnitCounter(split)
    if not numbers:
        return counter.table([], title=title, **about)
    edges = _edges(numbers)
    for fact, value in given:
        counter.add(fact, [max(place for place, edge in enumerate(edges) if float(value) >= edge)])
    labels = [(place, _range_label(edges, place, numbers[-1])) for place in range(len(edges))]
    note = f"Median {median(numbers):g}; from {numbers[0]:g} to {numbers[-1]:g}."
    return counter.table(labels, title=title, note=note, **about)


def _edges(numbers: list[float]) -> list[float]:
    distinct = sorted(set(numbers))
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


def _date_table(title: str, given: list[tuple[Facts, Any]], split: Split | None, **about: Any) -> Table:
    counter = UnitCounter(split)
    for fact, value in given:
        counter.add(fact, [str(value)[:4]])
    return counter.table([(year, year) for year in sorted(counter.totals)], title=title, **about)


# Which tables a kind of figure gives (`kinds.Kind.figure`).
TABLES = {
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
