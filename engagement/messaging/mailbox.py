"""The mailbox that returned messages arrive in: read, taken into account, and emptied.

A message is removed only after what it says is stored; read twice, it says nothing new. Nothing is ever answered, so no
loop of two machines can begin here.
"""

from __future__ import annotations

import hashlib
import imaplib
import logging
import mailbox
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Q
from django.utils import timezone

from engagement.messaging import reports, returned
from engagement.messaging.models import Line, Report, address_hash

logger = logging.getLogger(__name__)
# A mailbox is asked no more often than this, and gives at most so many messages at a time.
PAUSE = timedelta(minutes=5)
AT_ONCE = 1000
SECONDS = 20
NAME = "bounces"


def read_when_due(now: datetime | None = None) -> dict[str, int]:
    """Read settings.BOUNCE_MAILBOX if it was not read for five minutes; of several processes one does."""
    now = now or timezone.now()
    if not settings.BOUNCE_MAILBOX:
        return {}
    line, _ = Line.objects.get_or_create(name=NAME)
    is_due = Q(looked_at=None) | Q(looked_at__lt=now - PAUSE)
    if not Line.objects.filter(is_due, name=NAME).update(looked_at=now):
        return {}
    try:
        counts = read_all(settings.BOUNCE_MAILBOX)
    except (OSError, imaplib.IMAP4.error, mailbox.Error) as error:
        Line.objects.filter(name=NAME).update(failures=line.failures + 1, reason=str(error)[:300])
        logger.warning("The mailbox of returned messages cannot be read: %s.", type(error).__name__)
        return {}
    Line.objects.filter(name=NAME).update(failures=0, reason="")
    return counts


def read_all(address: str) -> dict[str, int]:
    """Read what lies in a mailbox (imaps://, maildir:, mbox:). Returns how many messages said what."""
    counts = Counter[str]()
    with _opened(address) as (letters, remove):
        for key, content in letters:
            for kind in take(content):
                counts[kind] += 1
            remove(key)
    return dict(counts)


def take(content: bytes) -> list[str]:
    """Store what one message that arrived says; returns the kinds of what was new, “ignored” or “unknown”."""
    message = message_from_bytes(content)
    if returned.is_automatic_answer(message):
        return ["ignored"]
    try:
        found = returned.read(message)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - written by strangers
        # Whatever arrives from outside, the next one is read.
        logger.warning("A returned message could not be read: %s.", type(error).__name__)
        found = []
    source = message.get("Message-ID") or hashlib.sha256(content).hexdigest()
    said = []
    for one in found:
        key = address_hash(one.address)
        number = reports.source_of("mailbox", source, key)
        if Report.objects.filter(source=number).exists():
            said.append("known")
            continue
        about = reports.message_of(message_id=one.message_id, address_key=key)
        # Without a message of ours to that mailbox, anybody could have made it up.
        if about is None or about.address_key != key:
            continue
        is_new = reports.receive(one.kind, source=number, address_key=key, message=about, text=one.text)
        said.append(one.kind if is_new else "known")
    return said or ["unknown"]


@contextmanager
def _opened(address: str) -> Iterator:  # type: ignore[type-arg]  # pairs of letters and the way to remove one
    parts = urlsplit(address)
    if parts.scheme in {"maildir", "mbox"}:
        kind = mailbox.Maildir if parts.scheme == "maildir" else mailbox.mbox
        box = kind(parts.path, create=parts.scheme == "maildir")
        if parts.scheme == "mbox":
            box.lock()
        try:
            yield ((key, box.get_bytes(key)) for key in list(box.keys())[:AT_ONCE]), box.remove
        finally:
            box.flush()
            box.close()
        return
    kinds = {"imaps": imaplib.IMAP4_SSL, "imap": imaplib.IMAP4}
    server = kinds[parts.scheme](
        parts.hostname or "", parts.port or (993 if parts.scheme == "imaps" else 143), timeout=SECONDS
    )
    try:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        server.select(unquote(parts.path.strip("/")) or "INBOX")
        _, numbers = server.uid("search", "ALL")
        keys = numbers[0].split()[:AT_ONCE] if numbers and numbers[0] else []
        yield (
            ((key, _fetched(server, key)) for key in keys),
            lambda key: server.uid("store", key, "+FLAGS", r"(\Deleted)"),
        )
        server.expunge()
    finally:
        server.logout()


def _fetched(server: imaplib.IMAP4, key: bytes) -> bytes:
    _, found = server.uid("fetch", key.decode(), "(BODY.PEEK[])")
    return next((part[1] for part in found if isinstance(part, tuple)), b"")
