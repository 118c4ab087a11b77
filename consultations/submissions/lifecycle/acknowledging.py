"""The sender of what came by another channel is told that it arrived; and staff decide whether it came in time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.submissions import emails, queries
from consultations.submissions.lifecycle.rows import locked
from consultations.submissions.models import Acknowledgement, Submission
from engagement.audit import trail
from engagement.core.errors import Refused


@transaction.atomic
def acknowledge(submission_id: int, *, how: str, actor: Any, now: datetime | None = None) -> Acknowledgement:
    """Write down that the sender has the reference; by e-mail, send it. Doing it again changes nothing.

    Raises Refused for a response that came online (it has its receipt), for one that was taken back, and by e-mail
    where no address is known.
    """
    submission = locked(submission_id)
    found = Acknowledgement.objects.filter(submission=submission).first()
    if found is not None:
        return found
    if not submission.is_intake:
        raise Refused("Whoever answered online has a receipt. Only letters, e-mails, calls and meetings need this.")
    if submission.state in {Submission.State.WITHDRAWN, Submission.State.LAPSED}:
        raise Refused("This response was taken back, so there is nothing to acknowledge.")
    if how == Acknowledgement.How.EMAIL and not submission.respondent_email:
        raise Refused("We have no e-mail address of the sender. Print the letter instead.", field="how")
    row = Acknowledgement.objects.create(
        submission=submission, how=how, at=now or timezone.now(), actor=queries.account_of(actor)
    )
    if how == Acknowledgement.How.EMAIL:
        emails.acknowledgement(submission)
    trail.record(
        "submission.acknowledged", subject=submission, actor=actor, scope=submission.consultation.reference, how=how
    )
    return row


@transaction.atomic
def decide_timing(submission_id: int, *, timing: str, reason: str, actor: Any) -> Submission:
    """Count a response that came by another channel as on time or as late, whatever the day it came says.

    As when a letter was posted in time and came late. It is reported either way. Raises Refused without a reason.
    """
    submission = locked(submission_id)
    if not submission.is_intake or submission.timing not in {Submission.Timing.ON_TIME, Submission.Timing.LATE}:
        raise Refused("Only what came by another channel and was accepted is decided about here.")
    if timing not in {Submission.Timing.ON_TIME, Submission.Timing.LATE}:
        raise Refused("Choose whether it counts as on time or as late.", field="timing")
    if not reason.strip():
        raise Refused("Write why. The reason is kept with the response.", field="reason")
    before = submission.timing
    submission.timing, submission.timing_reason = timing, reason.strip()
    submission.save(update_fields=["timing", "timing_reason", "updated_at"])
    trail.record(
        "submission.timing_decided",
        subject=submission,
        actor=actor,
        scope=submission.consultation.reference,
        before=before,
        after=timing,
        reason=reason.strip(),
    )
    return submission
