"""The way through a survey that these answers give: which pages, which questions, what is still missing.

Pure, one pass in the order of the survey. An answer to a question off the path counts as empty for everything that
comes later, but is not removed: going back restores it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from consultations.surveys.conditions import Scope, holds
from consultations.surveys.definition import OTHER, QUESTION_TEXTS, Definition, Page, Question, other_key

PIPED = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")


class Status(StrEnum):
    """Where one page stands."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Step:
    """One page on the path with the questions that apply, texts filled in and choices filtered."""

    page: Page
    questions: tuple[Question, ...]
    definition: Definition
    # The answers of all steps before this one; what conditions of this step may look at.
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.page.code

    @cached_property
    def title(self) -> str:
        """The page's title with answers filled in; the label of its first question when it has none. For lists."""
        if self.page.title:
            return filled(self.page.title, self.definition, self.before)
        return next((question.label for question in self.questions if question.is_answered), self.page.code)

    @property
    def heading(self) -> str:
        """What stands above the questions: the page's own title, else the survey's, so that no label stands twice."""
        return self.title if self.page.title else self.definition.title

    @cached_property
    def intro(self) -> str:
        return filled(self.page.intro, self.definition, self.before)


@dataclass
class Path:
    """What `walk` found. `answers` are those on the path; `missing` holds (page code, question code) pairs."""

    definition: Definition
    pages: list[Step] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)
    # Codes of questions on the path that were shown and left blank: stored as None.
    left_blank: set[str] = field(default_factory=set)
    # Codes that hold a stored answer which no longer applies.
    off_path: list[str] = field(default_factory=list)

    def step(self, page_code: str) -> Step | None:
        """The step of this page, or None when the page is not on the path."""
        return self._steps.get(page_code)

    def next_after(self, page_code: str) -> Step | None:
        """The step that follows this page; None after the last. A page off the path counts by its place."""
        place = self._place(page_code)
        return next((step for step in self.pages if self._place(step.code) > place), None)

    def previous_before(self, page_code: str) -> Step | None:
        """The step that comes before this page; None before the first."""
        place = self._place(page_code)
        return next((step for step in reversed(self.pages) if self._place(step.code) < place), None)

    def nearest(self, page_code: str) -> Step | None:
        """The step of this page, else the next on the path, else the last; None for an empty path."""
        return self.step(page_code) or self.next_after(page_code) or (self.pages[-1] if self.pages else None)

    @property
    def first_unfinished(self) -> Step | None:
        """The first step that is not completed; None when everything required is answered and each page was seen."""
        return next((step for step in self.pages if self.status(step.code) != Status.COMPLETED), None)

    def status(self, page_code: str) -> Status:
        """Where the page stands. A page that was saved with all its optional questions left blank is completed,
        and so is one that has texts to read only."""
        step = self.step(page_code)
        if step is None:
            return Status.NOT_STARTED
        asked = [question for question in step.questions if question.is_answered]
        answered = [question for question in asked if question.code in self.answers]
        if any(page == page_code for page, _ in self.missing):
            return Status.IN_PROGRESS if answered else Status.NOT_STARTED
        was_saved = any(question.code in self.left_blank for question in asked)
        return Status.COMPLETED if answered or was_saved or not asked else Status.NOT_STARTED

    @property
    def is_complete(self) -> bool:
        """Whether nothing required is missing."""
        return not self.missing

    @cached_property
    def _steps(self) -> dict[str, Step]:
        return {step.code: step for step in self.pages}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {page.code: place for place, page in enumerate(self.definition.pages)}

    def _place(self, page_code: str) -> int:
        return self._places.get(page_code, -1)


def walk(definition: Definition, answers: Mapping[str, Any], *, now: datetime | None = None) -> Path:
    """The path that these answers give through the survey; `answers` are keyed as in `submissions.models.Response`.

    A key that holds None says that the question was shown and left blank.
    """
    path = Path(definition)
    seen = path.answers
    scope = Scope(seen, label=label_reader(definition), now=now)
    for page in definition.pages:
        if not holds(page.relevance, scope):
            continue
        before = dict(seen)
        asked = []
        for question in page.questions:
            if not holds(question.relevance, scope):
                continue
            question = as_shown(question, definition, scope)
            asked.append(question)
            if question.is_answered:
                _take(question, answers, path, page)
        if asked or page.intro:
            path.pages.append(Step(page, tuple(asked), definition, before))
    path.off_path = [
        question.code for question in definition.questions() if answers.get(question.code) and question.code not in seen
    ]
    return path


