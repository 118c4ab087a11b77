"""Whether what was written to invited people is still wanted when its moment comes: the words that staff read.

Reminders are planned by `notices`; they ask here too.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from consultations.invitations import queries
from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from engagement.core.templatetags.ui import moment
from engagement.messaging.models import OutgoingMessage


def why_not(message: OutgoingMessage) -> str:
    """Why this invitation is no longer wanted, as a sentence for staff; empty while it is."""
    invitation = (
        Invitation.objects.filter(pk=message.about_key)
        .select_related("consultation", "contact__user", "organisation__kind")
        .first()
    )
    if invitation is None:
        return "The invitation does not exist any more."
    # Due at the opening: the sweep that opens it may come by a moment later.
    states = {Consultation.State.OPEN, Consultation.State.SCHEDULED}
    return about_person(invitation) or about_consultation(invitation, states)


def about_person(invitation: Invitation) -> str:
    """Why this person is not written to any more; empty while they are."""
    contact = invitation.contact
    who = str(invitation.organisation or contact)
    if reason := about_state(invitation):
        return reason
    if contact.opted_out_at is not None:
        return f"{contact} wants no invitations or reminders."
    if invitation.organisation is not None and invitation.organisation.closed_at is not None:
        return f"{who} is closed in the register."
    if contact.bounced_at is not None:
        return f"The address of {contact} does not exist."
    if invitation.organisation is not None:
        if queries.answered_organisations(invitation.consultation, [invitation.organisation.pk]):
            return f"An answer of {who} has reached us."
        ended = invitation.contact.memberships.filter(
            organisation=invitation.organisation_id, until_on__lte=timezone.localdate()
        )
        if ended.exists():
            return f"{contact} is no longer at {who}."
    return ""


def about_state(invitation: Invitation) -> str:
    """What became of the invitation, where that ends what is written on account of it; empty elsewhere."""
    states, contact = Invitation.State, invitation.contact
    match invitation.state:
        case states.RESPONDED:
            return f"{invitation.organisation or contact} answered on {moment(invitation.responded_at)}."
        case states.DECLINED:
            return f"{contact} told us on {moment(invitation.declined_at)} that they have no view."
        case states.DELEGATED:
            return f"{contact} passed the invitation on to a colleague on {moment(invitation.delegated_at)}."
        case states.EXPIRED:
            return "The time for an answer is over."
        case states.CANCELLED:
            return f"The invitation was cancelled on {moment(invitation.cancelled_at)}."
    return ""


def about_consultation(invitation: Invitation, states: Collection[str]) -> str:
    """Why nobody is asked to answer at present; empty while the consultation is in one of `states` and not over."""
    consultation = invitation.consultation
    if consultation.state not in states:
        return f"The consultation is “{consultation.get_state_display()}”, so nobody is asked to answer it."
    if consultation.closes_at is not None and consultation.closes_at <= timezone.now():
        return "The consultation has closed."
    return ""
