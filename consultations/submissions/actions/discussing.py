"""Comments among colleagues, and an earlier text put back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from consultations.submissions.actions.beside import save_statement
from consultations.submissions.actions.writing import save_section
from consultations.submissions.models import Comment, Response, ResponseRevision, StatementRevision, Submission
from consultations.submissions.queries import Place
from engagement.core.errors import Refused

MOST_COMMENTS = 2000


@transaction.atomic
def comment(
    submission_id: int, *, text: str, place: Place = (None, ""), question_code: str = "", actor: Any
) -> Comment:
    """Say something to the colleagues about a section, or about one question of it. Nobody else ever reads it."""
    submission = Submission.objects.select_for_update(of=("self",)).get(pk=submission_id)
    if submission.organisation_id is None:
        raise Refused(gettext("Comments are for colleagues of one organisation."))
    if not text.strip():
        raise Refused(gettext("Write your comment."), field="text")
    if submission.comments.count() >= MOST_COMMENTS:
        raise Refused(gettext("There are so many comments here that no more can be added."))
    return Comment.objects.create(
        submission=submission,
        survey_id=place[0],
        page=place[1],
        question_code=question_code,
        author=actor,
        text=text.strip(),
    )


@transaction.atomic
def resolve(comment_id: int, is_resolved: bool, *, actor: Any, now: datetime | None = None) -> Comment:
    """Mark a comment as dealt with, or open it again; doing it twice keeps who did it first."""
    found = Comment.objects.select_for_update(of=("self",)).get(pk=comment_id)
    if (found.resolved_at is not None) != is_resolved:
        found.resolved_at = (now or timezone.now()) if is_resolved else None
        found.resolved_by = actor if is_resolved else None
        found.save(update_fields=["resolved_at", "resolved_by", "updated_at"])
    return found


def restore_answer(response_id: int, number: int, code: str, *, actor: Any) -> Response:
    """Save an answer again as the save of this number had it; what stands now is kept in the history.

    Raises Refused for a save that does not hold this answer, and where nothing may be changed.
    """
    kinds = [*ResponseRevision.APPLIED, ResponseRevision.Kind.CONFLICT]
    row = ResponseRevision.objects.filter(response=response_id, number=number, kind__in=kinds).first()
    if row is None or code not in row.patch:
        raise Refused(gettext("There is no such text in the history. Look at it again."))
    return save_section(response_id, page_code=row.page, answers={code: row.patch[code]}, is_done=True, actor=actor)


def restore_statement(submission_id: int, number: int, *, actor: Any) -> Submission:
    """The same for the written statement."""
    row = StatementRevision.objects.filter(submission=submission_id, number=number).first()
    if row is None:
        raise Refused(gettext("There is no such text in the history. Look at it again."))
    return save_statement(submission_id, row.text, actor=actor)
