"""Reads an e-mail that somebody saved as a file (.eml, RFC 5322), whoever made it and however broken it is.

Nothing of it is trusted: headers become one line of plain text, HTML becomes text without anything that runs or
fetches, and what is too large or too deep is refused before it costs anything.
"""

from __future__ import annotations

import email
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from engagement.core.errors import Refused

MOST_PARTS = 200
MOST_TEXT = 100_000
# More HTML than this in one mail is not read: what a person wrote is far shorter.
MOST_HTML = 400_000
NOT_A_MAIL = (
    "This is not an e-mail that was saved as a file. In your mail program, open the e-mail and save it as .eml, then "
    "choose that file."
)
TOO_DEEP = "This e-mail has more parts than can be read. Attach it as a document, and type in what it says."
DAMAGED = "This e-mail is damaged and cannot be read. Attach it as a document, and type in what it says."
# What says that a mail has several parts.
BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
# The headers that are looked into, with the lines that go on in the next one. Taking a long one apart costs the
# square of its length, so that 100 kB keep a machine busy for minutes.
LOOKED_INTO = re.compile(
    rb"^(?:from|subject|date|message-id|content-[a-z-]+)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
LONGEST_HEADER, MOST_HEADERS, LONGEST_HEAD = 2_000, 100_000, 256_000
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
SILENT = {"script", "style", "head", "title", "template", "noscript", "object", "svg", "math", "iframe"}
# Elements after which a line, or before which a paragraph, begins.
BREAKS = {"br", "tr", "div", "li", "dt", "dd", "hr"}
PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "section", "article"}


@dataclass(frozen=True)
class Attachment:
    """A file in a mail. `is_inline` are the pictures of a signature and the like."""

    name: str
    content: bytes
    is_inline: bool


@dataclass(frozen=True)
class Mail:
    """What a mail says. `sent_at` is the moment that its sender claims; `notes` tell what was not read."""

    sender_name: str
    sender_email: str
    sent_at: datetime | None
    subject: str
    text: str
    message_id: str
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(content: bytes) -> Mail:
    """The mail in a file; raises Refused with a sentence for what is none, or has too many parts to be read."""
    if len(BOUNDARY.findall(content)) > MOST_PARTS:
        raise Refused(TOO_DEEP)
    _refuse_headers(content)
    try:
        message = email.message_from_bytes(content, policy=policy.default)
        if not isinstance(message, EmailMessage) or not _is_mail(message):
            raise Refused(NOT_A_MAIL)
        return _read(message)
    except Refused:
        raise
    except RecursionError as error:
        raise Refused(TOO_DEEP) from error
    except Exception as error:  # broken headers make the parser raise many kinds
        raise Refused(DAMAGED) from error


def _refuse_headers(content: bytes) -> None:
    head = re.search(rb"\r?\n\r?\n", content[: LONGEST_HEAD + 4])
    if head is None and len(content) > LONGEST_HEAD:
        raise Refused(NOT_A_MAIL)
    total = 0
    for found in LOOKED_INTO.finditer(content):
        total += len(found[0])
        if len(found[0]) > LONGEST_HEADER or total > MOST_HEADERS:
            raise Refused(DAMAGED)


def _is_mail(message: EmailMessage) -> bool:
    return "from" in message and any(name in message for name in ("date", "message-id", "subject", "to", "received"))


def _read(message: EmailMessage) -> Mail:
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    notes: list[str] = []
    for number, part in enumerate(_leaves(message)):
        if number >= MOST_PARTS:
            raise Refused(TOO_DEEP)
        kind, name = part.get_content_type(), one_line(part.get_filename() or "", 200)
        if kind == "message/rfc822":
            notes.append("A forwarded e-mail in it is not read. Open the original to see it.")
        elif name or part.get_content_disposition() == "attachment":
            attachments.append(_attachment(part, name or f"attachment-{number}"))
        elif kind == "text/plain":
            plain.append(_text_of(part))
        elif kind == "text/html":
            html.append(_text_of(part))
    text = "\n\n".join(one.strip() for one in plain if one.strip()) or _of_html("\n".join(html), notes)
    text = CONTROLS.sub("", unicodedata.normalize("NFC", _storable(text))).replace("\r\n", "\n").strip()
    if len(text) > MOST_TEXT:
        notes.append("The text is longer than 100,000 characters, so the end of it stands in the original only.")
        text = text[:MOST_TEXT]
    name, address = _sender(message)
    return Mail(
        sender_name=name,
        sender_email=address,
        sent_at=_moment(message),
        subject=one_line(_header(message, "subject"), 300),
        text=text,
        message_id=one_line(_header(message, "message-id"), 300),
        attachments=attachments,
        notes=list(dict.fromkeys(notes)),
    )


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold something, a forwarded mail as one; without recursion, however deep they lie."""
    waiting: list[Any] = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(part.get_payload()))
        else:
            yield part


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, "") or "")


def _sender(message: EmailMessage) -> tuple[str, str]:
    """Name and address; no address when it is none that mail could be sent to."""
    name, address = parseaddr(one_line(_header(message, "from"), 600))
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    return one_line(name, 150), address[:254]


def _moment(message: EmailMessage) -> datetime | None:
    moment = getattr(message.get("date"), "datetime", None)
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC) if 1990 <= moment.year <= 2100 else None  # type: ignore[no-any-return]


def _attachment(part: EmailMessage, name: str) -> Attachment:
    payload = part.get_payload(decode=True)
    is_inline = part.get_content_disposition() == "inline" or (
        part.get_content_maintype() == "image" and bool(part.get("content-id"))
    )
    return Attachment(name, payload if isinstance(payload, bytes) else b"", is_inline)


def _text_of(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    try:
        return content.decode(charset)
    except (LookupError, ValueError):
        return content.decode("utf-8", errors="replace")


def one_line(text: str, longest: int) -> str:
    """The text on one line, without characters that are not seen, and not longer than that."""
    clean = CONTROLS.sub("", unicodedata.normalize("NFC", _storable(text).replace("\n", " ").replace("\r", " ")))
    return " ".join(clean.split())[:longest]


def _storable(text: str) -> str:
    """Without halves of characters, which no database takes."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


# --- HTML -----------------------------------------------------------------------------------------------


class _Words(HTMLParser):
    """Collects what can be read in an HTML mail. Nothing in it is run, followed or fetched."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag in PARAGRAPHS:
            self.found.append("\n\n")
        elif tag in BREAKS:
            self.found.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in PARAGRAPHS:
            self.found.append("\n\n")
        elif tag in {"td", "th"}:
            self.found.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(re.sub(r"\s+", " ", data))


def _of_html(html: str, notes: list[str]) -> str:
    if not html.strip():
        return ""
    if len(html) > MOST_HTML:
        notes.append("The text is very long, so the end of it stands in the original only.")
        html = html[:MOST_HTML]
    words = _Words()
    words.feed(html)
    lines = [line.strip() for line in "".join(words.found).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
