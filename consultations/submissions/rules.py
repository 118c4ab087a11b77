"""Who may do what with a submission, and when; the reasons are sentences for the person who asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from consultations.invitations import deadlines
from consultations.programme.models import Consultation
from consultations.programme.rules import analyses, runs, works_on
from consultations.submissions.models import Submission
from engagement.core.access import rule, signed_in
from engagement.stakeholders.models import Membership

__all__ = ["signed_in"]

WRITERS = {Membership.Role.LEAD, Membership.Role.APPROVER, Membership.Role.CONTRIBUTOR}
SENDERS = {Membership.Role.LEAD, Membership.Role.APPROVER}
# Consultations in these states still take what was begun before they closed; it is marked late.
TAKES_LATE = {Consultation.State.CLOSED, Consultation.State.ANALYSING}
IN_WORK = gettext_lazy(
    "Our officers have begun to work with this response, so it can no longer be changed. You can withdraw it."
)


def role_of(user: Any, submission: Submission) -> str | None:
    """The person's role in the organisation of the submission today; None without one."""
    if getattr(submission, "held_by", None) == user.pk:
        return submission.held_role  # type: ignore[attr-defined]
    held = Membership.objects.current().filter(contact__user=user, organisation=submission.organisation_id)
    return held.values_list("role", flat=True).first()


@rule
def holds_link(user: Any, submission: Submission) -> bool:
    """Came by the private return link of this very submission; see `links.LinkHolder`."""
    return getattr(user, "link_of", None) == submission.pk


def is_personal(user: Any, submission: Submission) -> bool:
    """Whether this person writes for themselves: under their account, or by the return link of this submission."""
    if holds_link(user, submission):
        return True
    return user.pk is not None and submission.organisation_id is None and submission.respondent_id == user.pk


@rule
def is_partner(user: Any, submission: Submission) -> bool:
    """Their own submission, or one of an organisation that they are something for."""
    return is_personal(user, submission) or (
        submission.organisation_id is not None and role_of(user, submission) is not None
    )


@rule
def is_writer(user: Any, submission: Submission) -> bool:
    """May write answers: viewers of an organisation read only."""
    return is_personal(user, submission) or (
        submission.organisation_id is not None and role_of(user, submission) in WRITERS
    )


@rule
def is_sender(user: Any, submission: Submission) -> bool:
    """May send, reopen and withdraw: the lead or approver; the one who started it where there is neither."""
    if is_personal(user, submission):
        return True
    role = role_of(user, submission) if submission.organisation_id is not None else None
    if role in SENDERS:
        return True
    if role != Membership.Role.CONTRIBUTOR:
        return False
    return (
        not Membership.objects.current()
        .filter(organisation=submission.organisation_id, role__in=SENDERS, contact__user__isnull=False)
        .exists()
    )


@rule
def is_colleague(user: Any, submission: Submission) -> bool:
    """Of the organisation that writes it together; staff never are, whatever organisation they stand beside."""
    if submission.organisation_id is None or submission.is_test or getattr(user, "is_staff_member", False):
        return False
    return role_of(user, submission) is not None


@rule
def leads(user: Any, submission: Submission) -> bool:
    """Invites and assigns: the lead; those who send it where the organisation has no lead who can sign in."""
    if role_of(user, submission) == Membership.Role.LEAD:
        return True
    has_lead = Membership.objects.current().filter(
        organisation=submission.organisation_id, role=Membership.Role.LEAD, contact__user__isnull=False
    )
    return is_sender(user, submission) and not has_lead.exists()


@rule
def types_in(user: Any, submission: Submission) -> bool:
    """Engagement staff who type in what came by another channel."""
    return submission.is_intake and submission.is_draft and runs(user, submission.consultation)


@rule
def handles(user: Any, submission: Submission) -> bool:
    """Staff of the consultation: read what was sent, and say that it is what it says it is."""
    return works_on(user, submission.consultation)


@rule
def decides(user: Any, submission: Submission) -> bool:
    """Officers of the consultation: what leaves the figures as a duplicate or as no answer, and what comes back."""
    return analyses(user, submission.consultation)


