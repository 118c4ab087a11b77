"""Every save of a response as its people read it: who changed what when, and what stood there before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from consultations.submissions.differences import Run, runs
from consultations.submissions.models import ResponseRevision, Submission
from consultations.submissions.queries import Part
from consultations.surveys import kinds
from consultations.surveys.definition import OF_ENTRY, Definition
from consultations.surveys.entries import plain_answers
from consultations.surveys.path import in_words

Kind = ResponseRevision.Kind
WORDS = {
    Kind.SAVED: gettext_lazy("Saved"),
    Kind.CONFLICT: gettext_lazy("Kept beside a colleague’s answer"),
    Kind.SETTLED: gettext_lazy("Chosen between two answers"),
    Kind.SENT: gettext_lazy("Left out when it was sent"),
    Kind.AMENDED: gettext_lazy("Changed after it was sent provisionally"),
}


@dataclass(frozen=True)
class Change:
    """One answer that a save touched, in words; `key` names it, and is empty where it cannot be put back."""

    key: str
    label: str
    before: str
    after: str
    # Not a change of the answers: what was kept beside those that stand.
    is_aside: bool = False

    @property
    def runs(self) -> list[Run]:
        """The difference word by word."""
        return runs(self.before, self.after)


@dataclass(frozen=True)
class Save:
    """One save of one page; `title` is empty for the written statement."""

    number: int
    at: datetime
    actor: Any
    words: str
    title: str
    changes: list[Change] = field(default_factory=list)


def of_answers(part: Part, *, question: str = "") -> list[Save]:
    """Every save of a survey that changed something, newest first; with `question`, only what touched this one."""
    if part.response is None:
        return []
    data: dict[str, Any] = {}
    saves = []
    rows = part.response.revisions.filter(kind__in=WORDS).select_related("actor").order_by("number")
    for row in rows:
        is_aside = row.kind in (Kind.CONFLICT, Kind.SENT, Kind.AMENDED)
        changes = list(_changes(part.definition, data, row, question, is_aside=is_aside))
        if row.kind in ResponseRevision.APPLIED:
            data.update(row.patch)
        if changes:
            kind = str(WORDS[Kind(row.kind)])
            saves.append(Save(row.number, row.at, row.actor, kind, _title(part, row.page), changes))
    return saves[::-1]


def of_statement(submission: Submission) -> list[Save]:
    """Every save of the written statement, newest first."""
    saves = []
    before = ""
    for row in submission.statements.select_related("actor").order_by("number"):
        kind = Kind.SAVED if row.is_applied else Kind.AMENDED if row.is_amendment else Kind.CONFLICT
        change = Change("statement", gettext("Written statement"), before, row.text, is_aside=not row.is_applied)
        saves.append(Save(row.number, row.at, row.actor, str(WORDS[kind]), "", [change]))
        if row.is_applied:
            before = row.text
    return saves[::-1]


def _changes(
    definition: Definition, data: dict[str, Any], row: ResponseRevision, wanted: str, *, is_aside: bool
) -> Iterator[Change]:
    after = {**data, **row.patch}
    for key, value in row.patch.items():
        code = question_of(key)
        if wanted not in ("", code):
            continue
        old, new = words(definition, data, key), words(definition, after, key)
        if old == new and not is_aside:
            continue
        label = label_of(definition, key)
        if not label:
            continue
        holds_files = definition.has_question(code) and kinds.of(definition.question(code)).holds_files
        may_restore = row.kind not in (Kind.SENT, Kind.AMENDED) and not holds_files and value not in kinds.BLANK
        yield Change(key if may_restore else "", label, old, new, is_aside=is_aside)


def question_of(key: str) -> str:
    """The code of the question in the key of an answer, of what stands beside it, or of an answer in an entry."""
    return key.rpartition(OF_ENTRY)[2].removesuffix("__other").removesuffix("__comment")


def label_of(definition: Definition, key: str) -> str:
    """What the key holds, as the page asks for it; empty for what is no answer."""
    plain, code = key.rpartition(OF_ENTRY)[2], question_of(key)
    if not definition.has_question(code):
        return "" if plain.isdecimal() else gettext("A question that is not asked any more")
    beside = {"__other": gettext(" (other)"), "__comment": gettext(" (comment)")}.get(plain.removeprefix(code), "")
    return f"{definition.question(code).label}{beside}"


def words(definition: Definition, data: dict[str, Any], key: str) -> str:
    """The answer under this key in words; empty for none."""
    plain = key.rpartition(OF_ENTRY)[2]
    value = data.get(key)
    if value in kinds.BLANK:
        return ""
    if plain.endswith(("__other", "__comment")) or not definition.has_question(plain):
        return str(value)
    return in_words(definition, plain, {**plain_answers(data, key), plain: value})


def _title(part: Part, page: str) -> str:
    step = part.path.step(page) or part.path.step(page.partition(OF_ENTRY)[0])
    if step is not None:
        return step.title
    known = {one.code: one.title for one in part.definition.pages}
    return known.get(page.partition(OF_ENTRY)[0], "") or part.definition.title
