"""The events of a consultation: which there are, a new one, and which themes each talks about."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations.programme import actions, forms, queries, rules
from consultations.programme.views.base import OfConsultation
from engagement.core.views import ActionView, PageView
from engagement.events.models import Event


class Events(OfConsultation, PageView):
    access = rules.works_on
    template_name = "programme/events.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            events=list(queries.linked_events(self.subject)),
            may_add=rules.runs(self.request.user, self.subject),
            **kwargs,
        )


class NewEvent(OfConsultation, ActionView):
    creates_once = True
    access = rules.runs
    form_class = forms.NewEventForm
    template_name = "programme/new_event.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "consultation": self.subject}

    def act(self, form: Any) -> None:
        themes = list(form.cleaned_data["themes"])
        self.made = actions.create_event(self.subject, form.values(), themes=themes, actor=self.request.user)

    def get_success_url(self) -> str:
        messages.success(self.request, f"“{self.made.title}” is a draft. Announce it or open booking when it is ready.")
        return reverse("events:staff_event", args=[self.made.public_id])


class EventThemes(OfConsultation, ActionView):
    access = rules.runs
    form_class = forms.ThemeChoiceForm
    template_name = "programme/event_themes.html"

    def get_event(self) -> Event:
        return get_object_or_404(queries.linked_events(self.subject), public_id=self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"themes": queries.themes_of_event(self.subject, self.get_event())}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "consultation": self.subject}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(event=self.get_event(), **kwargs)

    def act(self, form: Any) -> None:
        themes = list(form.cleaned_data["themes"])
        actions.set_event_themes(self.subject, self.get_event(), themes=themes, actor=self.request.user)
        messages.success(self.request, "Topics saved.")

    def get_success_url(self) -> str:
        return reverse("programme:events", args=[self.subject.reference])
