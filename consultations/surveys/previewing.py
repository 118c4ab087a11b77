"""What a preview explains: every page of a survey with the reason why these answers lead to it or past it.

Pure, without a database. The path itself is `surveys.path.walk`; here its decisions are said in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from consultations.surveys.conditions import Scope, holds, in_words
from consultations.surveys.definition import OF_ENTRY, Definition, Page, Question
from consultations.surveys.entries import entry_numbers
from consultations.surveys.path import Path, Status, Step, label_reader, walk

LONGEST = 90


@dataclass(frozen=True)
class Remark:
    """One question and what decides over it."""

    label: str
    text: str


@dataclass(frozen=True)
class Outlined:
    """One page of the survey as the outline lists it. `reason` says why it is shown or not; empty when it always is."""

    code: str
    number: int
    title: str
    is_shown: bool
    reason: str = ""
    status: str = ""
    remarks: list[Remark] = field(default_factory=list)


def outline(path: Path) -> list[Outlined]:
    """Every page in the order of the survey, those off the path included."""
    return [_outlined(path, page, number) for number, page in enumerate(path.definition.pages, 1)]


def _outlined(path: Path, page: Page, number: int) -> Outlined:
    step = path.step(page.code)
    scope = scope_before(path, page)
    needed = in_words(page.relevance, path.definition)
    if step is not None:
        reason = f"Shown, because {needed}." if needed else ""
    elif not holds(page.relevance, scope):
        reason = f"Not shown, because it needs that {needed}."
    else:
        reason = "Not shown, because none of its questions applies."
    return Outlined(
        code=page.code,
        number=number,
        title=page_title(page, step),
        is_shown=step is not None,
        reason=reason,
        status=str(path.status(page.code)) if step is not None else "",
        remarks=_remarks(path, page, step, scope),
    )


def page_title(page: Page, step: Step | None) -> str:
    """What the page is called, with answers filled in where it is on the path."""
    if step is not None:
        return step.title
    return page.title or next((question.label for question in page.questions if question.is_answered), page.code)


def scope_before(path: Path, page: Page) -> Scope:
    """What the conditions of a page may look at: the answers of the pages before it that are on the path."""
    place = path.definition.pages.index(page)
    earlier = path.definition.pages[:place]
    answers = walk(replace(path.definition, pages=earlier), path.answers).answers
    seen = {key: value for key, value in answers.items() if OF_ENTRY not in key}
    counts = {one.code: len(entry_numbers(one.code, answers)) for one in earlier if one.repeats}
    return Scope({**seen, **counts}, label=label_reader(path.definition))


def _remarks(path: Path, page: Page, step: Step | None, scope: Scope) -> list[Remark]:
    """The questions with conditions: why each is shown or not, and which of their choices are left out."""
    shown = {question.code: question for question in step.questions} if step is not None else {}
    if page.repeats and step is not None:
        shown = {question.code: question for entry in step.entries for question in entry.questions}
    found = []
    for question in page.questions:
        needed = in_words(question.relevance, path.definition)
        label = question.label if len(question.label) <= LONGEST else f"{question.label[: LONGEST - 1]}…"
        if question.code not in shown and needed:
            found.append(Remark(label, f"Not shown, because it needs that {needed}."))
        elif needed:
            found.append(Remark(label, f"Shown, because {needed}."))
        left = len(question.choices) - len(shown.get(question.code, question).choices)
        if left and question.code in shown:
            found.append(
                Remark(label, f"{left} of its {len(question.choices)} choices are left out by earlier answers.")
            )
        if not question.is_answered and question.has_value:
            value = path.answers.get(question.code)
            what = "Comes with the link" if question.kind == "hidden" else "Is worked out"
            found.append(Remark(label, f"{what}: {value if value not in (None, '') else 'nothing so far'}."))
    return found


def step_off_path(path: Path, page: Page) -> Step:
    """The page as it would be asked, for looking at one that these answers do not lead to."""
    before = dict(scope_before(path, page).answers)
    questions = () if page.repeats else page.questions
    return Step(page, questions, path.definition, before, before)


def hidden_questions(definition: Definition) -> list[Question]:
    """The questions whose value a link brings; in a preview it is typed."""
    return [question for question in definition.questions() if question.kind == "hidden"]


def status_label(status: str) -> str:
    """How a state is said in the task list."""
    return {Status.NOT_STARTED: "Not started", Status.IN_PROGRESS: "In progress", Status.COMPLETED: "Completed"}[
        Status(status)
    ]
