"""What staff decide about a message that did not simply leave."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage, Step

State = OutgoingMessage.State


def send_again(message_id: int, *, actor: Any) -> OutgoingMessage:
    """Make a failed or uncertain message due now. Of an uncertain one, a second copy may arrive.

    Raises Refused when it is in another state or its time has passed.
    """
    return _decide(message_id, {State.UNCERTAIN, State.FAILED}, State.PLANNED, "Sent again", actor)


def treat_as_sent(message_id: int, *, actor: Any) -> OutgoingMessage:
    """Settle an uncertain message as sent."""
    return _decide(message_id, {State.UNCERTAIN}, State.SENT, "Treated as sent", actor)


def release(message_id: int, *, actor: Any) -> OutgoingMessage:
    """Let a held message go out."""
    return _decide(message_id, {State.HELD}, State.PLANNED, "Released", actor)


def hold(message_id: int, *, actor: Any) -> OutgoingMessage:
    """Keep back a message that nobody has begun to send."""
    return _decide(message_id, {State.PLANNED}, State.HELD, "Held back", actor)


def drop(message_id: int, *, actor: Any) -> OutgoingMessage:
    """Decide that a held message, or one that is not due yet, is not sent at all."""
    return _decide(message_id, {State.HELD, State.PLANNED}, State.SKIPPED, "Stopped by staff", actor)


@transaction.atomic
def _decide(message_id: int, before: set[State], after: State, text: str, actor: Any) -> OutgoingMessage:
    message = OutgoingMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.state not in before:
        raise Refused(f"This message is “{message.get_state_display()}” by now, so nothing was changed.")
    now = timezone.now()
    if after == State.PLANNED and message.expires_at is not None and message.expires_at <= now:
        raise Refused("The time of this message has passed, so it is not sent any more.")
    message.move_to(after)
    message.owner, message.lease_until, message.retry_at = "", None, None
    message.reason = "Stopped by staff." if after == State.SKIPPED else ""
    if after == State.SENT:
        message.sent_at = now
    message.save(update_fields=["state", "owner", "lease_until", "retry_at", "reason", "sent_at", "updated_at"])
    Step.objects.create(message=message, text=text, actor=actor)
    return message
