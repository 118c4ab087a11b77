"""The one way to send a message: ask for it here, and it leaves once.

    outbox.queue(
        "invitations/email/invitation",
        to=contact.email,
        to_name=contact.name,
        rule=f"invitations.invite:{consultation.pk}",
        occurrence="first",
        recipient=str(contact.pk),
        context={"invitation": invitation},
        category="consultation",
        about=invitation,
        scope=consultation.reference,
    )

The row is written in the caller's transaction, so that the cause and its message stand or fall together.
`(rule, occurrence, recipient)` and `(rule, occurrence, mailbox)` are unique: asking twice makes one message.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from engagement.core import languages
from engagement.messaging import tasks
from engagement.messaging.building import uid_of, unsubscribe_url
from engagement.messaging.models import OutgoingMessage, address_hash
from engagement.messaging.rendering import Stencil, render

logger = logging.getLogger(__name__)
BATCH = 500
# A request waits no longer than this for the broker, and asks it once.
IMPATIENT = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "max_retries": 0, "retry_on_timeout": False}
# The link of each thread to the broker, kept: making one costs several times what a message does.
_links = threading.local()


def queue(
    template: str,
    *,
    to: str,
    to_name: str = "",
    rule: str,
    occurrence: str,
    recipient: str,
    context: Mapping[str, Any],
    category: str = "transactional",
    about: models.Model | None = None,
    scope: str = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    reply_to: str = "",
    check: str = "",
    priority: int = 5,
    calendar: str | None = None,
    calendar_method: str = "",
    language: str = "",
    on_uncertain: str = "",
) -> OutgoingMessage | None:
    """Ask for one message, rendered now from `<template>.subject.txt`, `.txt` and `.html`; it is sent once.

    `due_at` None means now. `check` names the question in settings.MESSAGE_CHECKS that is asked again at the moment
    of sending. `scope` is the consultation's reference. A message of another category than "transactional" obeys
    what people chose and carries a way to unsubscribe. `calendar` is the text of an iCalendar file. `language` is
    what the recipient has chosen; without it the message is in the site's own, whoever caused it. `on_uncertain` is
    "hold" or "resend_once"; without it settings.RESENT_IF_UNCERTAIN decides by the rule.

    Returns the row, which may be one that was asked for earlier; None when another recipient of the same rule and
    occurrence shares the mailbox.
    """
    message = prepare(
        template,
        to=to,
        to_name=to_name,
        rule=rule,
        occurrence=occurrence,
        recipient=recipient,
        context=context,
        category=category,
        about=about,
        scope=scope,
        due_at=due_at,
        expires_at=expires_at,
        reply_to=reply_to,
        check=check,
        priority=priority,
        calendar=calendar,
        calendar_method=calendar_method,
        language=language,
        on_uncertain=on_uncertain,
    )
    queue_all([message])
    return OutgoingMessage.objects.filter(
        rule=message.rule, occurrence=message.occurrence, recipient=message.recipient
    ).first()


def prepare(
    template: str,
    *,
    to: str,
    to_name: str = "",
    rule: str,
    occurrence: str,
    recipient: str,
    context: Mapping[str, Any],
    category: str = "transactional",
    about: models.Model | None = None,
    scope: str = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    reply_to: str = "",
    check: str = "",
    priority: int = 5,
    calendar: str | None = None,
    calendar_method: str = "",
    language: str = "",
    on_uncertain: str = "",
    stencil: Stencil | None = None,
    values: Mapping[str, str] | None = None,
) -> OutgoingMessage:
    """A message that is rendered and not yet asked for: for previews, and for `queue_all`. Arguments as for `queue`.

    A `stencil` of the same template, made for many, is filled with `values` instead of rendering `context` anew.
    """
    if check and check not in settings.MESSAGE_CHECKS:
        raise KeyError(f"settings.MESSAGE_CHECKS has no “{check}”.")
    address_key = address_hash(to)
    with translation.override(languages.for_messages(language)):
        url = unsubscribe_url(category, address_key)
        if stencil is None:
            rendered = render(template, {"unsubscribe_url": url, **context}, scope=scope)
        else:
            rendered = stencil.filled({"unsubscribe_url": url, **(values or {})})
    message = OutgoingMessage(
        category=category,
        rule=rule,
        occurrence=occurrence,
        recipient=str(recipient),
        address_key=address_key,
        to_email=to.strip(),
        to_name=_one_line(to_name)[:200],
        reply_to=reply_to,
        subject=rendered.subject,
        text_body=rendered.text,
        html_body=rendered.html,
        calendar=calendar or "",
        calendar_method=calendar_method,
        calendar_uid=uid_of(calendar or ""),
        on_uncertain=on_uncertain or _policy(rule),
        about_kind=about._meta.label_lower if about is not None else "",
        about_key=str(about.pk) if about is not None else "",
        scope=scope,
        check_name=check,
        priority=priority,
        due_at=due_at or timezone.now(),
        expires_at=expires_at,
    )
    message.message_id = f"<{message.public_id}@{_own_domain()}>"
    return message


def queue_all(messages: Iterable[OutgoingMessage]) -> None:
    """Ask for many prepared messages at once; those that were asked for before are left as they are."""
    OutgoingMessage.objects.bulk_create(messages, batch_size=BATCH, ignore_conflicts=True)
    _ring_once()


def withdraw(rule: str, occurrence: str, *, reason: str) -> int:
    """Take back what nobody has begun to send yet; it ends as not sent, with the reason. Returns how many."""
    waiting = [OutgoingMessage.State.PLANNED, OutgoingMessage.State.HELD]
    return OutgoingMessage.objects.filter(rule=rule, occurrence=occurrence, state__in=waiting).update(
        state=OutgoingMessage.State.SKIPPED, reason=reason[:300], updated_at=timezone.now()
    )


def _policy(rule: str) -> str:
    policies = OutgoingMessage.Policy
    return policies.RESEND_ONCE if rule.startswith(settings.RESENT_IF_UNCERTAIN) else policies.HOLD


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _own_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"


def _ring_once() -> None:
    """Ring when the caller's transaction is committed, once however many messages it asked for."""
    connection = transaction.get_connection()
    if not any(function is ring for _, function, _ in connection.run_on_commit):
        transaction.on_commit(ring)


def ring() -> None:
    """Wake the worker, within a second or not at all.

    The rows are the promise, so a broker that is down or deaf costs only the time to the next tick.
    """
    begun = time.monotonic()
    for link in _tries():
        try:
            _links.broker = link or _new_link()
            tasks.send_due.apply_async(expires=tasks.BELL_SECONDS, retry=False, connection=_links.broker)
        except (KombuError, RedisError, OSError) as error:
            failure = type(error).__name__
            _hang_up()
            if time.monotonic() - begun > IMPATIENT["socket_timeout"] / 2:
                break
        else:
            return
    logger.warning("The broker does not answer (%s); messages wait for the next tick.", failure)


def _tries() -> list[Any]:
    """The kept link, then a new one (None): that the broker was restarted is found out by using the old one."""
    kept = getattr(_links, "broker", None)
    return [None] if kept is None else [kept, None]


def _new_link() -> Any:
    link = current_app.connection_for_write(connect_timeout=1)
    link.transport_options = {**link.transport_options, **IMPATIENT}
    return link


def _hang_up() -> None:
    link = _links.__dict__.pop("broker", None)
    if link is not None:
        with contextlib.suppress(KombuError, RedisError, OSError):
            link.release()
