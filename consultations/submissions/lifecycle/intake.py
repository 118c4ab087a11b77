"""What staff type in from letters, e-mails and calls: handed over, checked by somebody else, or sent back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from consultations.submissions import keying, queries
from consultations.submissions.lifecycle.acknowledging import acknowledge
from consultations.submissions.lifecycle.rows import locked
from consultations.submissions.lifecycle.sending import submit
from consultations.submissions.models import Acknowledgement, Submission
from engagement.audit import trail
from engagement.core.errors import Refused

State = Submission.State


@transaction.atomic
def hand_over(submission_id: int, *, actor: Any = None) -> Submission:
    """The one who typed it in is done; it waits for somebody else to check it against the original."""
    submission = locked(submission_id)
    if submission.state == State.AWAITING_APPROVAL:
        return submission
    if not submission.confidentiality:
        raise Refused("Say first whether we may publish it. If the sender does not say, choose “Do not publish”.")
    parts = [part for part in queries.parts_of(submission) if part.is_begun]
    if not parts and not submission.statement.strip() and not submission.evidence.exists():
        raise Refused("There is nothing to check yet. Type in answers or a statement, or attach the original.")
    submission.move_to(State.AWAITING_APPROVAL)
    submission.save(update_fields=["state", "updated_at"])
    trail.record("submission.typed_in", subject=submission, actor=actor, scope=submission.consultation.reference)
    return submission


@transaction.atomic
def accept_typed_in(submission_id: int, *, actor: Any, now: datetime | None = None) -> Submission:
    """Somebody else has compared it with the original: now it is a submission, on time or late by the day it came.

    A sender whose address we know is told by e-mail, unless they were told before.
    Raises Refused when the one who checks is the one who typed it in.
    """
    submission = locked(submission_id)
    if submission.state in Submission.COUNTED:
        return submission
    if submission.state != State.AWAITING_APPROVAL:
        raise Refused("This response is still being typed in. It can be checked when that is done.")
    if actor is None or submission.entered_by_id == actor.pk:
        raise Refused("You typed this in, so somebody else has to check it.")
    keying.refuse_open(submission)
    accepted = submit(submission_id, actor=actor, now=now)
    if accepted.respondent_email:
        acknowledge(submission_id, how=Acknowledgement.How.EMAIL, actor=actor, now=now)
    return accepted


@transaction.atomic
def send_back(submission_id: int, *, actor: Any, reason: str) -> Submission:
    """The one who checks found something to correct."""
    submission = locked(submission_id)
    if submission.state != State.AWAITING_APPROVAL:
        raise Refused("This response is not waiting to be checked.")
    if not reason.strip():
        raise Refused("Write what is to be corrected.", field="reason")
    submission.move_to(State.IN_PROGRESS)
    submission.set_aside_reason = reason.strip()
    submission.save(update_fields=["state", "set_aside_reason", "updated_at"])
    trail.record("submission.sent_back", subject=submission, actor=actor, scope=submission.consultation.reference)
    return submission
