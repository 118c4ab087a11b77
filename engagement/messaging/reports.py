"""What is heard of messages after they left: delivered, opened, came back, marked as spam.

Whatever the source, a report is stored once, settles an uncertain message, stops mail to an address that it speaks
against, and is told to those upstairs who asked (settings.MESSAGE_EVENTS).
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from engagement.messaging import claims
from engagement.messaging.models import OutgoingMessage, Report, Suppression

logger = logging.getLogger(__name__)
State, Kind, Cause = OutgoingMessage.State, Report.Kind, Suppression.Cause
# So many messages that came back for now, within this span, count like one that came back for good.
SOFT_LIMIT, SOFT_SPAN = 3, timedelta(days=14)


def tell(message: OutgoingMessage, event: str) -> None:
    """Call those who asked with “sent”, “delivered”, “opened”, “bounced”, “soft” or “complained”.

    What they do cannot undo what happened, so their errors are only logged; and since a process may die before this
    call, they look at the message's own state as well. Messages about nothing of theirs concern nobody.
    """
    if not message.about_kind:
        return
    for name in settings.MESSAGE_EVENTS:
        try:
            import_string(name)(message, event)
        except Exception:
            logger.exception("Message %s: %s could not take “%s”.", message.pk, name, event)


def suppress(address_key: str, cause: str, reason: str) -> bool:
    """Send nothing more to an address; the first reason stands until staff put the address right."""
    _, is_new = Suppression.objects.get_or_create(
        address_key=address_key, category="", defaults={"cause": cause, "reason": " ".join(reason.split())[:300]}
    )
    return is_new


def source_of(*parts: str) -> str:
    """The key of a report: equal for the same report told twice."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def receive(
    kind: str,
    *,
    source: str,
    address_key: str,
    message: OutgoingMessage | None = None,
    at: datetime | None = None,
    text: str = "",
) -> bool:
    """Take one report of a kind in Report.Kind; False when it is known already."""
    at, text = at or timezone.now(), " ".join(text.split())[:300]
    with transaction.atomic():
        _, is_new = Report.objects.get_or_create(
            source=source,
            defaults={"message": message, "address_key": address_key, "kind": kind, "at": at, "text": text},
        )
        if not is_new:
            return False
        if kind == Kind.BOUNCED:
            suppress(address_key, Cause.BOUNCED, text)
        elif kind == Kind.COMPLAINED:
            suppress(address_key, Cause.COMPLAINED, text)
        elif kind == Kind.SOFT and _is_failing(address_key):
            suppress(address_key, Cause.FAILING, text)
        if message is not None:
            _settle(message, kind, text)
    if message is not None:
        message.refresh_from_db(fields=["state", "reason", "sent_at"])
        tell(message, kind)
    return True


def _is_failing(address_key: str) -> bool:
    since = timezone.now() - SOFT_SPAN
    return Report.objects.filter(address_key=address_key, kind=Kind.SOFT, at__gte=since).count() >= SOFT_LIMIT


def _settle(message: OutgoingMessage, kind: str, text: str) -> None:
    """An uncertain message that is heard of did leave; one that came back did not arrive."""
    if kind == Kind.BOUNCED:
        reason = f"It came back: {text or 'the address does not exist'}"[:300]
        claims.move(message.pk, {State.SENT, State.UNCERTAIN}, None, state=State.FAILED, reason=reason, step=reason)
        return
    claims.move(
        message.pk,
        {State.UNCERTAIN},
        None,
        state=State.SENT,
        sent_at=timezone.now(),
        reason="",
        step=f"It did leave: {Kind(kind).label.lower()}.",
    )


def message_of(number: str = "", message_id: str = "", address_key: str = "") -> OutgoingMessage | None:
    """The message that a report speaks of: by our own number in it, its Message-ID, or the last one to the mailbox
    within two weeks."""
    rows = OutgoingMessage.objects.all()
    if number:
        try:
            found = rows.filter(public_id=number).first()
        except (ValueError, TypeError):
            found = None
        if found is not None:
            return found
    if message_id:
        bare = message_id.strip().strip("<>")
        name = bare.partition("@")[0]
        found = message_of(name) if len(name) == 36 else None
        if found is not None and found.message_id.strip("<>") == bare:
            return found
    if not address_key:
        return None
    return rows.filter(address_key=address_key, sent_at__gt=timezone.now() - SOFT_SPAN).order_by("-sent_at").first()
