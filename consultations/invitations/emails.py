"""What invited people get."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from consultations.invitations import links
from consultations.invitations.models import Invitation, PartnerExtension
from consultations.programme.models import Consultation, StateChange
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Contact

CHECK = "invitations.reminder"
EXTENSION_CHECK, MORE_TIME_CHECK = "invitations.extension", "invitations.more_time"


@dataclass(frozen=True)
class Writer:
    """Somebody who has a draft: their account or submission as a key, how to reach them, and where the draft is."""

    key: str
    name: str
    email: str
    language: str
    address: str


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


def extended_rule(consultation_id: int) -> str:
    """The outbox's name for the news that everybody has more time."""
    return f"invitations.extended:{consultation_id}"


def extended_draft(change: StateChange, writer: Writer | Invitation) -> OutgoingMessage:
    """The news of an extension to one invited person, or to somebody who is writing without an invitation."""
    consultation, states = change.consultation, Invitation.State
    if isinstance(writer, Invitation):
        about = _to_invited(writer)
        name, address = writer.contact.name, links.follow_url(writer)
        is_writing, has_answered = writer.state == states.STARTED, writer.state == states.RESPONDED
    else:
        about = _to_writer(writer)
        name, address, is_writing, has_answered = writer.name, writer.address, True, False
    return outbox.prepare(
        "invitations/email/extended",
        rule=extended_rule(consultation.pk),
        occurrence=str(change.pk),
        expires_at=consultation.closes_at,
        priority=4,
        scope=consultation.reference,
        reply_to=consultation.contact_email,
        check=EXTENSION_CHECK,
        context={
            "consultation": consultation,
            "change": change,
            "name": name,
            "address": address,
            "is_writing": is_writing,
            "has_answered": has_answered,
        },
        **about,
    )


def more_time(extension: PartnerExtension, contact: Contact, invitation: Invitation | None) -> None:
    """Tell one person that they, or their organisation, have more time than others; the same extension once."""
    consultation = extension.consultation
    outbox.queue(
        "invitations/email/more_time",
        to=contact.email,
        to_name=contact.name,
        language=contact.user.language if contact.user else "",
        rule=f"invitations.more_time:{consultation.pk}",
        occurrence=str(extension.pk),
        recipient=str(contact.pk),
        expires_at=extension.closes_at,
        priority=4,
        about=invitation,
        scope=consultation.reference,
        reply_to=consultation.contact_email,
        check=MORE_TIME_CHECK,
        context={
            "consultation": consultation,
            "extension": extension,
            "contact": contact,
            "address": links.follow_url(invitation) if invitation else links.respond_url(consultation),
        },
    )


def _to_invited(invitation: Invitation) -> dict[str, Any]:
    contact = invitation.contact
    return {
        "to": contact.email,
        "to_name": contact.name,
        "recipient": str(contact.pk),
        "language": contact.user.language if contact.user else "",
        "category": OutgoingMessage.Category.CONSULTATION,
        "about": invitation,
    }


def _to_writer(writer: Writer) -> dict[str, Any]:
    # They are in the middle of something with us, so this is not news that one can unsubscribe from.
    return {
        "to": writer.email,
        "to_name": writer.name,
        "recipient": f"writing:{writer.key}",
        "language": writer.language,
        "category": OutgoingMessage.Category.TRANSACTIONAL,
    }


def _shared(invitation: Invitation) -> dict[str, Any]:
    consultation, contact = invitation.consultation, invitation.contact
    return {
        **_to_invited(invitation),
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
