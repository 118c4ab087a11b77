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
from consultations.surveys.kinds import BLANK
from consultations.surveys.kinds.files import ids_in

Value = str | int | float | date | None


@dataclass(frozen=True)
class AnswerColumn:
    """One column of answers: `read` makes the cell of the answer under `key`, nothing of one that was left blank."""

    name: str
    heading: str
    asked: AskedQuestion
    key: str
    read: Callable[[Any], Value]
    # What its codes mean, for the codebook: (code, label).
    codes: tuple[tuple[str, str], ...] = ()
    # May say who answered: only in an export with names and addresses.
    is_telling: bool = False

    def value(self, data: dict[str, Any]) -> Value:
        """The cell of one response; in the table of a page that repeats, of the answers of one entry by plain code."""
        return self.read(data.get(self.key))


def answer_columns(asked: AskedQuestion, *, labels: bool) -> list[AnswerColumn]:
    """The columns of one question; none for a mere text. `labels` puts words into the cells instead of codes."""
    question = asked.question
    found = [
        AnswerColumn(
            f"{question.code}{column.suffix}",
            f"{question.label}{column.heading}",
            asked,
            column.of or question.code,
            column.read_words if labels else column.read,
            column.codes,
            column.is_telling,
        )
        for column in kinds.columns(question)
    ]
    if kinds.of(question).holds_files:
        heading = f"{question.label}: addresses of the files"
        found.append(AnswerColumn(f"{question.code}__links", heading, asked, question.code, _links, is_telling=True))
    return found


def _links(answer: Any) -> Value:
    """Where staff fetch the files of an answer; the address asks who they are each time."""
    ids = ids_in(answer)
    return "\n".join(f"{settings.SITE_URL}{reverse('submissions:find_file', args=[one])}" for one in ids) or None


class Cells:
    """The cells of all these columns at once: each answer is looked up once, and one left blank asks no column."""

    def __init__(self, columns: list[AnswerColumn]) -> None:
        self.groups: list[tuple[str, AskedQuestion, list[Callable[[Any], Value]]]] = []
        for column in columns:
            if not self.groups or self.groups[-1][0] != column.key:
                self.groups.append((column.key, column.asked, []))
            self.groups[-1][2].append(column.read)

    def of(self, data: dict[str, Any], allowed: Callable[[AskedQuestion], bool] | None = None) -> list[Value]:
        """The cells of one response (or entry); those of questions that are not `allowed` are empty."""
        found: list[Value] = []
        for key, asked, reads in self.groups:
            answer = data.get(key)
            if answer in BLANK or (allowed is not None and not allowed(asked)):
                found.extend([None] * len(reads))
            else:
                found.extend([read(answer) for read in reads])
        return found
