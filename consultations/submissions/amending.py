"""Changes to what was sent provisionally: kept beside what was sent, until the approval that they wait for has come.

What counts and what staff read stays as it was sent. Each change is a save of its own in the log, of a kind of its own;
together they are pending since the last save that was applied.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from consultations.submissions.models import Response, ResponseRevision, Submission
from consultations.submissions.queries import Part, parts_of
from consultations.surveys.path import walk

Kind = ResponseRevision.Kind


def is_provisional(submission: Submission) -> bool:
    """Whether it was sent subject to an approval that has not come yet."""
    return submission.is_counted and submission.timing == Submission.Timing.PROVISIONAL


def pending(response: Response) -> dict[str, Any]:
    """The answers that are to be different, by key."""
    data: dict[str, Any] = {}
    rows = response.revisions.filter(kind__in=[*ResponseRevision.APPLIED, Kind.AMENDED]).order_by("number")
    for kind, patch in rows.values_list("kind", "patch"):
        data = {**data, **patch} if kind == Kind.AMENDED else {}
    return {key: value for key, value in data.items() if value != response.data.get(key)}


def pending_statement(submission: Submission) -> str | None:
    """The statement as it is to read; None where it stays as it is."""
    last = submission.statements.filter(is_applied=True).order_by("-number").values_list("number", flat=True).first()
    rows = submission.statements.filter(is_amendment=True, is_applied=False, number__gt=last or 0)
    text = rows.order_by("-number").values_list("text", flat=True).first()
    return None if text == submission.statement else text


def amended(part: Part) -> Part:
    """The survey as it would be with its pending changes."""
    if part.response is None or not (changes := pending(part.response)):
        return part
    return replace(part, path=walk(part.definition, {**part.response.data, **changes}))


def parts(submission: Submission) -> list[Part]:
    """What an approval is about: the text as it is, for a provisional response with its pending changes.

    The statement of `submission` is changed in memory only.
    """
    found = parts_of(submission)
    if not is_provisional(submission):
        return found
    text = pending_statement(submission)
    if text is not None:
        submission.statement = text
    return [amended(part) for part in found]


def changes_of(submission: Submission) -> list[tuple[Part, dict[str, Any]]]:
    """Each survey with pending changes, and these."""
    found = [(part, pending(part.response)) for part in parts_of(submission) if part.response is not None]
    return [(part, changes) for part, changes in found if changes]
