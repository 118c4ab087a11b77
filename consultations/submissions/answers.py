"""Answers as people read them: on the check page, in the receipt and on staff pages."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from consultations.submissions.queries import Part
from consultations.surveys.definition import Question
from consultations.surveys.path import in_words
from engagement.core.templatetags.ui import day


@dataclass(frozen=True)
class Line:
    """One question with its answer in words; `text` is empty where nothing was answered."""

    page_code: str
    question: Question
    text: str

    @property
    def is_long(self) -> bool:
        return self.question.kind == "long_text"


@dataclass
class Section:
    """One page of a survey."""

    code: str
    title: str
    lines: list[Line] = field(default_factory=list)


def sections(part: Part) -> list[Section]:
    """The pages on the path with what was answered; a matrix gives one line for each statement."""
    found = []
    for step in part.path.pages:
        section = Section(step.code, step.title)
        for question in step.questions:
            if question.is_answered:
                section.lines.append(Line(step.code, question, words(part, question)))
        if section.lines:
            found.append(section)
    return found


def words(part: Part, question: Question) -> str:
    """The answer in words: one statement of a matrix on each line, several choices on lines of their own."""
    value: Any = part.path.answers.get(question.code)
    text = in_words(part.definition, question.code, part.path.answers)
    if isinstance(value, dict):
        rows, labels = question.row_labels, question.choice_labels
        return "\n".join(f"{rows.get(row, row)}: {labels.get(choice, choice)}" for row, choice in value.items())
    if isinstance(value, list) and len(value) > 1:
        single = (
            in_words(part.definition, question.code, {**part.path.answers, question.code: [one]}) for one in value
        )
        return "\n".join(single)
    if question.kind == "date" and isinstance(value, str):
        with contextlib.suppress(ValueError):
            return day(date.fromisoformat(value))
    return text


def as_text(parts: list[Part]) -> str:
    """Every answer as plain text, for messages."""
    blocks = []
    for part in parts:
        if not part.is_begun:
            continue
        blocks.append(f"{part.definition.title}\n{'=' * min(len(part.definition.title), 72)}")
        for section in sections(part):
            blocks.append(section.title)
            blocks += [f"{line.question.label}\n{line.text or 'Not answered'}" for line in section.lines]
    return "\n\n".join(blocks)
