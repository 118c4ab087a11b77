"""What invited people get."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from consultations.invitations import links
from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Contact

CHECK = "invitations.reminder"


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
            "passed_on_by": invitation.delegated_from.contact.name if invitation.delegated_from else "",
        },
    }
