"""What went out, what will go out, what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from engagement.core.templatetags.ui import moment
from engagement.core.views import ActionView, ListPage, PageView
from engagement.messaging import lifecycle, queries, rules
from engagement.messaging.forms import FilterForm
from engagement.messaging.models import OutgoingMessage


class MessageList(ListPage):
    """Without a filter: the next seven days, then the problems, then everything."""

    access = rules.looks_after_messages
    template_name = "messaging/list.html"
    context_object_name = "rows"

    @cached_property
    def filter_form(self) -> FilterForm:
        mine = queries.visible_to(self.request.user)
        return FilterForm(self.request.GET or None, counts=queries.counts(mine), scopes=queries.scopes())

    def get_queryset(self) -> QuerySet[OutgoingMessage]:
        chosen = self.filter_form.chosen
        return queries.found(
            queries.visible_to(self.request.user), show=chosen("show"), scope=chosen("scope"), search=chosen("q")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = queries.visible_to(self.request.user)
        is_filtered = any(self.filter_form.chosen(name) for name in ("show", "scope", "q"))
        return super().get_context_data(
            filter_form=self.filter_form,
            is_filtered=is_filtered,
            next_days=[] if is_filtered else queries.next_days(mine),
            problems=[] if is_filtered else list(queries.found(mine, show="problems")[:20]),
            troubles=queries.troubles(),
            **kwargs,
        )


class OfMessage:
    """A page of one message that the person may know of."""

    request: Any
    kwargs: dict[str, Any]
    subject: OutgoingMessage

    def get_subject(self) -> OutgoingMessage:
        return get_object_or_404(queries.visible_to(self.request.user), public_id=self.kwargs["public_id"])


def facts_of(message: OutgoingMessage) -> list[tuple[str, Any]]:
    """The terms and values of one message's summary; moments without a value are left out."""
    facts = [
        ("To", f"{message.to_name} <{message.to_email}>" if message.to_name else message.to_email),
        ("Kind", message.get_category_display()),
        ("Consultation", message.scope),
        ("Asked for", moment(message.created_at)),
        ("Due", moment(message.due_at)),
        ("Tried again", moment(message.retry_at) if message.state == OutgoingMessage.State.PLANNED else ""),
        ("Too late after", moment(message.expires_at)),
        ("Attempts", message.attempts or ""),
        ("Sent", moment(message.sent_at)),
        ("Answers go to", message.reply_to),
        ("With it", "A calendar file" if message.calendar else ""),
        ("Message number", message.message_id),
    ]
    return [(term, value) for term, value in facts if value]


class MessagePage(OfMessage, PageView):
    """The whole story of one message."""

    access = rules.looks_after_messages
    template_name = "messaging/message.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message = self.subject
        return super().get_context_data(
            message=message,
            crumbs=[("Messages", reverse("messaging:list"))],
            facts=facts_of(message),
            is_secret=message.is_secret,
            steps=queries.story(message),
            acts=[(name, act[0]) for name, act in ACTS.items() if message.state in act[2]],
            **kwargs,
        )


State = OutgoingMessage.State
# name in the address -> (button, what it means, states in which it is offered, act, what is said afterwards)
ACTS: dict[str, tuple[str, str, set[State], Callable[..., OutgoingMessage], str]] = {
    "send-again": (
        "Send it again",
        "It becomes due now. If the first copy did arrive, the person gets a second one.",
        {State.UNCERTAIN, State.FAILED},
        lifecycle.send_again,
        "The message is due again.",
    ),
    "treat-as-sent": (
        "Treat it as sent",
        "Nothing is sent. The message counts as sent from now on.",
        {State.UNCERTAIN},
        lifecycle.treat_as_sent,
        "The message counts as sent.",
    ),
    "release": (
        "Release it",
        "It goes out with the next messages that are due.",
        {State.HELD},
        lifecycle.release,
        "The message goes out.",
    ),
    "hold": (
        "Hold it back",
        "It stays here until somebody releases it.",
        {State.PLANNED},
        lifecycle.hold,
        "The message is held back.",
    ),
    "drop": (
        "Do not send it",
        "It will not be sent. This cannot be undone.",
        {State.HELD, State.PLANNED},
        lifecycle.drop,
        "The message will not be sent.",
    ),
}


class DecideView(OfMessage, ActionView):
    """Ask once more, then do one of the acts on a message."""

    access = rules.looks_after_messages
    form_class = forms.Form
    template_name = "messaging/decide.html"
    names: ClassVar[str] = "|".join(ACTS)

    def act(self, form: forms.Form) -> None:
        _, _, _, decide, said = ACTS[self.kwargs["act"]]
        decide(self.subject.pk, actor=self.request.user)
        messages.success(self.request, said)

    def get_success_url(self) -> str:
        return reverse("messaging:message", args=[self.subject.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        button, meaning, *_ = ACTS[self.kwargs["act"]]
        title = f"{button}: “{self.subject.subject}” to {self.subject.to_email}?"
        return super().get_context_data(
            message=self.subject, title=title, meaning=meaning, button=button, cancel=self.get_success_url(), **kwargs
        )
