"""Sign-off: asked for, taken back, given, refused with reasons, entered for a body that met."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from consultations.submissions import amending, emails, signoff
from consultations.submissions.lifecycle.amending import take_over
from consultations.submissions.lifecycle.rows import locked
from consultations.submissions.lifecycle.sending import lacking
from consultations.submissions.models import Approval, Submission
from engagement.accounts.actions import ensure_user
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders.models import Contact
from engagement.stakeholders.queries import contact_of

State = Submission.State


@transaction.atomic
def ask(
    submission_id: int,
    *,
    actor: Any,
    approver: Contact | None = None,
    approver_name: str = "",
    body: str = "",
    meets_on: date | None = None,
    note: str = "",
    now: datetime | None = None,
) -> Approval:
    """Ask a person, or a body that meets on a day, to approve the text as it stands. Until then nobody changes it.

    Raises Refused while something is missing or another request waits, for oneself, for somebody of our staff, and
    for a day that is over.
    """
    submission = locked(submission_id)
    if not signoff.has_signoff(submission):
        raise Refused(gettext("Only a response of an organisation is approved by somebody."))
    is_provisional = submission.is_counted and submission.timing == Submission.Timing.PROVISIONAL
    if not submission.is_draft and not is_provisional:
        raise Refused(gettext("This response was sent already, so nobody has to approve it any more."))
    statement = submission.statement
    parts = amending.parts(submission)
    if lacks := lacking(submission, parts):
        raise Refused(" ".join(lacks))
    standing = signoff.of(submission, parts)
    if standing.waiting is not None:
        raise Refused(
            gettext("%(whom)s was asked already. Take that request back before you ask somebody else.")
            % {"whom": standing.words}
        )
    _refuse_whom(actor, approver, meets_on, now)
    found = Approval.objects.create(
        submission=submission,
        requested_by=actor,
        approver=approver,
        approver_name=approver_name.strip() or (approver.name if approver else ""),
        body=body.strip(),
        meets_on=meets_on,
        note=note.strip(),
        fingerprint=signoff.fingerprint(submission, parts),
        provisional_since=submission.submitted_at if is_provisional else None,
    )
    submission.needs_approval, submission.statement = True, statement
    if submission.is_draft:
        submission.move_to(State.AWAITING_APPROVAL)
    submission.save(update_fields=["state", "needs_approval", "updated_at"])
    _record("submission.approval_asked", found, actor, body=found.body, meets_on=found.meets_on)
    if approver is not None:
        ensure_user(approver.email, found.approver_name)
    emails.approval_asked(found)
    return found


def _refuse_whom(actor: Any, approver: Contact | None, meets_on: date | None, now: datetime | None) -> None:
    if approver is not None and (approver.user_id == actor.pk or approver == contact_of(actor)):
        raise Refused(gettext("Nobody approves their own work. Choose somebody else."), field="whom")
    if approver is not None and approver.user is not None and approver.user.is_staff_member:
        raise Refused(
            gettext("This person works for us, and we do not read a response before it is sent. Choose somebody else."),
            field="whom",
        )
    if meets_on is not None and meets_on < timezone.localdate(now):
        raise Refused(gettext("This day is over. Write the day of the next meeting."), field="meets_on")


def _held(approval_id: int) -> Approval:
    """The request as it stands now, with the row of its submission locked."""
    submission = locked(Approval.objects.values_list("submission_id", flat=True).get(pk=approval_id))
    found = Approval.objects.select_related("approver__user", "requested_by").get(pk=approval_id)
    found.submission = submission
    return found


@transaction.atomic
def take_back(approval_id: int, *, actor: Any) -> Approval:
    """The request is off, and a draft can be changed again. Taking it back twice changes nothing."""
    found = _held(approval_id)
    if found.state != Approval.State.WAITING:
        return found
    drop(found, actor=actor)
    if found.submission.state == State.AWAITING_APPROVAL:
        _to_draft(found.submission)
    return found


def drop(approval: Approval, *, actor: Any) -> None:
    """Mark a request that waits as taken back; the caller holds the submission."""
    approval.state = Approval.State.TAKEN_BACK
    approval.save(update_fields=["state", "updated_at"])
    _record("submission.approval_taken_back", approval, actor, body=approval.body)


@transaction.atomic
def approve(approval_id: int, *, actor: Any, now: datetime | None = None) -> Approval:
    """The person who was asked approves the text. What had been sent provisionally is confirmed by it.

    Raises Refused for anybody else, for those who asked for it or wrote part of the text, and when the text is not
    the one that it was asked for.
    """
    found = _held(approval_id)
    if found.state == Approval.State.APPROVED and found.decided_by_id == actor.pk:
        return found
    _refuse_decision(found, actor)
    if found.requested_by_id == actor.pk or signoff.wrote(found.submission, actor):
        raise Refused(gettext("You wrote part of this response, so somebody else has to approve it."))
    statement = found.submission.statement
    parts = amending.parts(found.submission)
    is_same = found.fingerprint == signoff.fingerprint(found.submission, parts)
    found.submission.statement = statement
    if not is_same:
        raise Refused(gettext("The response is not the one any more that you were asked about. Return it, and say so."))
    return _decide(found, Approval.State.APPROVED, actor, now)


@transaction.atomic
def return_to_writers(approval_id: int, *, reasons: str, actor: Any, now: datetime | None = None) -> Approval:
    """The person who was asked does not approve the text, and says why; a draft can be changed again."""
    found = _held(approval_id)
    if found.state == Approval.State.RETURNED and found.decided_by_id == actor.pk:
        return found
    _refuse_decision(found, actor)
    if not reasons.strip():
        raise Refused(gettext("Write what has to be changed."), field="reasons")
    found.reasons = reasons.strip()
    return _decide(found, Approval.State.RETURNED, actor, now)


@transaction.atomic
def enter_decision(
    approval_id: int,
    *,
    is_approved: bool,
    decided_on: date,
    minute_reference: str,
    reasons: str = "",
    actor: Any,
    now: datetime | None = None,
) -> Approval:
    """What a body decided, entered by those who lead the response, with the day and where it stands in the minutes.

    Raises Refused for a request to a person, who decides in person, and for a day that is still to come.
    """
    found = _held(approval_id)
    if not found.body:
        raise Refused(gettext("%(name)s decides in person.") % {"name": found.approver_name})
    if found.state != Approval.State.WAITING:
        raise Refused(gettext("This request was decided or taken back already."))
    if decided_on > timezone.localdate(now):
        raise Refused(gettext("This day is still to come. Enter the decision when it was made."), field="decided_on")
    if not minute_reference.strip():
        raise Refused(gettext("Write where the decision stands in the minutes."), field="minute_reference")
    if not is_approved and not reasons.strip():
        raise Refused(gettext("Write what has to be changed."), field="reasons")
    found.decided_on, found.minute_reference = decided_on, minute_reference.strip()
    found.reasons = "" if is_approved else reasons.strip()
    return _decide(found, Approval.State.APPROVED if is_approved else Approval.State.RETURNED, actor, now)


def _refuse_decision(approval: Approval, actor: Any) -> None:
    contact = contact_of(actor)
    if approval.approver_id is None or contact is None or contact.pk != approval.approver_id:
        raise Refused(gettext("Only %(name)s can decide this.") % {"name": approval.by_whom})
    if approval.state != Approval.State.WAITING:
        raise Refused(gettext("This request was decided or taken back already."))


def _decide(approval: Approval, state: str, actor: Any, now: datetime | None) -> Approval:
    now = now or timezone.now()
    approval.state, approval.decided_at, approval.decided_by = state, now, actor
    approval.save(
        update_fields=[
            "state", "decided_at", "decided_by", "decided_on", "minute_reference", "reasons", "updated_at",
        ]
    )  # fmt: skip
    is_approved = state == Approval.State.APPROVED
    told = {"body": approval.body, "minute": approval.minute_reference}
    if is_approved:
        _record("submission.approved", approval, actor, **told)
    else:
        _record("submission.approval_refused", approval, actor, **told)
    submission = approval.submission
    if submission.state == State.AWAITING_APPROVAL:
        _to_draft(submission)
    elif is_approved and submission.is_counted and submission.timing == Submission.Timing.PROVISIONAL:
        is_changed = take_over(submission, actor=actor, now=now)
        confirm(submission, is_changed=is_changed, actor=actor, now=now)
    emails.approval_decided(approval)
    return approval


def confirm(submission: Submission, *, is_changed: bool, actor: Any, now: datetime) -> None:
    """What was sent provisionally, on time, is confirmed; the caller holds the submission."""
    submission.timing = Submission.Timing.ON_TIME
    submission.confirmed_at, submission.is_changed_since = now, is_changed
    submission.save(update_fields=["timing", "confirmed_at", "is_changed_since", "updated_at"])
    trail.record(
        "submission.confirmed",
        subject=submission,
        actor=actor,
        scope=submission.consultation.reference,
        with_changes=is_changed,
    )


def _to_draft(submission: Submission) -> None:
    submission.move_to(State.IN_PROGRESS)
    submission.save(update_fields=["state", "updated_at"])


@transaction.atomic
def need_approval(submission_id: int, needed: bool, *, actor: Any) -> Submission:
    """Say whether the response may be sent without an approval. Raises Refused while somebody has been asked."""
    submission = locked(submission_id)
    if not signoff.has_signoff(submission) or not submission.is_draft:
        raise Refused(gettext("This can be chosen while a response of an organisation is being written."))
    if submission.needs_approval == needed:
        return submission
    if submission.state == State.AWAITING_APPROVAL:
        raise Refused(gettext("Somebody was asked to approve this response. Take the request back first."))
    submission.needs_approval = needed
    submission.save(update_fields=["needs_approval", "updated_at"])
    scope = submission.consultation.reference
    if needed:
        trail.record("submission.approval_needed", subject=submission, actor=actor, scope=scope)
    else:
        trail.record("submission.approval_waived", subject=submission, actor=actor, scope=scope)
    return submission


def _record(verb: str, approval: Approval, actor: Any, **facts: Any) -> None:
    submission = approval.submission
    told = {name: str(value) for name, value in facts.items() if value}
    trail.record(verb, subject=submission, actor=actor, scope=submission.consultation.reference, **told)
