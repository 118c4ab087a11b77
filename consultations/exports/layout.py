"""Which columns a table of responses has: from the union of a survey's versions, never from the data.

Several choices become one column each, holding 1 (ticked), 0 (asked and not ticked) or nothing (not asked), and one
column with all of them; “other” has a column of its own; a table of statements has one column for each statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from consultations.analysis.instrument import AskedQuestion
from consultations.surveys.definition import OTHER, Question, other_key

Value = str | int | float | date | None
JOINER = "; "


@dataclass(frozen=True)
class AnswerColumn:
    """One column of answers. `value` takes the document of a response and gives the cell."""

    name: str
    heading: str
    asked: AskedQuestion
    value: Callable[[dict[str, Any]], Value]
    # What its codes mean, for the codebook: (code, label).
    codes: tuple[tuple[str, str], ...] = ()


def answer_columns(asked: AskedQuestion, *, labels: bool) -> list[AnswerColumn]:
    """The columns of one question; none for a mere text. `labels` puts words into the cells instead of codes."""
    question = asked.question
    if not question.is_answered:
        return []
    if question.kind == "multiple":
        return _several(asked, labels)
    if question.kind == "matrix":
        return _statements(asked, labels)
    codes = tuple(question.choice_labels.items()) if question.kind in {"single", "scale"} else ()
    columns = [AnswerColumn(question.code, question.label, asked, _plain(question, labels), codes)]
    return columns + _other(asked)


def _plain(question: Question, labels: bool) -> Callable[[dict[str, Any]], Value]:
    code, words = question.code, question.choice_labels

    def value(data: dict[str, Any]) -> Value:
        found = data.get(code)
        if found in (None, ""):
            return None
        if question.kind in {"single", "scale"}:
            return words.get(found, found) if labels else found
        if question.kind == "date":
            return _as_date(found)
        return found

    return value


def _as_date(text: Any) -> Value:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return str(text)


def _several(asked: AskedQuestion, labels: bool) -> list[AnswerColumn]:
    question = asked.question
    words = question.choice_labels

    def joined(data: dict[str, Any]) -> Value:
        chosen = data.get(question.code)
        if chosen in (None, ""):
            return None
        return JOINER.join(words.get(code, code) if labels else code for code in chosen)

    def flag(choice: str) -> Callable[[dict[str, Any]], Value]:
        def value(data: dict[str, Any]) -> Value:
            chosen = data.get(question.code)
            return None if chosen in (None, "") else int(choice in chosen)

        return value

    columns = [AnswerColumn(question.code, question.label, asked, joined, tuple(words.items()))]
    columns += [
        AnswerColumn(
            f"{question.code}__{code}",
            f"{question.label}: {label}",
            asked,
            flag(code),
            (("1", "ticked"), ("0", "not ticked")),
        )
        for code, label in words.items()
    ]
    return columns + _other(asked)


def _statements(asked: AskedQuestion, labels: bool) -> list[AnswerColumn]:
    question = asked.question
    words = question.choice_labels

    def cell(row: str) -> Callable[[dict[str, Any]], Value]:
        def value(data: dict[str, Any]) -> Value:
            chosen = (data.get(question.code) or {}).get(row)
            return None if not chosen else words.get(chosen, chosen) if labels else chosen

        return value

    return [
        AnswerColumn(
            f"{question.code}__{row.code}",
            f"{question.label}: {row.label}",
            asked,
            cell(row.code),
            tuple(words.items()),
        )
        for row in question.rows
    ]


def _other(asked: AskedQuestion) -> list[AnswerColumn]:
    question = asked.question
    if not question.has_other:
        return []
    key = other_key(question.code)
    heading = f"{question.label}: {question.choice_labels.get(OTHER, 'Other')} (in words)"
    # `code__other` is the column that says whether it was ticked.
    return [AnswerColumn(f"{key}_text", heading, asked, lambda data: data.get(key) or None)]
