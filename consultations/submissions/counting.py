"""What one response adds one to: pure, without a database, so that counters can always be made anew.

A *mark* is (question code, row, value). The empty value counts the responses that a table is out of:

| mark | counts |
|---|---|
| ("", "", "") | responses to the survey |
| (question, "", "") | those that answered the question |
| (question, "", choice) | those that chose it; of a table of statements (question, statement, choice) |
| (question, statement, "") | those that said something on the statement |
| (question, AREA, "") | those that named an area of the list |
| (question, choice, "2") | those that ranked the choice second |
| (question, "", "12.0") | those with this number; of a table of numbers (question, row or "row/column", number) |
| (question, "", "2018") | those with a day in this year |

A page that can be filled in several times counts once for a choice however many entries chose it; numbers of its
entries are added up, of days the earliest counts and of rankings the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consultations.surveys import kinds
from consultations.surveys.definition import Definition, Question
from consultations.surveys.entries import values_of
from consultations.surveys.kinds.base import is_number

# (question code, row, value)
Mark = tuple[str, str, str]
ANSWERED: Mark = ("", "", "")
AREA = "area"


def marks_of(definition: Definition, answers: Mapping[str, Any]) -> list[Mark]:
    """Every mark of one response, each once, in a fixed order."""
    found = {ANSWERED}
    for page in definition.pages:
        for question in page.questions:
            if question.is_answered and (values := values_of(page, question, dict(answers))):
                found.add((question.code, "", ""))
                found.update((question.code, row, value) for row, value in _marks(question, values))
    return sorted(found)


def number_value(number: float) -> str:
    """How a number stands in a mark; `float` gives it back."""
    return repr(float(number))


def _marks(question: Question, values: list[Any]) -> Iterator[tuple[str, str]]:
    kind = kinds.of(question)
    if kind.figure == "ranks":
        yield from kind.counted(question, values[0])
    elif kind.figure == "numbers":
        if numbers := [value for value in values if is_number(value)]:
            yield "", number_value(sum(numbers))
    elif kind.figure == "row_numbers":
        for row, number in added(values).items():
            yield row, number_value(number)
    elif kind.figure == "dates":
        yield "", min(str(value) for value in values)[:4]
    else:
        for row, choice in dict.fromkeys(pair for value in values for pair in kind.counted(question, value)):
            yield row, choice
            if kind.figure == "areas":
                yield AREA, ""
            elif row:
                yield row, ""


def added(values: list[Any]) -> dict[str, float]:
    """Tables of numbers added up cell by cell: {row or "row/column": number}."""
    found: dict[str, float] = {}
    for value in values:
        for row, cell in value.items() if isinstance(value, dict) else ():
            cells = {f"{row}/{column}": one for column, one in cell.items()} if isinstance(cell, dict) else {row: cell}
            for place, number in cells.items():
                if is_number(number):
                    found[place] = found.get(place, 0) + number
    return found
