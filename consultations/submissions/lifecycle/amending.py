"""Changing what was sent provisionally, and taking the changes over when they are approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext

from consultations.submissions import amending, queries, tallies
from consultations.submissions.lifecycle.rows import locked
from consultations.submissions.lifecycle.sending import freeze, lacking
from consultations.submissions.models import Approval, ResponseRevision, StatementRevision, Submission, TextAnswer
from consultations.surveys import kinds
from engagement.core.errors import Refused

Kind = ResponseRevision.Kind


def _refuse(submission: Submission) -> None:
    if not amending.is_provisional(submission):
        raise Refused(
            gettext(
                "Only what was sent provisionally, and is not confirmed yet, can be changed here. What you typed "
                "was not saved; it stands below."
            )
        )
    waiting = submission.approvals.filter(state=Approval.State.WAITING).first()
    if waiting is not None and not waiting.body:
        raise Refused(
            gettext(
                "%(name)s was asked to approve the response as it stands. Take the request back before you change "
                "it. What you typed was not saved; it stands below."
            )
            % {"name": waiting.approver_name}
        )


@transaction.atomic
def amend(
    submission_id: int,
    survey_code: str,
    *,
    page_code: str,
    answers: Mapping[str, Any],
    revision: int | None = None,
    actor: Any,
    now: datetime | None = None,
) -> None:
    """Keep other answers beside those that were sent provisionally; nothing of what counts changes yet.

    Raises Refused when a colleague changed the same answers since `revision`, and while a person has been asked.
    """
    submission = locked(submission_id)
    _refuse(submission)
    part = queries.part_of(submission, survey_code)
    if part is None or part.response is None:
        raise Refused(gettext("This survey is not part of the response."))
    response = part.response
    stands = {**response.data, **amending.pending(response)}
    patch = {
        key: value
        for key, value in answers.items()
        if value != stands.get(key) and not (value in kinds.BLANK and stands.get(key) in kinds.BLANK)
    }
    if not patch:
        return
    since = response.revisions.filter(kind=Kind.AMENDED, number__gt=revision if revision is not None else 10**9)
    if any(patch.keys() & theirs.keys() for theirs in since.values_list("patch", flat=True)):
        raise Refused(
            gettext(
                "A colleague changed the same answers meanwhile. Their text is in the history. Save again to let "
                "yours stand instead."
            )
        )
    response.revision += 1
    response.save(update_fields=["revision", "updated_at"])
    ResponseRevision.objects.create(
        response=response,
        number=response.revision,
        at=now or timezone.now(),
        actor=actor,
        kind=Kind.AMENDED,
        page=page_code,
        patch=patch,
    )


@transaction.atomic
def amend_statement(submission_id: int, text: str, *, actor: Any, now: datetime | None = None) -> None:
    """The same for the written statement."""
    submission = locked(submission_id)
    _refuse(submission)
    stands = amending.pending_statement(submission)
    if text == (submission.statement if stands is None else stands):
        return
    submission.statement_revision += 1
    submission.save(update_fields=["statement_revision", "updated_at"])
    StatementRevision.objects.create(
        submission=submission,
        number=submission.statement_revision,
        at=now or timezone.now(),
        actor=actor,
        text=text,
        is_applied=False,
        is_amendment=True,
    )


def take_over(submission: Submission, *, actor: Any, now: datetime) -> bool:
    """Let the pending changes be the response; the caller holds the submission. Whether there were any.

    Raises Refused while something required is missing, and once officers have begun to code its texts.
    """
    changes = amending.changes_of(submission)
    text = amending.pending_statement(submission)
    if not changes and text is None:
        return False
    tallies.count(submission, by=-1)
    try:
        TextAnswer.objects.filter(submission=submission).delete()
    except ProtectedError as error:
        raise Refused(
            gettext(
                "Our officers have begun to work with this response, so changes cannot be taken over here any "
                "more. Write to %(us)s about them."
            )
            % {"us": submission.consultation.contact_email or gettext("us")}
        ) from error
    for part, patch in changes:
        response = part.response
        assert response is not None
        response.data = {**response.data, **patch}
        response.revision += 1
        response.save(update_fields=["data", "revision", "updated_at"])
        ResponseRevision.objects.create(
            response=response, number=response.revision, at=now, actor=actor, kind=Kind.SAVED, patch=patch
        )
    if text is not None:
        submission.statement_revision += 1
        submission.statement = text
        submission.save(update_fields=["statement", "statement_revision", "updated_at"])
        StatementRevision.objects.create(
            submission=submission, number=submission.statement_revision, at=now, actor=actor, text=text
        )
    parts = [part for part in queries.parts_of(submission) if part.is_begun]
    if lacks := lacking(submission, parts):
        raise Refused(" ".join(lacks))
    freeze(submission, parts, actor=actor, now=now)
    tallies.count(submission, by=1)
    return True
