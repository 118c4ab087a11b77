"""What invited people get."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from consultations.invitations import links
from consultations.invitations.models import Invitation, ReminderPlan
from consultations.programme.models import Consultation
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Contact

CHECK = "invitations.reminder"
# A reminder that could not leave for so long is not sent any more.
REMINDER_LIFE = timedelta(days=2)


def invite_rule(consultation_id: int) -> str:
    """The outbox's name for the invitations to one consultation."""
    return f"invitations.invite:{consultation_id}"


def remind_rule(consultation_id: int) -> str:
    """The outbox's name for the reminders of one consultation."""
    return f"invitations.remind:{consultation_id}"


def invitation(invitation: Invitation, *, occurrence: str = "first", due_at: datetime | None = None) -> None:
    """Invite one contact; the same occurrence is sent once."""
    outbox.queue_all([invitation_draft(invitation, occurrence=occurrence, due_at=due_at)])


def invitation_draft(
    invitation: Invitation, *, occurrence: str = "first", due_at: datetime | None = None
) -> OutgoingMessage:
    """The invitation as it would leave, for previews and for sending many at once."""
    consultation = invitation.consultation
    return outbox.prepare(
        "invitations/email/invitation",
        rule=invite_rule(consultation.pk),
        occurrence=occurrence,
        due_at=due_at,
        expires_at=consultation.closes_at,
        priority=5,
        **_shared(invitation),
    )


def words_of(consultation: Consultation) -> str:
    """A sign of what the invitation says at present: equal as long as everybody would get the same words and times."""
    nobody = Contact(pk=0, name="-", email="nobody@example.com")
    draft = invitation_draft(Invitation(public_id=UUID(int=0), consultation=consultation, contact=nobody))
    # Signed links carry the moment at which they were made.
    text = re.sub(r"https?://\S+", "", draft.text_body)
    return hashlib.sha256(f"{draft.subject}\n{text}".encode()).hexdigest()[:16]


def reminder_draft(invitation: Invitation, plan: ReminderPlan, *, due_at: datetime) -> OutgoingMessage:
    """The reminder of one step to one contact as it would leave at `due_at`."""
    consultation = plan.consultation
    assert consultation.closes_at is not None
    life_ends = due_at + REMINDER_LIFE
    shared = _shared(invitation)
    shared["context"] |= {
        "added": plan.message.strip(),
        "has_started": invitation.state == Invitation.State.STARTED,
        "days": (timezone.localdate(consultation.closes_at) - timezone.localdate(due_at)).days,
    }
    return outbox.prepare(
        "invitations/email/reminder",
        rule=remind_rule(consultation.pk),
        occurrence=plan.occurrence,
        due_at=due_at,
        expires_at=min(consultation.closes_at, life_ends),
        priority=7,
        **shared,
    )


def _shared(invitation: Invitation) -> dict[str, Any]:
    consultation, contact = invitation.consultation, invitation.contact
    return {
        "to": contact.email,
        "to_name": contact.name,
        "recipient": str(contact.pk),
        "language": contact.user.language if contact.user else "",
        "category": OutgoingMessage.Category.CONSULTATION,
        "about": invitation,
        "scope": consultation.reference,
        "reply_to": consultation.contact_email,
        "check": CHECK,
        "context": {
            "consultation": consultation,
            "contact": contact,
            "organisation": invitation.organisation,
            "follow_url": links.follow_url(invitation),
            "decline_url": links.decline_url(invitation),
        },
    }
