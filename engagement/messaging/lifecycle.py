"""What staff decide about a message that did not simply leave."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.core.errors import Refused
from engagement.messaging import line
from engagement.messaging.models import OutgoingMessage, Step, Suppression

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


# --- many at once ---------------------------------------------------------------------------------------


def release_all(rule: str, *, actor: Any) -> int:
    """Let all held messages of one mailing go out; returns how many. Those whose time has passed end as too late."""
    return _decide_all(rule, State.PLANNED, "Released", actor)


def drop_all(rule: str, *, actor: Any) -> int:
    """Decide that no held message of one mailing is sent; returns how many."""
    return _decide_all(rule, State.SKIPPED, "Stopped by staff", actor)


@transaction.atomic
def _decide_all(rule: str, after: State, text: str, actor: Any) -> int:
    rows = OutgoingMessage.objects.select_for_update(of=("self",)).filter(rule=rule, state=State.HELD)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    reason = "Stopped by staff." if after == State.SKIPPED else ""
    OutgoingMessage.objects.filter(pk__in=keys).update(
        state=after, owner="", lease_until=None, retry_at=None, reason=reason, updated_at=timezone.now()
    )
    Step.objects.bulk_create([Step(message_id=key, text=text, actor=actor) for key in keys], batch_size=500)
    return len(keys)


def stop_sending(why: str, *, actor: Any) -> None:
    """Let nothing more leave until somebody starts sending again. Pressing twice changes nothing."""
    if line.stop(why):
        Step.objects.create(text=f"Sending stopped: {why}"[:300], actor=actor)


@transaction.atomic
def start_sending(*, hold_older: bool, actor: Any) -> int:
    """Let messages leave again. With `hold_older`, what is due by now is held, for staff to release what is still
    wanted; returns how many. Raises Refused while it is on."""
    now, held = timezone.now(), 0
    if not line.is_stopped():
        raise Refused("Sending is on already, so nothing was changed.")
    if hold_older:
        due = OutgoingMessage.objects.filter(state=State.PLANNED, due_at__lte=now)
        held = due.update(state=State.HELD, reason="Held when sending started again.", updated_at=now)
    line.start()
    words = f"Sending started again; {held} messages held." if hold_older else "Sending started again."
    Step.objects.create(text=words, actor=actor)
    return held


@transaction.atomic
def put_right(suppression_id: int, *, actor: Any) -> None:
    """Send to an address again: it was put right, or works after all. What its holder unsubscribed from stays so."""
    found = Suppression.objects.select_for_update().filter(pk=suppression_id, cause__in=Suppression.FAULTY).first()
    if found is None:
        raise Refused("Messages go to this address again already.")
    found.delete()
    Step.objects.create(address_key=found.address_key, text="Sent to again", actor=actor)


@transaction.atomic
def _decide(message_id: int, before: set[State], after: State, text: str, actor: Any) -> OutgoingMessage:
    message = OutgoingMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.state not in before:
        raise Refused(f"This message is “{message.get_state_display()}” by now, so nothing was changed.")
    now = timezone.now()
    if after == State.PLANNED and message.expires_at is not None and message.expires_at <= now:
        raise Refused("The time of this message has passed, so it is not sent any more.")
    if after == State.PLANNED and message.text_deleted_at is not None:
        raise Refused("The text of this message was deleted, so it cannot be sent any more.")
    message.move_to(after)
    message.owner, message.lease_until, message.retry_at = "", None, None
    message.reason = "Stopped by staff." if after == State.SKIPPED else ""
    if after == State.SENT:
        message.sent_at = now
    message.save(update_fields=["state", "owner", "lease_until", "retry_at", "reason", "sent_at", "updated_at"])
    Step.objects.create(message=message, text=text, actor=actor)
    return message
