"""What a person does with their own booking, beyond looking at it and giving it up."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from engagement.core.access import anyone
from engagement.core.views import ActionView
from engagement.events import forms, lifecycle, queries
from engagement.events.models import Registration
from engagement.events.views.public import OfBooking


class TakeUp(OfBooking, ActionView):
    """Yes to the place that is held for them."""

    access = anyone
    open_to_all = True
    form_class = django_forms.Form
    template_name = "events/take_up.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(party=queries.party_names(self.subject), **kwargs)

    def act(self, form: django_forms.Form) -> None:
        lifecycle.accept_offer(self.subject.pk)
        messages.success(self.request, gettext("The place is yours. We are writing to you."))

    def get_success_url(self) -> str:
        return reverse("events:booking", args=[self.kwargs["token"]])


class HandOn(OfBooking, ActionView):
    """A colleague comes instead."""

    access = anyone
    open_to_all = True
    form_class = forms.HandOnForm
    template_name = "events/hand_on.html"
    stand_in: Registration

    def get_subject(self) -> Registration:
        registration = super().get_subject()
        if registration.state not in Registration.LIVE:
            raise Http404("This booking was given up already.")
        return registration

    def act(self, form: Any) -> None:
        self.stand_in = lifecycle.hand_on(self.subject.pk, **form.cleaned_data)
        messages.success(
            self.request,
            gettext("%(name)s comes instead of you. We are writing to both of you.") % {"name": self.stand_in.name},
        )

    def get_success_url(self) -> str:
        return reverse("events:event", args=[self.subject.event.slug])
