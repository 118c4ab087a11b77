"""Inviting, inviting again, and changing the plan of reminders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from consultations.invitations import emails, queries, reminders
from consultations.invitations.models import Invitation, ReminderPlan
from consultations.programme.models import Consultation
from engagement.accounts.actions import ensure_user
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.templatetags.ui import moment
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Contact, Organisation

MAY_INVITE = (Consultation.State.SCHEDULED, Consultation.State.OPEN)


@dataclass(frozen=True)
class Invited:
    """What came of asking for invitations: those that were made now, and organisations left out with the reason."""

    made: list[Invitation]
    left_out: list[queries.LeftOut]


def why_not_invite(consultation: Consultation) -> str:
    """Why nobody can be invited at present, in a sentence; empty when they can."""
    if consultation.state not in MAY_INVITE:
        return (
            f"This consultation is “{consultation.get_state_display()}”. People are invited once it is scheduled, "
            "and until it closes."
        )
    if consultation.closes_at is not None and consultation.closes_at <= timezone.now():
        return "The closing time has passed, so nobody can be invited any more."
    return ""


@transaction.atomic
def invite(
    consultation: Consultation,
    organisations: Iterable[Organisation] = (),
    contacts: Iterable[Contact] = (),
    *,
    actor: Any,
) -> Invited:
    """Invite organisations, each by its lead or else its first contact, and contacts for themselves.

    Those invited already, without a contact, or who want no invitations are left out with the reason; asking again
    changes nothing. The messages are due at once, or at the opening of a scheduled consultation. Raises Refused
    unless the consultation is scheduled or open.
    """
    # Two people who invite at the same time take turns, so that no organisation is asked twice.
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    if reason := why_not_invite(consultation):
        raise Refused(reason)
    keys = [organisation.pk for organisation in organisations]
    chosen = queries.selection(consultation, Organisation.objects.filter(pk__in=keys))
    people = list(contacts)
    stopped = queries.stopped_contacts(people)
    pairs: list[tuple[Contact, Organisation | None]] = [
        (candidate.contact, candidate.organisation) for candidate in chosen.candidates
    ]
    pairs += [(contact, None) for contact in people if contact.pk not in stopped]
    made = [found for contact, organisation in pairs if (found := _invited(consultation, contact, organisation, actor))]
    _write_to(consultation, made)
    if made:
        trail.record(
            "consultation.invited",
            subject=consultation,
            actor=actor,
            scope=consultation.reference,
            invitations=[invitation.pk for invitation in made],
        )
    return Invited(made, chosen.left_out)


def _invited(
    consultation: Consultation, contact: Contact, organisation: Organisation | None, actor: Any
) -> Invitation | None:
    """The new invitation, or one that was cancelled and stands again; None when it stood already."""
    invitation, is_new = Invitation.objects.get_or_create(
        consultation=consultation, contact=contact, organisation=organisation, defaults={"invited_by": actor}
    )
    if not is_new:
        if invitation.state != Invitation.State.CANCELLED:
            return None
        invitation.move_to(Invitation.State.QUEUED)
        invitation.cancelled_at, invitation.invited_by = None, actor
        invitation.save(update_fields=["state", "cancelled_at", "invited_by", "updated_at"])
    invitation.consultation, invitation.contact, invitation.organisation = consultation, contact, organisation
    _give_account(contact)
    return invitation


def _give_account(contact: Contact) -> None:
    """An account to sign in to by a code, tied to the contact unless it belongs to another one."""
    if contact.user_id is None:
        user = ensure_user(contact.email, contact.name)
        if not Contact.objects.filter(user=user).exists():
            Contact.objects.filter(pk=contact.pk, user=None).update(user=user)


def _write_to(consultation: Consultation, invitations: list[Invitation]) -> None:
    is_ahead = consultation.state == Consultation.State.SCHEDULED
    due_at = consultation.opens_at if is_ahead else None
    rule = emails.invite_rule(consultation.pk)
    recipients = [str(invitation.contact_id) for invitation in invitations]
    before = set(
        OutgoingMessage.objects.filter(rule=rule, occurrence="first", recipient__in=recipients).values_list(
            "recipient", flat=True
        )
    )
    today = f"{timezone.localdate():%Y-%m-%d}"
    # Their accounts say in which language to write to them.
    prefetch_related_objects([invitation.contact for invitation in invitations], "user")
    outbox.queue_all(
        [
            emails.invitation_draft(
                invitation, occurrence=today if str(invitation.contact_id) in before else "first", due_at=due_at
            )
            for invitation in invitations
        ]
    )


@transaction.atomic
def send_again(invitation_id: int, *, actor: Any) -> Invitation:
    """Send the invitation once more, at most once a day. Raises Refused when no answer is awaited."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related(
        "consultation", "contact__user", "organisation"
    )
    invitation = rows.get(pk=invitation_id)
    if reason := why_not_invite(invitation.consultation):
        raise Refused(reason)
    if invitation.state not in Invitation.UNANSWERED:
        raise Refused(f"This invitation is “{invitation.get_state_display()}”, so it is not sent again.")
    if stopped := queries.stopped_contacts([invitation.contact]).get(invitation.contact_id):
        raise Refused(f"{stopped}. Change the address in the register first.")
    today = timezone.localdate()
    messages = OutgoingMessage.objects.filter(
        rule=emails.invite_rule(invitation.consultation_id), recipient=str(invitation.contact_id)
    )
    for message in messages:
        is_waiting = message.state in {"planned", "claimed", "sending", "held"}
        if is_waiting or (message.sent_at and timezone.localdate(message.sent_at) == today):
            raise Refused("An invitation went to this person today, or is about to. Send it again tomorrow.")
    if invitation.state == Invitation.State.BOUNCED:
        invitation.move_to(Invitation.State.QUEUED)
        invitation.save(update_fields=["state", "updated_at"])
    emails.invitation(invitation, occurrence=f"{today:%Y-%m-%d}.{messages.count()}")
    trail.record("invitation.sent_again", subject=invitation, actor=actor, scope=invitation.consultation.reference)
    return invitation


