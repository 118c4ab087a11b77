"""What mail providers report, through the one signal of anymail."""

from __future__ import annotations

from typing import Any

from engagement.messaging import reports
from engagement.messaging.models import Report, address_hash

Kind = Report.Kind
KINDS = {
    "delivered": Kind.DELIVERED,
    "opened": Kind.OPENED,
    "bounced": Kind.BOUNCED,
    "rejected": Kind.BOUNCED,
    "deferred": Kind.SOFT,
    "complained": Kind.COMPLAINED,
}


def heard(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Receiver of `anymail.signals.tracking`: one event about one recipient."""
    kind = KINDS.get(event.event_type)
    key = address_hash(event.recipient) if event.recipient else ""
    number = str((event.metadata or {}).get("message", ""))
    message = reports.message_of(number=number, message_id=event.message_id or "", address_key=key)
    key = key or (message.address_key if message is not None else "")
    if kind is None or not key:
        return
    if kind == Kind.BOUNCED and event.reject_reason not in (None, "invalid", "bounced"):
        # Refused for the content or by a list of the provider's own: nothing against the address.
        kind = Kind.SOFT
    told = event.event_id or f"{event.message_id}:{event.timestamp}"
    reports.receive(
        kind,
        source=reports.source_of(esp_name, event.event_type, str(told), key),
        address_key=key,
        message=message,
        at=event.timestamp,
        text=event.description or event.mta_response or "",
    )
