"""Whether a message that had its cause is still wanted when it leaves.

What is planned by the clock stands in `plan`.
"""

from __future__ import annotations

from engagement.events.models import Event, Registration
from engagement.messaging.models import OutgoingMessage


def why_not(message: OutgoingMessage) -> str:
    """Why this message is no longer wanted, as a sentence for staff; empty while it is.

    Messages that say when and where carry the schedule's revision in their occurrence.
    """
    registration = Registration.objects.filter(public_id=message.recipient).select_related("event").first()
    if registration is None:
        return "The booking no longer exists."
    event = registration.event
    if event.state in {Event.State.CANCELLED, Event.State.POSTPONED}:
        return f"The event was {event.get_state_display().lower()}."
    if registration.state not in Registration.LIVE:
        return "The booking was given up."
    revision = message.occurrence.partition(":")[2]
    if revision.isdigit() and int(revision) != event.schedule_revision:
        return "The event was moved after this was written."
    if message.rule == "events.waiting" and registration.state != Registration.State.WAITING:
        return "The person has a place by now."
    if message.rule == "events.offered" and not registration.offer_is_open:
        return "The offer was taken up or has ended."
    if message.rule == "events.confirmed" and registration.state != Registration.State.CONFIRMED:
        return "The person has no place any more."
    return ""
