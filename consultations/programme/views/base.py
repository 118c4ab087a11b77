"""What every staff page of a consultation has in common."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from consultations.programme import queries
from consultations.programme.models import Consultation
from engagement.core.errors import Refused
from engagement.core.views import PageView


class OfConsultation:
    """A staff page of one consultation, found by `reference` in the address among those the person works on.

    Put it before the page class: `class Ledger(OfConsultation, ListPage): access = rules.works_on`. `self.subject`
    and the context's `consultation` are the Consultation; `consultation` makes the layout show the rail.
    """

    request: Any
    kwargs: dict[str, Any]
    subject: Consultation

    def get_subject(self) -> Consultation:
        return get_object_or_404(queries.visible_to(self.request.user), reference=self.kwargs["reference"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(consultation=self.consultation, **kwargs)  # type: ignore[misc]

    @property
    def consultation(self) -> Consultation:
        """The page's consultation. A page about a thing inside of it overrides this beside `get_subject`."""
        return self.subject


class PressView(OfConsultation, PageView, abstract=True):
    """A button without a page: does one thing on POST and goes back; a refusal is shown there."""

    http_method_names = ("post",)
    done = ""

    def act(self) -> None:
        raise NotImplementedError

    def get_success_url(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            self.act()
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            if self.done:
                messages.success(request, self.done)
        return redirect(self.get_success_url())
