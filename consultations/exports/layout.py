"""Which columns a table of responses has: from the union of a survey's versions, never from the data.

What columns each kind of question has is said by `surveys.kinds`. Pages that can be filled in several times have a
table of their own, one row for each entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from consultations.analysis.instrument import AskedQuestion
from consultations.surveys import kinds
from consultations.surveys.kinds import Column
from consultations.surveys.kinds.files import ids_in

Value = str | int | float | date | None


@dataclass(frozen=True)
class AnswerColumn:
    """One column of answers. `value` takes the document of a response and gives the cell; in the table of a page that
    repeats it takes the answers of one entry by plain question code."""

    name: str
    heading: str
    asked: AskedQuestion
    value: Callable[[dict[str, Any]], Value]
    # What its codes mean, for the codebook: (code, label).
    codes: tuple[tuple[str, str], ...] = ()
    # May say who answered: only in an export with names and addresses.
    is_telling: bool = False


def answer_columns(asked: AskedQuestion, *, labels: bool) -> list[AnswerColumn]:
    """The columns of one question; none for a mere text. `labels` puts words into the cells instead of codes."""
    question = asked.question
    found = [
        AnswerColumn(
            f"{question.code}{column.suffix}",
            f"{question.label}{column.heading}",
            asked,
            _reader(column.of or question.code, column, labels),
            column.codes,
            column.is_telling,
        )
        for column in kinds.columns(question)
    ]
    if kinds.of(question).holds_files:
        heading = f"{question.label}: addresses of the files"
        found.append(AnswerColumn(f"{question.code}__links", heading, asked, _links(question.code), is_telling=True))
    return found


def _links(code: str) -> Callable[[dict[str, Any]], Value]:
    """Where staff fetch the files of an answer; the address asks who they are each time."""

    def read(data: dict[str, Any]) -> Value:
        ids = ids_in(data.get(code))
        return "\n".join(f"{settings.SITE_URL}{reverse('submissions:find_file', args=[one])}" for one in ids) or None

    return read


def _reader(key: str, column: Column, labels: bool) -> Callable[[dict[str, Any]], Value]:
    read = column.read_words if labels else column.read
    return lambda data: read(data.get(key))
