"""Handing one message to a mail server, and telling exactly what came of it.

What makes "never twice" possible is *when* the attempt is written down: after the server said 354 and before the
payload leaves. Before that mark nothing was handed over; after it only the server's answer decides.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum
from http import HTTPStatus
from typing import Protocol

from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailSerializationError
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.message import sanitize_address
from django.core.mail.utils import DNS_NAME

from engagement.messaging import faults

MAILS_PER_CONNECTION = 100
# Seconds until the server has to answer; the lease of a message that is being sent is longer than this.
ANSWER_SECONDS = settings.EMAIL_TIMEOUT
# Of the "no such mailbox" family 5.1.x, these two speak of the sender.
OF_THE_SENDER = ("5.1.7", "5.1.8")


class Result(Enum):
    SENT = "sent"
    # Not taken, for now.
    LATER = "later"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    # The attempt mark was not granted: the message belongs to somebody else by now.
    FENCED = "fenced"
    # The server could not be reached or would not talk with us: says nothing about this message.
    NO_LINE = "no_line"


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt. `reason` is for staff; `is_address_unknown` means that the mailbox does not exist."""

    result: Result
    reason: str = ""
    is_address_unknown: bool = False


class Transport(Protocol):
    """A way out. `send` calls `mark` once, at the last moment at which the message is certainly unsent, and hands the
    message over only when it returns True."""

    def send(self, email: EmailMessage, mark: Callable[[], bool]) -> Outcome: ...

    def close(self) -> None: ...


def open_transport() -> Transport:
    """The transport of settings.EMAIL_BACKEND."""
    if settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
        return SMTPTransport()
    return BackendTransport()


class BackendTransport:
    """Django's own backends (memory, console), which cannot be watched: any error after the mark is uncertain."""

    def send(self, email: EmailMessage, mark: Callable[[], bool]) -> Outcome:
        if not mark():
            return Outcome(Result.FENCED)
        try:
            get_connection().send_messages([email])
        except AnymailError as error:
            return _of_provider(error)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Result.UNCERTAIN, f"The mail backend failed: {_words(error)}")
        return Outcome(Result.SENT)

    def close(self) -> None:
        """Nothing is kept open."""


def _of_provider(error: AnymailError) -> Outcome:
    """What a provider's own words mean: a no is a no, and only what it did not answer is uncertain."""
    status = getattr(error, "status_code", None)
    text = f"The mail provider refused it: {_words(error)}"
    if isinstance(error, AnymailRecipientsRefused | AnymailSerializationError):
        return Outcome(Result.REFUSED, text)
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return Outcome(Result.LATER, f"The mail provider asked to wait: {status}")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return Outcome(Result.LATER, "The mail provider does not know the key of this site.")
    if status is not None and 400 <= status < 500:
        return Outcome(Result.REFUSED, text)
    return Outcome(Result.UNCERTAIN, f"The mail provider did not answer: {_words(error)}")


class SMTPTransport:
    """One connection, used again for up to 100 messages and given up after anything but a plain success."""

    def __init__(self) -> None:
        self.server: smtplib.SMTP | None = None
        self.sent = 0

    def send(self, email: EmailMessage, mark: Callable[[], bool]) -> Outcome:
        content = email.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's messages take it
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(Result.NO_LINE, f"The mail server cannot be reached: {_words(error)}")
        outcome = self._converse(server, email, content, mark)
        self.sent += 1
        if outcome.result is not Result.SENT or self.sent >= MAILS_PER_CONNECTION:
            self.close()
        return outcome

    def close(self) -> None:
        server, self.server, self.sent = self.server, None, 0
        if server is not None:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        if self.server is None:
            kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
            server = kind(
                settings.EMAIL_HOST, settings.EMAIL_PORT, local_hostname=DNS_NAME.get_fqdn(), timeout=ANSWER_SECONDS
            )
            self.server = server
            if settings.EMAIL_USE_TLS:
                server.starttls(context=ssl.create_default_context())
            if settings.EMAIL_HOST_USER:
                server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            server.ehlo_or_helo_if_needed()
            if server.sock is not None:
                # The dot travels in a packet of its own; without this it would wait for the server's TCP answer.
                server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.server

    def _converse(self, server: smtplib.SMTP, email: EmailMessage, content: bytes, mark: Callable[[], bool]) -> Outcome:
        try:
            refusal = _envelope(server, email)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Result.LATER, f"The line broke before the message was handed over: {_words(error)}")
        if refusal is not None:
            return refusal
        faults.fault("before mark")
        if not mark():
            return Outcome(Result.FENCED)
        faults.fault("after mark")
        try:
            server.send(_dotted(content))
        except (OSError, smtplib.SMTPException) as error:
            # The end-of-data marker never left, so the server cannot have taken the message.
            return Outcome(Result.LATER, f"The line broke in the middle of the message: {_words(error)}")
        faults.fault("after payload")
        try:
            server.send(b".\r\n")
            code, answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(
                Result.UNCERTAIN,
                f"The line broke after the message was handed over, before the answer: {_words(error)}",
            )
        faults.fault("after answer")
        if not (200 <= code < 300 or 400 <= code < 600):
            return Outcome(
                Result.UNCERTAIN, f"The mail server gave an answer that means nothing: {_line(code, answer)}"
            )
        return _judged(code, answer, is_about_address=True) or Outcome(Result.SENT)


def _envelope(server: smtplib.SMTP, email: EmailMessage) -> Outcome | None:
    """MAIL, RCPT and DATA up to the server's 354; an outcome when it says no earlier."""
    options = ["body=8bitmime"] if server.has_extn("8bitmime") else []
    refusal = _judged(*server.mail(_bare(email.from_email), options))
    if refusal is None:
        refusal = _judged(*server.rcpt(_bare(email.to[0])), is_about_address=True)
    if refusal is None:
        code, answer = server.docmd("DATA")
        refusal = None if code == 354 else _judged(code, answer) or Outcome(Result.LATER, _line(code, answer))
    return refusal


def _judged(code: int, answer: bytes, *, is_about_address: bool = False) -> Outcome | None:
    """None for a yes of the server; otherwise what its no means."""
    text = _line(code, answer)
    if 200 <= code < 300:
        return None
    if 500 <= code < 600:
        enhanced = re.match(r"\d{3} (5\.\d{1,3}\.\d{1,3})\b", text)
        number = enhanced[1] if enhanced else ""
        is_unknown = is_about_address and number.startswith("5.1.") and number not in OF_THE_SENDER
        return Outcome(Result.REFUSED, f"The mail server refused it: {text}", is_unknown)
    return Outcome(Result.LATER, f"The mail server asked to wait: {text}")


def _bare(address: str) -> str:
    return parseaddr(sanitize_address(address, "utf-8"))[1]


def _dotted(content: bytes) -> bytes:
    """The payload with every leading full stop doubled, ending in a line break."""
    content = re.sub(rb"(?m)^\.", b"..", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _line(code: int, answer: bytes) -> str:
    return f"{code} {' '.join(answer.decode('utf-8', 'replace').split())}".strip()[:200]


def _words(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:150]
