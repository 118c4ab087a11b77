"""Reading messages that came back: reports of delivery, complaints, and answers that no person wrote.

Three shapes are understood: the report of RFC 3464 that mail servers send, the complaint of RFC 5965 that providers
send, and the many older shapes that `flufl.bounce` knows. Automatic answers (out of office) are none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.utils import parseaddr
from typing import NamedTuple

from flufl.bounce import all_failures

from engagement.messaging.models import Report

Kind = Report.Kind
# Of the "no such mailbox" family 5.1.x these two speak of the sender; the others of 5 may pass.
FOR_GOOD = re.compile(r"5\.(1\.(?!7|8)\d+|2\.1|4\.4)$")
# How servers that give no such number say the same.
NOBODY = re.compile(
    r"user unknown|unknown user|no such (user|mailbox|recipient)|does not exist|5\.1\.[01236]\b", re.IGNORECASE
)
AUTOMATIC = re.compile(r"^(auto-replied|auto-notified)", re.IGNORECASE)


class Found(NamedTuple):
    """One address that a returned message speaks of; `message_id` is that of the message which came back."""

    kind: str
    address: str
    message_id: str
    text: str


def is_automatic_answer(message: Message) -> bool:
    """Whether a machine wrote it for its holder: out of office, a receipt, a list. It is neither read nor answered."""
    if message.get_content_type() == "multipart/report":
        return False
    return bool(
        AUTOMATIC.match(message.get("Auto-Submitted", ""))
        or message.get("X-Autoreply")
        or message.get("X-Autorespond")
        or message.get("Precedence", "").strip().lower() in {"auto_reply", "bulk", "list", "junk"}
    )


def read(message: Message) -> list[Found]:
    """What one message that arrived says about messages of ours; empty for anything else."""
    if is_automatic_answer(message):
        return []
    about = _original_id(message)
    kind = message.get_param("report-type", "", header="content-type")
    if kind == "feedback-report":
        return [Found(Kind.COMPLAINED, address, about, "Marked as spam") for address in _complained(message)]
    found = [Found(kind, address, about, text) for kind, address, text in _statuses(message)]
    if found or kind == "delivery-status":
        return found
    temporary, permanent = all_failures(message)
    return [
        Found(kind, _text(address), about, "Came back")
        for kind, addresses in ((Kind.BOUNCED, permanent), (Kind.SOFT, temporary - permanent))
        for address in sorted(addresses)
    ]


def _statuses(message: Message) -> Iterator[tuple[str, str, str]]:
    """Kind, address and words of each recipient in a report of delivery."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        payload = part.get_payload()
        for fields in _parts(payload):
            recipient = fields.get("Final-Recipient") or fields.get("Original-Recipient") or ""
            address = parseaddr(recipient.partition(";")[2].strip())[1]
            action, status = fields.get("Action", "").strip().lower(), fields.get("Status", "").split(" ")[0].strip()
            words = fields.get("Diagnostic-Code", "").partition(";")[2].strip() or status
            if not address or action not in {"failed", "delayed", "delivered"}:
                continue
            if action == "failed":
                is_for_good = FOR_GOOD.match(status) or (status.startswith("5.") and NOBODY.search(words))
                yield Kind.BOUNCED if is_for_good else Kind.SOFT, address, words
            elif action == "delivered":
                yield Kind.DELIVERED, address, words


def _complained(message: Message) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            payload = part.get_payload()
            text = "".join(part.as_string() for part in _parts(payload)) or str(payload)
            for line in text.splitlines():
                name, _, value = line.partition(":")
                if name.strip().lower() == "original-rcpt-to" and (address := parseaddr(value)[1]):
                    yield address


def _original_id(message: Message) -> str:
    """The Message-ID of the message that came back, from the copy or the headers within."""
    for part in message.walk():
        if part is message:
            continue
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            payload = part.get_payload()
            inner = "".join(part.as_string() for part in _parts(payload)) or str(payload)
            found = re.search(r"(?im)^Message-ID:\s*(<[^>]+>)", inner)
            if found:
                return found[1]
    return ""


def _parts(payload: object) -> list[Message]:
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _text(address: bytes | str) -> str:
    return address.decode("ascii", "replace") if isinstance(address, bytes) else address
