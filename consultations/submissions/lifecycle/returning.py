"""Back to the partner: reopened before the close, or withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext

from consultations.invitations import lifecycle as invitations
from consultations.programme.models import Consultation
from consultations.submissions import files, rules, tallies
from consultations.submissions.lifecycle import approving
from consultations.submissions.lifecycle.rows import locked, moved, set_aside, tell_invitations
from consultations.submissions.models import Approval, Response, ResponseRevision, Submission, TextAnswer
from engagement.audit import trail
from engagement.core.errors import Refused

State = Submission.State


@transaction.atomic
def reopen(submission_id: int, *, actor: Any = None, now: datetime | None = None) -> Submission:
    """Make a sent response a draft again, before the close; answers that had been left out come back from the log.

    Raises Refused after the close, and once officers have begun to work with it. A draft stays as it is.
    """
    now = now or timezone.now()
    submission = locked(submission_id)
    if submission.is_draft:
        return submission
    if reason := rules.why_not_reopen(submission, now):
        raise Refused(reason)
    if not submission.is_test:
        tallies.count(submission, by=-1)
        tell_invitations(invitations.mark_unanswered, submission, now)
    try:
        TextAnswer.objects.filter(submission=submission).delete()
    except ProtectedError as error:
        raise Refused(str(rules.IN_WORK)) from error
    for response in submission.responses.select_for_update(of=("self",)).order_by("pk"):
        response.data = files.without_gone(response, {**_replayed(response), **response.data})
        response.save(update_fields=["data", "updated_at"])
    submission.move_to(State.IN_PROGRESS)
    submission.submitted_at, submission.submitted_by, submission.timing = None, None, ""
    submission.confirmed_at, submission.is_changed_since = None, False
    submission.save(
        update_fields=[
            "state", "submitted_at", "submitted_by", "timing", "confirmed_at", "is_changed_since", "updated_at",
        ]
    )  # fmt: skip
    _drop_requests(submission, actor)
    trail.record("submission.reopened", subject=submission, actor=actor, scope=submission.consultation.reference)
    moved(submission)
    return submission


def _replayed(response: Response) -> dict[str, Any]:
    """The answers as they were last saved, on the path or off it."""
    data: dict[str, Any] = {}
    rows = response.revisions.filter(kind__in=ResponseRevision.APPLIED).order_by("number")
    for patch in rows.values_list("patch", flat=True):
        data.update(patch)
    return data


@transaction.atomic
def withdraw(submission_id: int, *, actor: Any = None, reason: str = "", now: datetime | None = None) -> Submission:
    """The partner takes it back, sent or not. It leaves every figure; what was sent is kept for the record."""
    submission = locked(submission_id)
    if submission.state == State.WITHDRAWN:
        return submission
    consultation = submission.consultation
    if consultation.state in {Consultation.State.REPORTED, Consultation.State.ARCHIVED} and not submission.is_draft:
        raise Refused(
            gettext("The results are out, so this response can no longer be withdrawn here. Write to %(us)s about it.")
            % {"us": consultation.contact_email or gettext("us")}
        )
    _drop_requests(submission, actor)
    return set_aside(submission, State.WITHDRAWN, "submission.withdrawn", actor=actor, reason=reason, now=now)


def _drop_requests(submission: Submission, actor: Any) -> None:
    """Nobody has to approve any more what was withdrawn or is being changed."""
    for approval in submission.approvals.filter(state=Approval.State.WAITING):
        approval.submission = submission
        approving.drop(approval, actor=actor)