def label_reader(definition: Definition) -> Any:
    """How conditions find the label of a choice: (question code, choice code) -> label."""

    def label(question_code: str, choice_code: str) -> str:
        if not definition.has_question(question_code):
            return choice_code
        return definition.question(question_code).choice_labels.get(choice_code, choice_code)

    return label


def as_shown(question: Question, definition: Definition, scope: Scope) -> Question:
    """The question with answers filled into its texts and only those choices that apply."""
    changes: dict[str, Any] = {}
    for name in QUESTION_TEXTS:
        text = getattr(question, name)
        if "${" in text:
            changes[name] = filled(text, definition, scope.answers)
    condition = question.settings.get("choice_filter")
    if condition:
        changes["choices"] = tuple(
            choice
            for choice in question.choices
            if holds(
                condition,
                replace(scope, columns={"name": choice.code, "label": choice.label, **choice.attributes}),
                allow_columns=True,
            )
        )
    return replace(question, **changes) if changes else question


def filled(text: str, definition: Definition, answers: Mapping[str, Any]) -> str:
    """The text with each `${code}` replaced by that answer in words; nothing for a question without an answer."""
    if "${" not in text:
        return text
    return PIPED.sub(lambda found: in_words(definition, found[1], answers), text)


def in_words(definition: Definition, code: str, answers: Mapping[str, Any]) -> str:
    """The answer to one question as a person would say it: labels instead of codes; empty for none."""
    value = answers.get(code)
    if value in (None, "", [], {}) or not definition.has_question(code):
        return ""
    question = definition.question(code)
    labels = question.choice_labels

    def word(choice: Any) -> str:
        written = answers.get(other_key(code)) if choice == OTHER and question.has_other else None
        return str(written or labels.get(choice, choice))

    if isinstance(value, list | tuple):
        return ", ".join(word(choice) for choice in value)
    if isinstance(value, dict):
        return "; ".join(f"{question.row_labels.get(row, row)}: {word(choice)}" for row, choice in value.items())
    if question.kind in {"single", "scale"}:
        return word(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def accepted(question: Question, value: Any) -> Any:
    """The part of a stored answer that this version of the question still knows; None for nothing.

    A choice that a newer version removed no longer answers the question.
    """
    if value in (None, "", [], {}) or isinstance(value, bool):
        return None
    kind, known = question.kind, question.choice_labels
    if kind in {"single", "scale"}:
        return value if isinstance(value, str) and value in known else None
    if kind == "multiple":
        codes = value if isinstance(value, list | tuple) else ()
        return [code for code in codes if isinstance(code, str) and code in known] or None
    if kind == "matrix":
        chosen = value if isinstance(value, dict) else {}
        found = {row.code: chosen.get(row.code) for row in question.rows}
        return {row: code for row, code in found.items() if isinstance(code, str) and code in known} or None
    wanted = (int, float) if kind in {"integer", "decimal"} else str
    return value if isinstance(value, wanted) else None


def is_missing(question: Question, value: Any) -> bool:
    """Whether a required question lacks its answer; a matrix needs every row."""
    if not question.required or not question.is_answered:
        return False
    if question.kind == "matrix":
        return not isinstance(value, dict) or any(not value.get(row.code) for row in question.rows)
    return value in (None, "", [], {})


def _take(question: Question, answers: Mapping[str, Any], path: Path, page: Page) -> None:
    value = accepted(question, answers.get(question.code))
    if value is not None:
        path.answers[question.code] = value
        written = answers.get(other_key(question.code))
        if written and question.has_other and (value == OTHER or (isinstance(value, list) and OTHER in value)):
            path.answers[other_key(question.code)] = written
    elif question.code in answers:
        path.left_blank.add(question.code)
    if is_missing(question, value):
        path.missing.append((page.code, question.code))
