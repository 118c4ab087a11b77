"""A paper keyed a second time, by somebody who does not see what the first one typed, and what differs then.

It is kept in the log of each response: rows of the kind “second” hold what was keyed, as patches like any save; one
row “compared” ends it and holds what differs, {key: {"first": …, "second": …}}; a row “settled” that settles this one
says what was chosen. A response is keyed a second time once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from consultations.submissions import queries
from consultations.submissions.models import Response, ResponseRevision, Submission
from consultations.surveys import kinds, paper
from consultations.surveys.definition import OF_ENTRY, Definition, comment_key, load, other_key
from consultations.surveys.entries import plain_answers
from consultations.surveys.path import Path, answer_lines, walk
from engagement.core.errors import Refused

Kind = ResponseRevision.Kind


@dataclass
class Keyed:
    """The second keying of one survey. `numbered` has the numbers on the paper before its questions."""

    response: Response
    numbered: Definition
    answers: dict[str, Any]
    compared: ResponseRevision | None = None
    settled: ResponseRevision | None = None

    @property
    def path(self) -> Path:
        return walk(self.numbered, self.answers)


@dataclass
class Keying:
    """The second keying of a whole submission. `by` is None while nobody has begun one."""

    submission: Submission
    by: Any = None
    surveys: list[Keyed] = field(default_factory=list)

    @property
    def is_begun(self) -> bool:
        return self.by is not None

    @property
    def is_finished(self) -> bool:
        return self.is_begun and all(one.compared is not None for one in self.surveys)

    @property
    def is_settled(self) -> bool:
        return self.is_finished and all(one.settled is not None or not one.compared.patch for one in self.surveys)  # type: ignore[union-attr]

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done with it."""
        return self.is_begun and not self.is_settled

    def hides_from(self, user: Any) -> bool:
        """Whether this person is keying now, and so must not see what the first one typed."""
        return self.is_begun and not self.is_finished and self.by == user

    def survey(self, code: str) -> Keyed | None:
        return next((one for one in self.surveys if one.response.survey.code == code), None)


def of(submission: Submission) -> Keying:
    """The second keying of this submission, as it stands: two queries."""
    keying = Keying(submission)
    responses = {response.pk: response for response in queries.responses_of(submission)}
    kept: dict[int, Keyed] = {}
    for row in rows(submission):
        if row.kind == Kind.SETTLED:
            found = kept.get(row.response_id)
            if found is not None and found.compared is not None and row.settles == found.compared.number:
                found.settled = row
            continue
        keying.by = row.actor if row.kind == Kind.SECOND else keying.by
        if row.response_id not in kept:
            response = responses[row.response_id]
            response.submission = submission
            kept[row.response_id] = Keyed(response, paper.numbered(load(response.version)), {})
        if row.kind == Kind.SECOND:
            answers = {**kept[row.response_id].answers, **row.patch}
            kept[row.response_id].answers = {key: value for key, value in answers.items() if value is not None}
        else:
            kept[row.response_id].compared = row
    keying.surveys = sorted(kept.values(), key=lambda one: (one.response.survey.order, one.response.survey_id))
    return keying


def rows(submission: Submission) -> QuerySet[ResponseRevision]:
    """What the log holds of it, oldest first."""
    wanted = [Kind.SECOND, Kind.COMPARED, Kind.SETTLED]
    found = ResponseRevision.objects.filter(response__submission=submission, kind__in=wanted)
    return found.select_related("actor").order_by("response", "number")


def refuse_open(submission: Submission) -> None:
    """Raises Refused while a second keying is under way or its differences wait to be settled."""
    keying = of(submission)
    if keying.is_open:
        raise Refused(
            f"{keying.by} is keying this a second time. It can be accepted when that is done."
            if not keying.is_finished
            else "The two keyings differ. Settle the differences first."
        )


# --- what differs ------------------------------------------------------------------------------------------


def differences(definition: Definition, first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """{key: {"first": …, "second": …}} of every answer on the path of either that differs in more than its spaces."""
    one, two = walk(definition, first).answers, walk(definition, second).answers
    found = {}
    for key in _in_order(definition, [*one, *two]):
        mine, theirs = one.get(key), two.get(key)
        if _plain(mine) != _plain(theirs) and not _holds_files(definition, key):
            found[key] = {"first": mine, "second": theirs}
    return found


def _plain(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _code(definition: Definition, key: str) -> tuple[str, str]:
    """The question that a key belongs to, and which text beside its answer it is: "", "other" or "comment"."""
    code = key.rpartition(OF_ENTRY)[2]
    if definition.has_question(code):
        return code, ""
    for question in definition.questions():
        if code == other_key(question.code):
            return question.code, "other"
        if code == comment_key(question.code):
            return question.code, "comment"
    return "", ""


def _holds_files(definition: Definition, key: str) -> bool:
    code, _ = _code(definition, key)
    return bool(code) and kinds.of(definition.question(code)).holds_files


def _in_order(definition: Definition, keys: list[str]) -> list[str]:
    places = {question.code: place for place, question in enumerate(definition.questions())}
    unique = dict.fromkeys(keys)
    return sorted(unique, key=lambda key: (places.get(_code(definition, key)[0], len(places)), key))


@dataclass(frozen=True)
class Difference:
    """One answer that differs, in words; `name` is the field that asks which one stands."""

    name: str
    survey_code: str
    key: str
    label: str
    first: str
    second: str


def to_settle(keying: Keying) -> list[Difference]:
    """What has to be settled, survey by survey in the order of the paper."""
    found: list[Difference] = []
    for one in keying.surveys:
        if one.compared is None or one.settled is not None:
            continue
        for key, values in one.compared.patch.items():
            found.append(
                Difference(
                    name=f"choice-{len(found) + 1}",
                    survey_code=one.response.survey.code,
                    key=key,
                    label=_label(one.numbered, key),
                    first=_words(one.numbered, key, values["first"], one.response.data),
                    second=_words(one.numbered, key, values["second"], one.answers),
                )
            )
    return found


def _label(definition: Definition, key: str) -> str:
    code, beside = _code(definition, key)
    if not code:
        page, _, number = key.partition(OF_ENTRY)
        name = definition.page(page).entry_name or definition.page(page).title or page
        return f"{name[:1].upper()}{name[1:]} {number}"
    label = definition.question(code).label
    entry = key.split(OF_ENTRY)[1] if OF_ENTRY in key else ""
    label = f"{label} ({entry})" if entry else label
    return f"{label}: {gettext('Other') if beside == 'other' else gettext('comment')}" if beside else label


def _words(definition: Definition, key: str, value: Any, answers: Mapping[str, Any]) -> str:
    code, beside = _code(definition, key)
    if value in (None, "", [], {}):
        return ""
    if not code:
        return gettext("Yes") if value is True else str(value)
    if beside:
        return str(value)
    return "\n".join(answer_lines(definition, code, {**plain_answers(answers, key), code: value}))
