"""The way through a survey that these answers give: which pages, which questions, what is still missing.

Pure, one pass in the order of the survey. An answer to a question off the path counts as empty for everything that
comes later, but is not removed: going back restores it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext

from consultations.surveys import kinds
from consultations.surveys.conditions import ExpressionError, Scope, evaluate, holds
from consultations.surveys.definition import (
    OF_ENTRY,
    OTHER,
    QUESTION_TEXTS,
    Definition,
    Page,
    Question,
    comment_key,
    entry_key,
    other_key,
)
from consultations.surveys.entries import entry_numbers

# Kinds that are shown without being answered: a page of them alone is still a page.
SHOWN_ONLY = frozenset({"note", "image"})
PIPED = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")


class Status(StrEnum):
    """Where one page stands."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Step:
    """One page on the path with the questions that apply, texts filled in and choices filtered.

    A page that repeats is a step without questions, and each of its entries is a step of its own in `entries`.
    """

    page: Page
    questions: tuple[Question, ...]
    definition: Definition
    # The answers of all steps before this one; what conditions of this step may look at.
    before: dict[str, Any] = field(default_factory=dict)
    # The answers of this step and of those before it, by plain question code also in an entry.
    answers: Mapping[str, Any] = field(default_factory=dict)
    # The number of the entry, 0 for a page that is asked once.
    entry: int = 0
    # Its place among the entries, from 1.
    place: int = 0
    entries: tuple[Step, ...] = ()

    @property
    def code(self) -> str:
        """What the step is called in addresses: the page's code, with the number of the entry."""
        return entry_key(self.page.code, self.entry) if self.entry else self.page.code

    @property
    def is_list(self) -> bool:
        """Whether it is the list of a page's entries."""
        return self.page.repeats and not self.entry

    def key(self, code: str) -> str:
        """Under which key the answer to the question (or what stands beside it) is kept."""
        return entry_key(self.page.code, self.entry, code) if self.entry else code

    @cached_property
    def title(self) -> str:
        """The page's title with answers filled in; the label of its first question when it has none. For lists."""
        if self.entry:
            return f"{self.entry_words} {self.place}"
        if self.page.title:
            return filled(self.page.title, self.definition, self.before)
        return next((question.label for question in self.questions if question.is_answered), self.page.code)

    @property
    def entry_words(self) -> str:
        """What one entry is called, with a capital letter."""
        words = self.page.entry_name or self.page.title or gettext("Entry")
        return words[:1].upper() + words[1:]

    @property
    def heading(self) -> str:
        """What stands above the questions: the page's own title, else the survey's, so that no label stands twice."""
        return self.title if self.page.title or self.entry else self.definition.title

    @cached_property
    def intro(self) -> str:
        return filled(self.page.intro, self.definition, self.before)

    def in_words(self, question: Question) -> str:
        """The answer to one of its questions as a person would say it; empty for none."""
        return in_words(self.definition, question.code, self.answers)

    def lines(self, question: Question) -> list[str]:
        """The same, each part of the answer on a line of its own."""
        return answer_lines(self.definition, question.code, self.answers)

    @property
    def may_add(self) -> bool:
        """Whether one more entry may be added."""
        return self.page.most_entries is None or len(self.entries) < self.page.most_entries


@dataclass
class Path:
    """What `walk` found.

    `answers` are those on the path, by key (see `definition.entry_key` for repeated pages); `missing` holds (step code,
    question code) pairs, the question code empty where an entry is missing.
    """

    definition: Definition
    pages: list[Step] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)
    # Keys of questions on the path that were shown and left blank: stored as None.
    left_blank: set[str] = field(default_factory=set)
    # Keys that hold a stored answer which no longer applies.
    off_path: list[str] = field(default_factory=list)

    def step(self, code: str) -> Step | None:
        """The step of this code, or None when it is not on the path."""
        return self._steps.get(code)

    def each(self) -> Iterator[Step]:
        """Every step that asks, entries of repeated pages one by one, in order."""
        for step in self.pages:
            yield from step.entries if step.is_list else (step,)

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

    def status(self, code: str) -> Status:
        """Where a step stands. One that was saved with all its optional questions left blank is completed, and so is
        one that has texts to read only; a list is when all its entries are and it has some or was left without."""
        step = self.step(code)
        if step is None:
            return Status.NOT_STARTED
        if step.is_list:
            return self._status_of_list(step)
        asked = [step.key(question.code) for question in step.questions if question.is_answered]
        answered = [key for key in asked if key in self.answers]
        if any(where == code for where, _ in self.missing):
            return Status.IN_PROGRESS if answered else Status.NOT_STARTED
        was_saved = any(key in self.left_blank for key in asked)
        return Status.COMPLETED if answered or was_saved or not asked else Status.NOT_STARTED

    def _status_of_list(self, step: Step) -> Status:
        lacks = {where for where, _ in self.missing}
        if step.code in lacks or lacks & {entry.code for entry in step.entries}:
            return Status.IN_PROGRESS if step.entries else Status.NOT_STARTED
        return Status.COMPLETED if step.entries or step.code in self.left_blank else Status.NOT_STARTED

    @property
    def is_complete(self) -> bool:
        """Whether nothing required is missing."""
        return not self.missing

    @cached_property
    def _steps(self) -> dict[str, Step]:
        return {one.code: one for step in self.pages for one in (step, *step.entries)}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {page.code: place for place, page in enumerate(self.definition.pages)}

    def _place(self, code: str) -> int:
        return self._places.get(code.partition(OF_ENTRY)[0], -1)


