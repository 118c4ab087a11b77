"""What staff make of a response that was sent: accepted, a duplicate, rejected, brought back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from consultations.invitations import lifecycle as invitations
from consultations.submissions import tallies
from consultations.submissions.lifecycle.rows import locked, moved, set_aside, tell_invitations
from consultations.submissions.models import Submission
from engagement.audit import trail
from engagement.core.errors import Refused

State = Submission.State


@transaction.atomic
def accept(submission_id: int, *, actor: Any = None) -> Submission:
    """A member of staff has looked at it: it is what it says it is. Accepting twice changes nothing."""
    submission = locked(submission_id)
    if submission.state == State.ACCEPTED:
        return submission
    submission.move_to(State.ACCEPTED)
    submission.save(update_fields=["state", "updated_at"])
    trail.record("submission.accepted", subject=submission, actor=actor, scope=submission.consultation.reference)
    return submission


@transaction.atomic
def mark_duplicate(submission_id: int, *, reason: str, actor: Any = None) -> Submission:
    """It says again what another submission says: out of every figure, kept, with the reason."""
    return set_aside(
        locked(submission_id),
        State.DUPLICATE,
        "submission.marked_duplicate",
        actor=actor,
        reason=reason,
        is_asked=True,
    )


@transaction.atomic
def reject(submission_id: int, *, reason: str, actor: Any = None) -> Submission:
    """It is no answer to this consultation: out of every figure, kept, with the reason."""
    return set_aside(
        locked(submission_id), State.REJECTED, "submission.rejected", actor=actor, reason=reason, is_asked=True
    )


@transaction.atomic
def restore(submission_id: int, *, actor: Any = None, now: datetime | None = None) -> Submission:
    """What was set aside as a duplicate or rejected counts again; raises Refused when another one took its place."""
    submission = locked(submission_id)
    if submission.state not in {State.DUPLICATE, State.REJECTED}:
        raise Refused("This response was not set aside, so there is nothing to bring back.")
    submission.move_to(State.SUBMITTED)
    submission.set_aside_reason = ""
    try:
        with transaction.atomic():
            submission.save(update_fields=["state", "set_aside_reason", "updated_at"])
    except IntegrityError as error:
        raise Refused(
            "This partner has another response by now, and each has one. Mark that one as a duplicate first."
        ) from error
    if not submission.is_test:
        tallies.count(submission, by=1)
        tell_invitations(invitations.mark_responded, submission, now or timezone.now())
    trail.record("submission.restored", subject=submission, actor=actor, scope=submission.consultation.reference)
    moved(submission)
    return submission
