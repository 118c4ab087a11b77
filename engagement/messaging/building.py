"""A row of the outbox as an e-mail with its headers and parts."""

from __future__ import annotations

import re
from email.utils import formataddr, formatdate

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.module_loading import import_string

from engagement.core import tokens
from engagement.messaging.models import OutgoingMessage

UNSUBSCRIBE, PREFERENCES = "messaging.unsubscribe", "messaging.preferences"
UID, FOLD = re.compile(r"(?m)^UID:(.+)$"), re.compile(r"\r?\n[ \t]")


def build(message: OutgoingMessage) -> EmailMultiAlternatives:
    """The message as it leaves; the same row gives the same Message-ID. Raises ValueError for an impossible address."""
    try:
        validate_email(message.to_email)
    except ValidationError:
        raise ValueError("the address is not complete") from None
    email = EmailMultiAlternatives(
        subject=f"{settings.SUBJECT_PREFIX} {message.subject}".strip(),
        body=message.text_body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((message.to_name, message.to_email)) if message.to_name else message.to_email],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=_headers(message),
    )
    if message.html_body:
        email.attach_alternative(message.html_body, "text/html")
    if message.calendar:
        email.attach_alternative(message.calendar, f"text/calendar; method={message.calendar_method or 'PUBLISH'}")
        email.attach("invite.ics", message.calendar.encode(), "application/ics")
    for path in settings.MESSAGE_FILES:
        for name, content, kind in import_string(path)(message):
            email.attach(name, content, kind)
    # Comes back with what a mail provider reports; other ways of sending take no notice of it.
    email.metadata = {"message": str(message.public_id)}  # type: ignore[attr-defined]
    return email


def uid_of(calendar: str) -> str:
    """The UID of the entry in an iCalendar file; empty without one."""
    found = UID.search(FOLD.sub("", calendar))
    return found[1].strip()[:200] if found else ""


def unsubscribe_url(category: str, address_key: str) -> str:
    """The page on which the holder of a mailbox stops one category; empty for messages that cannot be stopped."""
    if category == OutgoingMessage.Category.TRANSACTIONAL:
        return ""
    token = tokens.sign(UNSUBSCRIBE, f"{category}:{address_key}")
    return settings.SITE_URL + reverse("messaging:unsubscribe", args=[token])


def preferences_url(address_key: str) -> str:
    """The page on which the holder of a mailbox chooses what they get, kind by kind."""
    return settings.SITE_URL + reverse("messaging:preferences", args=[tokens.sign(PREFERENCES, address_key)])


def _headers(message: OutgoingMessage) -> dict[str, str]:
    headers = {
        "Message-ID": message.message_id,
        "Date": formatdate(localtime=False),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if url := unsubscribe_url(message.category, message.address_key):
        headers["List-Unsubscribe"] = f"<{url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