# --- the plan -------------------------------------------------------------------------------------------


@transaction.atomic
def make_plan(consultation: Consultation, *, actor: Any) -> None:
    """Make the usual steps now, without waiting for the clock."""
    reminders.ensure_default_plan(consultation)
    trail.record("reminder_plan.made", subject=consultation, actor=actor, scope=consultation.reference)


@transaction.atomic
def save_step(
    consultation: Consultation,
    step_id: int | None,
    *,
    days_before_close: int,
    local_time: time,
    audience: str,
    message: str,
    actor: Any,
) -> ReminderPlan:
    """Add a step to the plan (`step_id` None) or change one.

    What was written for the step as it was is taken back. Raises Refused for a step whose moment has passed, before
    or after the change, and for a second step of the same day and audience.
    """
    step = _locked_step(step_id) if step_id is not None else ReminderPlan(consultation=consultation)
    if step_id is not None:
        if step.stopped_at is None:
            _refuse_past(step, "This reminder has gone out already, so it cannot be changed. Add another step instead.")
        _take_back(step, "The reminder was changed; a new one takes its place.")
    twin = ReminderPlan.objects.filter(
        consultation=consultation, days_before_close=days_before_close, audience=audience
    ).exclude(pk=step.pk)
    if twin.exists():
        raise Refused("There is a reminder on this day for these people already.", field="days_before_close")
    step.days_before_close, step.local_time = days_before_close, local_time
    step.audience, step.message = audience, message.strip()
    _refuse_past(step, "This moment has passed already. Choose a later one.", field="days_before_close")
    step.revision += 1
    step.planned_at = step.planned_revision = None
    step.save()
    trail.record(
        "reminder.planned",
        subject=step,
        actor=actor,
        scope=consultation.reference,
        days_before_close=days_before_close,
        local_time=f"{local_time:%H:%M}",
        audience=audience,
    )
    return step


@transaction.atomic
def stop_step(step_id: int, *, actor: Any) -> ReminderPlan:
    """Stop a step: nothing of it goes out. Stopping it again changes nothing."""
    step = _locked_step(step_id)
    if step.stopped_at is None:
        _refuse_past(step, "This reminder has gone out already.")
        _take_back(step, "This step of the reminder plan was stopped.")
        _set_stopped(step, timezone.now())
        trail.record("reminder.stopped", subject=step, actor=actor, scope=step.consultation.reference)
    return step


@transaction.atomic
def restart_step(step_id: int, *, actor: Any) -> ReminderPlan:
    """Let a stopped step go out after all."""
    step = _locked_step(step_id)
    if step.stopped_at is not None:
        _refuse_past(step, "The moment of this reminder has passed. Change its day instead.")
        _set_stopped(step, None)
        trail.record("reminder.restarted", subject=step, actor=actor, scope=step.consultation.reference)
    return step


def _locked_step(step_id: int) -> ReminderPlan:
    rows = ReminderPlan.objects.select_for_update(of=("self",)).select_related("consultation")
    return rows.get(pk=step_id)


def _set_stopped(step: ReminderPlan, stopped_at: datetime | None) -> None:
    step.stopped_at = stopped_at
    step.revision += 1
    step.planned_at = step.planned_revision = None
    step.save(update_fields=["stopped_at", "revision", "planned_at", "planned_revision", "updated_at"])


def _take_back(step: ReminderPlan, reason: str) -> None:
    outbox.withdraw(emails.remind_rule(step.consultation_id), step.occurrence, reason=reason)


def _refuse_past(step: ReminderPlan, sentence: str, *, field: str | None = None) -> None:
    due = reminders.due_at(step)
    if due is None:
        raise Refused("Set the closing date of the consultation first; reminders are counted back from it.")
    if due <= timezone.now():
        raise Refused(f"{sentence} (It is the reminder of {moment(due)}.)", field=field)
