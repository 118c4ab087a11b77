"""More time for one organisation, or for one person, than for everybody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from consultations.invitations import emails, lifecycle, queries
from consultations.invitations.models import Invitation, InvitationChange, PartnerExtension
from consultations.programme.models import Consultation
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.templatetags.ui import moment
from engagement.stakeholders.models import Contact, Organisation

# Until the results are out, somebody may be given more time; after that it would mean nothing.
MAY_GIVE = (
    Consultation.State.SCHEDULED,
    Consultation.State.OPEN,
    Consultation.State.PAUSED,
    Consultation.State.CLOSED,
    Consultation.State.ANALYSING,
)


def why_no_more_time(consultation: Consultation) -> str:
    """Why nobody can be given more time, in a sentence; empty when they can."""
    if consultation.state not in MAY_GIVE:
        state = consultation.get_state_display()
        return (
            f"This consultation is “{state}”. More time can be given from its announcement until its results are out."
        )
    return ""


@transaction.atomic
def give_more_time(
    consultation: Consultation,
    *,
    organisation: Organisation | None = None,
    contact: Contact | None = None,
    closes_at: datetime,
    reason: str,
    actor: Any,
) -> PartnerExtension:
    """Let one organisation, or one person for themselves, answer until later than everybody else, and tell them.

    Takes the place of what they were given before. Nobody else is told. Raises Refused for a moment that has passed or
    that is not later than the general close, and without a reason.
    """
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    if why := why_no_more_time(consultation):
        raise Refused(why)
    if not reason.strip():
        raise Refused("Give the reason: it stands in the record.", field="reason")
    if closes_at <= timezone.now():
        raise Refused("The moment has to be still to come.", field="closes_on")
    if consultation.closes_at is not None and closes_at <= consultation.closes_at:
        raise Refused(
            f"Everybody can answer until {moment(consultation.closes_at)}. Choose a later moment.", field="closes_on"
        )
    partner = {"organisation": organisation} if organisation else {"contact": contact}
    earlier = PartnerExtension.objects.filter(consultation=consultation, ended_at=None, **partner).first()
    if earlier is not None:
        earlier.ended_at = timezone.now()
        earlier.save(update_fields=["ended_at", "updated_at"])
    extension = PartnerExtension.objects.create(
        consultation=consultation,
        organisation=organisation,
        contact=None if organisation else contact,
        closes_at=closes_at,
        reason=reason.strip(),
        given_by=actor,
    )
    trail.record(
        "extension.given",
        subject=extension,
        actor=actor,
        scope=consultation.reference,
        reason=reason.strip(),
        closes_at=[earlier.closes_at.isoformat() if earlier else None, closes_at.isoformat()],
    )
    lifecycle.revive(consultation)
    for name in (*settings.CLOSE_ACTS, *settings.OWN_CLOSE_ACTS):
        import_string(name)(consultation)
    _tell(extension)
    return extension


@transaction.atomic
def end_more_time(extension_id: int, *, actor: Any) -> PartnerExtension:
    """The general close holds for this partner again; ending twice changes nothing. What was sent stays on time."""
    extension = (
        PartnerExtension.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=extension_id)
    )
    if extension.ended_at is None:
        extension.ended_at = timezone.now()
        extension.save(update_fields=["ended_at", "updated_at"])
        for name in settings.OWN_CLOSE_ACTS:
            import_string(name)(extension.consultation)
        trail.record("extension.ended", subject=extension, actor=actor, scope=extension.consultation.reference)
    return extension


def _tell(extension: PartnerExtension) -> None:
    """Write to the invited people of the partner; where nobody was invited, to the one who speaks for it."""
    invited = {
        row.contact_id: row
        for row in Invitation.objects.filter(consultation=extension.consultation, organisation=extension.organisation)
        .exclude(state__in=[Invitation.State.CANCELLED, Invitation.State.DECLINED, Invitation.State.DELEGATED])
        .select_related("contact__user")
        .order_by("pk")
        if extension.contact_id is None or row.contact_id == extension.contact_id
    }
    people = [row.contact for row in invited.values()]
    if not people and extension.organisation:
        people = queries.speakers(extension.organisation)
    elif not people and extension.contact:
        people = [extension.contact]
    for contact in people:
        if contact.bounced_at is None:
            emails.more_time(extension, contact, invited.get(contact.pk))
    InvitationChange.objects.bulk_create(
        [
            InvitationChange(
                invitation=row,
                at=extension.created_at,
                state=row.state,
                cause=InvitationChange.Cause.EXTENDED,
                text=f"Until {moment(extension.closes_at)}. {extension.reason}",
                actor=extension.given_by,
            )
            for row in invited.values()
        ]
    )