def walk(definition: Definition, answers: Mapping[str, Any], *, now: datetime | None = None) -> Path:
    """The path that these answers give through the survey; `answers` are keyed as in `submissions.models.Response`.

    A key that holds None says that the question was shown and left blank. After a repeated page, `${code of the page}`
    is the number of its entries.
    """
    path = Path(definition)
    # By plain code; what conditions and texts look at.
    seen: dict[str, Any] = {}
    scope = Scope(seen, label=label_reader(definition), now=now)
    for page in definition.pages:
        if not holds(page.relevance, scope):
            continue
        if page.repeats:
            _walk_entries(page, answers, path, scope)
            continue
        before = dict(seen)
        questions = _walk_questions(page, Step(page, (), definition), answers, path, scope)
        if page.intro or any(question.is_answered or question.kind in SHOWN_ONLY for question in questions):
            path.pages.append(Step(page, questions, definition, before, seen))
    path.off_path = [
        key
        for key, value in answers.items()
        if value not in kinds.BLANK and key not in path.answers and _names_a_question(definition, key)
    ]
    return path


def _walk_entries(page: Page, answers: Mapping[str, Any], path: Path, scope: Scope) -> None:
    """The list of a repeated page and its entries; nothing outside looks at the answers of an entry."""
    outside = dict(scope.answers)
    entries = []
    for place, number in enumerate(entry_numbers(page.code, answers)[: page.most_entries], 1):
        path.answers[entry_key(page.code, number)] = True
        inside = dict(outside)
        bare = Step(page, (), path.definition, entry=number, place=place)
        questions = _walk_questions(page, bare, answers, path, replace(scope, answers=inside))
        entries.append(Step(page, questions, path.definition, outside, inside, number, place))
    path.pages.append(Step(page, (), path.definition, outside, outside, entries=tuple(entries)))
    scope.answers[page.code] = len(entries)  # type: ignore[index]
    if page.code in answers:
        path.left_blank.add(page.code)
    if len(entries) < (page.least_entries or 0):
        path.missing.append((page.code, ""))


def _walk_questions(
    page: Page, step: Step, answers: Mapping[str, Any], path: Path, scope: Scope
) -> tuple[Question, ...]:
    asked = []
    for question in page.questions:
        if not holds(question.relevance, scope):
            continue
        question = as_shown(question, path.definition, scope)
        asked.append(question)
        if question.kind == "calculated":
            _calculate(question, step, path, scope)
        elif question.has_value:
            _take(question, step, answers, path, scope)
    return tuple(asked)


def _names_a_question(definition: Definition, key: str) -> bool:
    """Whether the key is that of an answer to a question: not of what stands beside one, nor of an entry."""
    code = key.rpartition(OF_ENTRY)[2]
    return definition.has_question(code) and (OF_ENTRY in key) == definition.page_of(code).repeats


def label_reader(definition: Definition) -> Any:
    """How conditions find the label of a choice: (question code, choice code) -> label, as its author wrote it."""
    written = definition.written

    def label(question_code: str, choice_code: str) -> str:
        if not written.has_question(question_code):
            return choice_code
        return written.question(question_code).choice_labels.get(choice_code, choice_code)

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
    lines = answer_lines(definition, code, answers)
    if len(lines) < 2:
        return lines[0] if lines else ""
    is_list = definition.question(code).kind in {"multiple", "address", "organisation", "location"}
    return (", " if is_list else "; ").join(lines)


def answer_lines(definition: Definition, code: str, answers: Mapping[str, Any]) -> list[str]:
    """The same, each part of the answer on a line of its own; empty for none."""
    if not definition.has_question(code):
        # The number of entries of a repeated page is all that a text can say of it.
        count = answers.get(code)
        return [str(count)] if isinstance(count, int) and not isinstance(count, bool) else []
    question = definition.question(code)
    value = accepted(question, answers.get(code))
    if value is None:
        return []
    labels = question.choice_labels

    def say(choice: str) -> str:
        written = answers.get(other_key(code)) if choice == OTHER and question.has_other else None
        return str(written or labels.get(choice, choice))

    lines = kinds.of(question).lines(question, value, say)
    if question.settings.get("comment") and (comment := answers.get(comment_key(code))):
        lines = [*lines, str(comment)]
    return lines


def accepted(question: Question, value: Any) -> Any:
    """The part of a stored answer that this version of the question still knows; None for nothing.

    A choice that a newer version removed no longer answers the question.
    """
    if value in kinds.BLANK or isinstance(value, bool):
        return None
    return kinds.of(question).accepted(question, value)


def is_missing(question: Question, value: Any) -> bool:
    """Whether a required question lacks (a part of) its answer."""
    return question.required and question.is_answered and kinds.of(question).is_missing(question, value)


def _take(question: Question, step: Step, answers: Mapping[str, Any], path: Path, scope: Scope) -> None:
    key = step.key(question.code)
    value = accepted(question, answers.get(key))
    if value is None and question.kind == "hidden":
        value = question.settings.get("default") or None
    if value is not None:
        path.answers[key] = scope.answers[question.code] = value  # type: ignore[index]
        for name in kinds.keys_beside(question, value):
            if written := answers.get(step.key(name)):
                path.answers[step.key(name)] = scope.answers[name] = written  # type: ignore[index]
    elif key in answers and question.is_answered:
        path.left_blank.add(key)
    if is_missing(question, value):
        path.missing.append((step.code, question.code))


def _calculate(question: Question, step: Step, path: Path, scope: Scope) -> None:
    try:
        value = evaluate(question.settings.get("calculation", ""), scope)
    except ExpressionError:
        return
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, list):
        value = " ".join(map(str, value))
    elif isinstance(value, float):
        value = None if not math.isfinite(value) else int(value) if value.is_integer() else value
    if value not in kinds.BLANK:
        path.answers[step.key(question.code)] = scope.answers[question.code] = value  # type: ignore[index]
