"""Inviting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from consultations.invitations import emails, lifecycle, queries
from consultations.invitations.models import Invitation, InvitationChange
from consultations.programme.models import Consultation
from engagement.accounts.actions import ensure_user
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Contact, Organisation

State = Invitation.State
Cause = InvitationChange.Cause
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
    consultation = _held(consultation)
    keys = [organisation.pk for organisation in organisations]
    people: list[queries.Pair] = [(contact, None) for contact in contacts]
    return _invite(
        consultation, queries.selection(consultation, Organisation.objects.filter(pk__in=keys), people), actor
    )


@transaction.atomic
def invite_shown(consultation: Consultation, marks: Iterable[str], words: str, *, actor: Any) -> Invited:
    """Invite exactly those whom a preview showed, with exactly the words that it showed.

    `marks` are those of the candidates, `words` is `emails.words_of`. Whoever cannot be invited any more is left out
    with the reason. Raises Changed when somebody would get something else, or elsewhere, than was shown.
    """
    consultation = _held(consultation)
    seen = queries.read_marks(marks)
    selection = seen.selection(consultation)
    changes = [
        f"The invitation of {one.who} would go to {one.contact.email} now, not to {seen.addresses[one.contact.pk]}."
        for one in selection.candidates
        if seen.addresses[one.contact.pk] != one.contact.email
    ]
    if selection.candidates and emails.words_of(consultation) != words:
        changes.append("The text of the invitation is another one now.")
    if changes:
        raise Changed(selection, changes)
    return _invite(consultation, selection, actor)


class Changed(Refused):
    """What would be sent is not any more what was shown; carries the present choice and the differences."""

    def __init__(self, selection: queries.Selection, changes: list[str]) -> None:
        super().__init__(f"{' '.join(changes)} Nothing was sent. Look at it again and confirm.")
        self.selection = selection


def _held(consultation: Consultation) -> Consultation:
    """The consultation under its lock: two people who invite at the same time take turns, so that nobody is asked
    twice. Raises Refused when nobody can be invited."""
    held = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    if reason := why_not_invite(held):
        raise Refused(reason)
    return held


def _invite(consultation: Consultation, chosen: queries.Selection, actor: Any) -> Invited:
    made, left_out = [], list(chosen.left_out)
    for one in chosen.candidates:
        found = invited(consultation, one.contact, one.organisation, actor)
        if found is not None:
            made.append(found)
    write_to(consultation, made)
    if made:
        trail.record(
            "consultation.invited",
            subject=consultation,
            actor=actor,
            scope=consultation.reference,
            invitations=[invitation.pk for invitation in made],
        )
    return Invited(made, left_out)


def invited(
    consultation: Consultation,
    contact: Contact,
    organisation: Organisation | None,
    actor: Any,
    *,
    cause: str = Cause.INVITED,
) -> Invitation | None:
    """The new invitation, or one that was cancelled and stands again; None when it stood already."""
    now = timezone.now()
    invitation, is_new = Invitation.objects.get_or_create(
        consultation=consultation,
        contact=contact,
        organisation=organisation,
        defaults={"invited_by": actor, "since": now},
    )
    if is_new:
        lifecycle.move(invitation, State.QUEUED, cause, now=now, actor=actor)
    else:
        if invitation.state != State.CANCELLED:
            return None
        invitation.cancelled_at, invitation.invited_by = None, actor
        invitation.save(update_fields=["cancelled_at", "invited_by", "updated_at"])
        lifecycle.move(invitation, State.QUEUED, Cause.INVITED_AGAIN, actor=actor)
    invitation.consultation, invitation.contact, invitation.organisation = consultation, contact, organisation
    _give_account(contact)
    return invitation


def _give_account(contact: Contact) -> None:
    """An account to sign in to by a code, tied to the contact unless it belongs to another one."""
    if contact.user_id is None:
        user = ensure_user(contact.email, contact.name)
        if not Contact.objects.filter(user=user).exists():
            Contact.objects.filter(pk=contact.pk, user=None).update(user=user)


def write_to(consultation: Consultation, invitations: list[Invitation]) -> None:
    """Ask for the messages of new invitations: due now, or at the opening."""
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