@rule
def takes_documents(user: Any, submission: Submission) -> bool:
    """Files say who made them and when, so an anonymous response takes none."""
    return not submission.is_anonymous


@rule
def keys_again(user: Any, submission: Submission) -> bool:
    """Engagement staff of the consultation, for a paper that waits to be checked."""
    return (
        submission.is_intake
        and submission.state == Submission.State.AWAITING_APPROVAL
        and runs(user, submission.consultation)
    )


can_read = is_partner | types_in
can_write = is_writer | types_in
can_lead = is_colleague & leads
can_discuss = is_colleague & is_writer
can_send_together = is_colleague & is_sender
can_add_documents = can_write & takes_documents


# --- time -----------------------------------------------------------------------------------------------


def is_past_close(consultation: Consultation, now: datetime | None = None) -> bool:
    """Whether the closing time is over, by the server's clock and not by whether the closing was already done."""
    return consultation.closes_at is not None and (now or timezone.now()) > consultation.closes_at


def is_late(submission: Submission, now: datetime | None = None) -> bool:
    """Whether the time of this partner is over: of everybody, and where they were given more, that too."""
    return deadlines.is_past_close(
        submission.consultation, organisation=submission.organisation, user=submission.respondent, now=now
    )


def closes_at(submission: Submission) -> datetime | None:
    """Until when this partner may answer."""
    return deadlines.closing_time(
        submission.consultation, organisation=submission.organisation, user=submission.respondent
    )


def why_not_start(
    consultation: Consultation, now: datetime | None = None, *, organisation: Any = None, user: Any = None
) -> str:
    """Why nobody, or this partner, can start a response now; empty when they can."""
    state = consultation.State(consultation.state)
    if state in {state.DRAFT, state.IN_REVIEW, state.SCHEDULED}:
        return gettext("This consultation is not open yet, so nobody can start a response.")
    if state == state.PAUSED:
        return gettext(
            "This consultation is paused, so nobody can start a response at the moment. Come back when it is open."
        )
    if not deadlines.takes_answers(consultation, organisation=organisation, user=user, now=now):
        return gettext(
            "This consultation has closed, so new responses cannot be started. If you have something to say "
            "all the same, write to %(us)s."
        ) % {"us": consultation.contact_email or gettext("us")}
    return ""


def why_not_send(submission: Submission, now: datetime | None = None) -> str:
    """Why this response cannot be sent now; empty when it can. One that was begun before the close may be late, and a
    test is sent at any time."""
    consultation = submission.consultation
    state = consultation.State(consultation.state)
    if submission.is_test or submission.is_intake or state == state.OPEN or state in TAKES_LATE:
        return ""
    if state == state.PAUSED:
        return gettext(
            "This consultation is paused. What you wrote is kept; send it when the consultation is open again."
        )
    return gettext("This consultation is over and its results are out, so your response can no longer be sent.")


def why_not_reopen(submission: Submission, now: datetime | None = None) -> str:
    """Why a response that was sent cannot be changed; empty when it can."""
    if submission.state != Submission.State.SUBMITTED:
        return str(IN_WORK)
    consultation = submission.consultation
    if submission.is_test:
        return ""
    partner = {"organisation": submission.organisation, "user": submission.respondent}
    if not deadlines.takes_answers(consultation, now=now, **partner):
        return gettext("The consultation has closed, so this response can no longer be changed.")
    return ""


def takes_without_account(consultation: Consultation) -> bool:
    """Whether somebody without an account may answer."""
    return consultation.access == Consultation.Access.OPEN


def why_link_ended(submission: Submission, now: datetime | None = None) -> str:
    """Why a return link opens nothing any more; empty while it does.

    What was sent is shown until the close. A draft can be opened as long as it could still be sent, late at the end.
    """
    consultation = submission.consultation
    over = consultation.state in {Consultation.State.REPORTED, Consultation.State.ARCHIVED}
    is_open = consultation.state in {Consultation.State.OPEN, Consultation.State.PAUSED}
    if over or (not submission.is_draft and (not is_open or is_past_close(consultation, now))):
        return gettext("This link worked until the consultation closed. What was sent by then has reached us.")
    return ""
