"""Stopping messages of a kind, from a link in one of them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from engagement.core import tokens
from engagement.core.views import PageView
from engagement.messaging import actions, queries, rules
from engagement.messaging.building import PREFERENCES, UNSUBSCRIBE, preferences_url
from engagement.messaging.models import OutgoingMessage


@method_decorator(csrf_exempt, name="dispatch")
class UnsubscribeView(PageView):
    """GET asks and changes nothing (mail scanners follow links); POST stops, whoever's mail program sends it."""

    access = rules.anyone
    open_to_all = True
    template_name = "messaging/unsubscribe.html"
    category = ""
    address_key = ""

    def get_subject(self) -> None:
        value = tokens.read(UNSUBSCRIBE, self.kwargs["token"])
        self.category, _, self.address_key = (value or "").partition(":")
        if not self.address_key or self.category not in OutgoingMessage.Category.values:
            raise Http404

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if request.POST.get("act") == "undo":
            actions.subscribe_again(self.category, self.address_key)
            done = "undone"
        else:
            actions.unsubscribe(self.category, self.address_key)
            done = "stopped"
        return self.render_to_response(self.get_context_data(done=done))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = OutgoingMessage.Category(self.category).label
        link = preferences_url(self.address_key)
        return super().get_context_data(**{"done": "", "label": label, "preferences_url": link, **kwargs})


@method_decorator(csrf_exempt, name="dispatch")
class PreferencesView(PageView):
    """What the holder of a mailbox gets, kind by kind; reached by a link that says whose mailbox it is."""

    access = rules.anyone
    open_to_all = True
    template_name = "messaging/preferences.html"
    address_key = ""

    def get_subject(self) -> None:
        self.address_key = tokens.read(PREFERENCES, self.kwargs["token"]) or ""
        if not self.address_key:
            raise Http404

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        actions.choose(self.address_key, set(request.POST.getlist("kind")))
        return self.render_to_response(self.get_context_data(is_saved=True))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stopped = queries.stopped(self.address_key)
        choices = [
            {"value": value, "label": label, "is_wanted": value not in stopped}
            for value, label in OutgoingMessage.Category.choices
            if value != OutgoingMessage.Category.TRANSACTIONAL
        ]
        return super().get_context_data(
            **{"choices": choices, "is_stopped": "" in stopped, "is_saved": False, **kwargs}
        )
