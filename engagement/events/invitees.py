"""The link of an invitation, what stands around its words, and whether it is still wanted when its moment comes."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from engagement.core import tokens
from engagement.events.models import Event, Invitee, Registration
from engagement.messaging.models import OutgoingMessage

INVITATION_TOKEN = "events.invitation"  # noqa: S105 - a purpose, no secret


def token_of(invitee: Invitee) -> str:
    return tokens.sign(INVITATION_TOKEN, str(invitee.public_id))


def by_token(token: str) -> Invitee | None:
    """The invitation of a signed link; None for a link that we did not make."""
    public_id = tokens.read(INVITATION_TOKEN, token) if token else None
    if not public_id:
        return None
    found = Invitee.objects.filter(public_id=public_id)
    return found.select_related("event", "organisation", "kind", "registration").first()


def book_url(invitee: Invitee) -> str:
    token = token_of(invitee)
    return reverse("events:book", args=[invitee.event.slug]) + "?" + urlencode({"invitation": token})


def preview(event: Event) -> dict[str, str]:
    """What stands around the staff's own words in an invitation."""
    return {"subject": f"You are invited: {event.title}", "place": event.place}


def why_not(message: OutgoingMessage) -> str:
    """Why this invitation is no longer wanted, as a sentence for staff; empty while it is."""
    invitee = Invitee.objects.filter(public_id=message.recipient).select_related("event").first()
    if invitee is None:
        return "The invitation no longer exists."
    if invitee.state != Invitee.State.PENDING:
        return f"The invitation is “{invitee.get_state_display().lower()}” by now."
    if not invitee.event.takes_bookings:
        return "The event takes no bookings any more."
    booked = Registration.objects.filter(event=invitee.event, email_key=invitee.email_key).live()
    return "The person has booked by now." if booked.exists() else ""
