"""Reading in the browser what the demonstration's mail server kept. Exists only where MAIL_CATCHER is on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from engagement.core.access import anyone
from engagement.core.templatetags.ui import moment
from engagement.core.views import Guarded, ListPage, PageView

ADDRESS = re.compile(r"https?://[^\s<>\"']+")
NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


@dataclass
class KeptMessage:
    """One kept message, read when asked for."""

    name: str
    path: Path
    _parsed: EmailMessage | None = field(default=None, repr=False)

    @property
    def parsed(self) -> EmailMessage:
        if self._parsed is None:
            self._parsed = message_from_bytes(self.path.read_bytes(), policy=policy.default)  # type: ignore[assignment]
        assert self._parsed is not None
        return self._parsed

    @property
    def kept_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name.partition("-")[0]) / 1e9, tz=UTC)

    @property
    def subject(self) -> str:
        return str(self.parsed["Subject"] or "(no subject)")

    @property
    def sender(self) -> str:
        return str(self.parsed["From"] or "")

    @property
    def recipients(self) -> str:
        return str(self.parsed["X-Envelope-To"] or self.parsed["To"] or "")

    @property
    def text(self) -> str:
        """The text part; a message with only HTML shows nothing here."""
        part = self.parsed.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""

    @property
    def links(self) -> list[str]:
        """The addresses in the text, each once, without the punctuation that follows them."""
        return list(dict.fromkeys(found.rstrip(".,;:!?)]") for found in ADDRESS.findall(self.text)))

    @property
    def attachments(self) -> list[tuple[int, str]]:
        """(number, file name) of each attachment."""
        return [
            (number, part.get_filename() or f"attachment-{number}")
            for number, part in enumerate(self.parsed.iter_attachments())
        ]


def kept_messages(to: str = "") -> list[KeptMessage]:
    """The kept messages, newest first; with `to`, those whose recipients contain it."""
    folder = settings.VAR_DIR / "mail"
    found = [KeptMessage(path.stem, path) for path in sorted(folder.glob("*.eml"), reverse=True)]
    return [message for message in found if to.lower() in message.recipients.lower()] if to else found


class _OnlyWithCatcher(Guarded, abstract=True):
    access = anyone
    open_to_all = True

    def get_subject(self) -> KeptMessage | None:
        if not settings.MAIL_CATCHER:
            raise Http404
        name = self.kwargs.get("name")
        if name is None:
            return None
        path = settings.VAR_DIR / "mail" / f"{name}.eml"
        if not NAME.fullmatch(name) or not path.is_file():
            raise Http404
        return KeptMessage(name, path)


class RecipientForm(forms.Form):
    """Finds messages by a part of the recipient's address."""

    to = forms.CharField(label="Part of the recipient’s address", required=False)


class MailListView(_OnlyWithCatcher, ListPage):
    """Every kept message, newest first."""

    template_name = "core/mail_list.html"
    context_object_name = "kept"

    @property
    def to(self) -> str:
        return self.request.GET.get("to", "").strip()

    def get_queryset(self) -> Any:
        return kept_messages(self.to)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            to=self.to,
            filter=RecipientForm(self.request.GET or None),
            clear=reverse("core:mail") if self.to else "",
            query=urlencode({"to": self.to}) if self.to else "",
            **kwargs,
        )


class MailMessageView(_OnlyWithCatcher, PageView):
    """One message: its text, its links, its attachments."""

    template_name = "core/mail_message.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = [
            ("From", self.subject.sender),
            ("To", self.subject.recipients),
            ("Sent", moment(self.subject.kept_at)),
        ]
        crumbs = [("Messages", reverse("core:mail"))]
        return super().get_context_data(message=self.subject, facts=facts, crumbs=crumbs, **kwargs)


class MailAttachmentView(_OnlyWithCatcher):
    """One attachment, always as a download."""

    def get(self, request: HttpRequest, name: str, number: int) -> HttpResponse:
        parts = list(self.subject.parsed.iter_attachments())
        if number >= len(parts):
            raise Http404
        content = parts[number].get_payload(decode=True) or b""
        filename = re.sub(r"[^\w. -]", "_", parts[number].get_filename() or f"attachment-{number}")
        return HttpResponse(
            content,
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{filename.encode("ascii", "ignore").decode()}"'},
        )
