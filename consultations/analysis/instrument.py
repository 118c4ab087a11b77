"""One list of the questions that a survey ever asked, over all its versions.

Figures and exports take their rows and columns from here, never from the data: a choice that nobody ticked still has
its place, and a question that was retired keeps the one it had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from consultations.surveys.definition import Choice, Question, load
from consultations.surveys.models import Survey


@dataclass(frozen=True)
class AskedQuestion:
    """A question as it was last asked, with every choice and row it ever had, and the versions that asked it."""

    question: Question
    page_title: str
    # The code of its page when that can be filled in several times, else "".
    repeats: str
    first_version: int
    last_version: int
    is_retired: bool
    retired_choices: frozenset[str]


def asked_questions(survey: Survey) -> list[AskedQuestion]:
    """Every question of every published version, in the order of the newest version that has it.

    A question that is no longer asked stands behind the one it followed when it was.
    """
    versions = list(survey.versions.order_by("number"))
    merged: dict[str, AskedQuestion] = {}
    order: list[str] = []
    for version in versions:
        before: str | None = None
        newest: list[str] = []
        for page in load(version).pages:
            for question in page.questions:
                earlier = merged.get(question.code)
                choices, retired = _merge_choices(earlier, question)
                merged[question.code] = AskedQuestion(
                    question=replace(question, choices=choices, rows=_merge_rows(earlier, question)),
                    page_title=page.title,
                    repeats=page.code if page.repeats else "",
                    first_version=earlier.first_version if earlier else version.number,
                    last_version=version.number,
                    is_retired=False,
                    retired_choices=retired,
                )
                newest.append(question.code)
        # Questions of earlier versions that this one dropped keep their place behind their neighbour.
        for place, code in enumerate(order):
            if code not in newest:
                before = order[place - 1] if place else None
                newest.insert(newest.index(before) + 1 if before in newest else 0, code)
        order = newest
    last = versions[-1].number if versions else 0
    return [replace(merged[code], is_retired=merged[code].last_version < last) for code in order]


def _merge_choices(earlier: AskedQuestion | None, question: Question) -> tuple[tuple[Choice, ...], frozenset[str]]:
    now = {choice.code for choice in question.choices}
    dropped = tuple(choice for choice in earlier.question.choices if choice.code not in now) if earlier else ()
    return (*question.choices, *dropped), frozenset(choice.code for choice in dropped)


def _merge_rows(earlier: AskedQuestion | None, question: Question) -> tuple[Choice, ...]:
    now = {row.code for row in question.rows}
    dropped = tuple(row for row in earlier.question.rows if row.code not in now) if earlier else ()
    return (*question.rows, *dropped)
