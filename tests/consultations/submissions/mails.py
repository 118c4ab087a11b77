"""E-mails as people save them, and as nobody should: made here, each true to RFC 5322 unless it says otherwise."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from tests.factories.files import PDF


def message(text: str = "Buses end too early.", *, html: str = "", files: Any = (), **headers: str) -> EmailMessage:
    """A mail of Ada to us; `files` are (name, content)."""
    found = EmailMessage()
    given = {
        "From": "Ada Ferrier <ada@ferrier.example>",
        "To": "us@soundings.example",
        "Subject": "Our view on transport",
        "Date": "Wed, 06 Feb 2019 14:02:00 +0000",
        "Message-ID": "<one@ferrier.example>",
    }
    given.update({name.replace("_", "-"): value for name, value in headers.items()})
    for name, value in given.items():
        if value:
            found[name] = value
    if text or not html:
        found.set_content(text)
    if html:
        (found.add_alternative if text else found.set_content)(html, subtype="html")
    for name, content in files:
        found.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return found


def eml(*args: Any, **kwargs: Any) -> bytes:
    """The same as a file."""
    return message(*args, **kwargs).as_bytes()


REPORT = ("Survey of firms.pdf", PDF)
