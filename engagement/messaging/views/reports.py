"""Where the mail provider reports what became of messages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import get_resolver
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from engagement.core.views import Guarded
from engagement.messaging import rules


@method_decorator(csrf_exempt, name="dispatch")
class ReportsView(Guarded):
    """Lets anymail read the report of the one provider that this site uses; it asks for the secret in the address.

    Without a provider or a secret there is no such page.
    """

    access = rules.anyone
    open_to_all = True
    http_method_names = ("head", "post")

    def get_subject(self) -> None:
        if not settings.MAIL_PROVIDER or not settings.MAIL_REPORT_SECRET:
            raise Http404

    def head(self, request: HttpRequest) -> HttpResponseBase:
        return self._provider(request)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        return self._provider(request)

    def _provider(self, request: HttpRequest) -> Any:
        found = get_resolver("anymail.urls").resolve(f"/{settings.MAIL_PROVIDER}/tracking/")
        return found.func(request)
