"""Late responses: kept, decided with a reason, and on time after all when the close is moved past them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.programme.models import Consultation
from consultations.submissions.lifecycle.judging import reject, restore
from consultations.submissions.lifecycle.rows import locked
from consultations.submissions.lifecycle.sending import timing_of
from consultations.submissions.models import LateDecision, Submission
from engagement.audit import trail
from engagement.core.errors import Refused

State = Submission.State
Timing = Submission.Timing
Outcome = LateDecision.Outcome


@transaction.atomic
def decide_late(submission_id: int, *, outcome: str, reason: str, actor: Any) -> LateDecision:
    """Say whether a late response counts. It is kept and reported either way; deciding again replaces the decision.

    Raises Refused without a reason, and for a response that is not late or was set aside for another reason.
    """
    submission = locked(submission_id)
    if submission.timing != Timing.LATE:
        raise Refused("This response is not late, so there is nothing to decide.")
    if outcome not in Outcome.values:
        raise Refused("Choose whether it counts.", field="outcome")
    if not reason.strip():
        raise Refused("Write why. The reason is kept with the response.", field="reason")
    before = LateDecision.objects.filter(submission=submission).first()
    is_left_out = submission.state == State.REJECTED and before is not None and before.outcome == Outcome.LEFT_OUT
    if not submission.is_counted and not is_left_out:
        raise Refused("This response is in no figure for another reason, so its lateness decides nothing.")
    if outcome == Outcome.LEFT_OUT and submission.is_counted:
        reject(submission_id, reason=reason, actor=actor)
    elif outcome == Outcome.COUNTS and is_left_out:
        restore(submission_id, actor=actor)
    decision, _ = LateDecision.objects.update_or_create(
        submission=submission,
        defaults={
            "outcome": outcome,
            "reason": reason.strip(),
            "decided_by": actor,
            "decided_at": timezone.now(),
        },
    )
    trail.record(
        "submission.lateness_decided",
        subject=submission,
        actor=actor,
        scope=submission.consultation.reference,
        before=before.outcome if before else "",
        after=outcome,
        reason=reason.strip(),
    )
    return decision


def retime(consultation: Consultation) -> int:
    """The close was moved, for all or for one partner: what came before the new moment is on time after all, and
    counts. What staff decided by hand about the day it came stays. Returns how many; twice changes nothing."""
    rows = Submission.objects.filter(
        consultation=consultation, timing=Timing.LATE, timing_reason="", submitted_at__isnull=False, is_test=False
    )
    return sum(_retime(pk) for pk in rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _retime(submission_id: int) -> bool:
    submission = locked(submission_id)
    at = submission.submitted_at
    if submission.timing != Timing.LATE or at is None or timing_of(submission, at) == Timing.LATE:
        return False
    decision = LateDecision.objects.filter(submission=submission).first()
    if decision is not None:
        if decision.outcome == Outcome.LEFT_OUT and submission.state == State.REJECTED:
            restore(submission_id)
        decision.delete()
    Submission.objects.filter(pk=submission_id).update(timing=Timing.ON_TIME, updated_at=timezone.now())
    trail.record("submission.came_in_time", subject=submission, scope=submission.consultation.reference)
    return True
