"""Sending invitations again, one or many, and taking many back; notes of staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from consultations.invitations import emails, lifecycle, queries
from consultations.invitations.actions.inviting import why_not_invite
from consultations.invitations.models import Invitation, InvitationChange
from consultations.programme.models import Consultation
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage

State = Invitation.State
Cause = InvitationChange.Cause
WAITING = ("planned", "claimed", "sending", "held")


@dataclass(frozen=True)
class Chosen:
    """Of the invitations that were chosen those to which something can be done, and the others with the reason."""

    ready: list[Invitation] = field(default_factory=list)
    left_out: list[tuple[Invitation, str]] = field(default_factory=list)


def sendable(rows: Iterable[Invitation]) -> Chosen:
    """Which of these invitations to one consultation can be sent again today; a fixed number of queries.

    Each needs its contact with the account at hand.
    """
    invitations = list(rows)
    stopped = queries.stopped_contacts(invitation.contact for invitation in invitations)
    written_to = {contact for contact, (is_today, _) in _messages_to(invitations).items() if is_today}
    chosen = Chosen()
    for invitation in invitations:
        if invitation.state not in Invitation.UNANSWERED:
            reason = f"This invitation is “{invitation.get_state_display()}”, so it is not sent again."
        elif invitation.contact_id in stopped:
            reason = f"{stopped[invitation.contact_id]}. Change the address in the register first."
        elif invitation.contact_id in written_to:
            reason = "An invitation went to this person today, or is about to. Send it again tomorrow."
        else:
            chosen.ready.append(invitation)
            continue
        chosen.left_out.append((invitation, reason))
    return chosen


def cancellable(rows: Iterable[Invitation]) -> Chosen:
    """Which of these invitations can be taken back."""
    chosen = Chosen()
    for invitation in rows:
        if invitation.may_move_to(State.CANCELLED):
            chosen.ready.append(invitation)
        else:
            state = invitation.get_state_display()
            chosen.left_out.append((invitation, f"This invitation is “{state}”, so it cannot be taken back."))
    return chosen


def _messages_to(invitations: list[Invitation]) -> dict[int, tuple[bool, int]]:
    """By contact: whether an invitation went to them today or is about to, and how many were ever written."""
    if not invitations:
        return {}
    today = timezone.localdate()
    messages = OutgoingMessage.objects.filter(
        rule=emails.invite_rule(invitations[0].consultation_id),
        recipient__in=[str(invitation.contact_id) for invitation in invitations],
    )
    found: dict[int, tuple[bool, int]] = {}
    for recipient, state, sent_at in messages.values_list("recipient", "state", "sent_at"):
        is_today, many = found.get(int(recipient), (False, 0))
        is_today = is_today or state in WAITING or bool(sent_at and timezone.localdate(sent_at) == today)
        found[int(recipient)] = is_today, many + 1
    return found


@transaction.atomic
def send_again(invitation_id: int, *, actor: Any) -> Invitation:
    """Send the invitation once more, at most once a day. Raises Refused when no answer is awaited."""
    invitation = lifecycle.locked(invitation_id)
    if reason := why_not_invite(invitation.consultation):
        raise Refused(reason)
    chosen = sendable([invitation])
    for _, reason in chosen.left_out:
        raise Refused(reason)
    _send(invitation.consultation, chosen.ready, actor)
    return invitation


@transaction.atomic
def send_many_again(consultation: Consultation, marks: Iterable[str], words: str, *, actor: Any) -> Chosen:
    """Send again exactly those invitations that a preview showed, with exactly the words that it showed.

    `marks` are those of `mark_of`. Whoever cannot be written to any more is left out with the reason. Raises Refused
    when an address or the text is another one than was shown.
    """
    if reason := why_not_invite(consultation):
        raise Refused(reason)
    addresses = dict(mark.split(":", 1) for mark in marks if ":" in mark)
    chosen = sendable(_held(consultation, list(addresses)))
    changed = [one for one in chosen.ready if addresses[str(one.public_id)] != one.contact.email]
    if changed or (chosen.ready and emails.words_of(consultation) != words):
        what = f"The address of {changed[0].contact}" if changed else "The text of the invitation"
        raise Refused(f"{what} has changed since you looked. Nothing was sent. Look at it again and confirm.")
    _send(consultation, chosen.ready, actor)
    return chosen


@transaction.atomic
def cancel_many(consultation: Consultation, marks: Iterable[str], *, actor: Any) -> Chosen:
    """Take back the invitations that a preview showed; those answered meanwhile are left out."""
    chosen = cancellable(_held(consultation, [mark.partition(":")[0] for mark in marks]))
    for invitation in chosen.ready:
        lifecycle.cancel(invitation.pk, actor=actor)
    return chosen


def mark_of(invitation: Invitation) -> str:
    """What a preview showed of it, as a word for a form: which invitation, at which address."""
    return f"{invitation.public_id}:{invitation.contact.email}"


def _held(consultation: Consultation, public_ids: list[str]) -> list[Invitation]:
    try:
        rows = Invitation.objects.filter(consultation=consultation, public_id__in=[UUID(one) for one in public_ids])
    except ValueError as error:
        raise Refused("The form was incomplete. Choose again.") from error
    return list(
        rows.select_for_update(of=("self",))
        .select_related("consultation", "contact__user", "organisation")
        .order_by("pk")
    )


def _send(consultation: Consultation, invitations: list[Invitation], actor: Any) -> None:
    """Write the messages and the changes; the caller has looked whether each may be sent."""
    today, before = timezone.localdate(), _messages_to(invitations)
    drafts = []
    for invitation in invitations:
        # One whose message came back waits in the queue again; the others stay where they are.
        after = State.QUEUED if invitation.state == State.BOUNCED else invitation.state
        lifecycle.move(invitation, after, Cause.SENT_AGAIN, actor=actor)
        _, many = before.get(invitation.contact_id, (False, 0))
        drafts.append(emails.invitation_draft(invitation, occurrence=f"{today:%Y-%m-%d}.{many}"))
        trail.record("invitation.sent_again", subject=invitation, actor=actor, scope=consultation.reference)
    if drafts:
        outbox.queue_all(drafts)


@transaction.atomic
def note(invitation_id: int, text: str, *, actor: Any) -> InvitationChange:
    """Keep a remark of staff with an invitation; colleagues who work on the consultation read it."""
    if not text.strip():
        raise Refused("Write what is to be kept.", field="text")
    invitation = lifecycle.locked(invitation_id)
    trail.record("invitation.noted", subject=invitation, actor=actor, scope=invitation.consultation.reference)
    return InvitationChange.objects.create(
        invitation=invitation,
        at=timezone.now(),
        state=invitation.state,
        cause=Cause.NOTE,
        text=text.strip(),
        actor=actor,
    )
