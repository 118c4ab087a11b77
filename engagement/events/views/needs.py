"""What people need to take part: the few see it, arrange it and say so. And what the booking form asks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from engagement.accounts.models import User
from engagement.core.views import ActionView, PageView
from engagement.events import forms, lifecycle, queries, rules
from engagement.events.models import Event, Need
from engagement.events.views.staff import OfStaffEvent, staff_crumbs


class Needs(OfStaffEvent, PageView):
    """The tasks, and the sums for the venue and the caterer."""

    access = rules.sees_needs
    template_name = "events/manage/needs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tasks=list(queries.need_tasks(self.subject)),
            people=list(queries.needs_of(self.subject)),
            diets=queries.diets(self.subject),
            today=timezone.localdate(),
            until=self.subject.ends_at + queries.NEEDS_KEPT,
            **kwargs,
        )


class TakeUpNeed(OfStaffEvent, ActionView):
    access = rules.sees_needs
    form_class = forms.NeedForm
    template_name = "events/manage/need.html"

    def get_need(self) -> Need:
        return get_object_or_404(queries.need_tasks(self.subject), public_id=self.kwargs["need_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "need": self.get_need(), "keepers": keepers_of(self.subject)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [*staff_crumbs(self.subject), ("Access needs", self.get_success_url())]
        return super().get_context_data(need=self.get_need(), crumbs=crumbs, **kwargs)

    def act(self, form: Any) -> None:
        lifecycle.take_up(self.get_need().pk, **form.cleaned_data, actor=self.request.user)
        messages.success(self.request, "Saved.")

    def get_success_url(self) -> str:
        return reverse("events:needs", args=[self.subject.public_id])


class Keepers(OfStaffEvent, ActionView):
    """Who sees needs at this event."""

    access = rules.can_run
    form_class = forms.KeepersForm
    template_name = "events/manage/keepers.html"

    def get_initial(self) -> dict[str, Any]:
        return {"keepers": self.subject.keepers.all()}

    def act(self, form: Any) -> None:
        lifecycle.set_keepers(self.subject.pk, form.cleaned_data["keepers"], actor=self.request.user)
        messages.success(self.request, "Saved.")


def keepers_of(event: Event) -> Any:
    """Those who see needs at this event and so can see to one."""
    keys = {event.created_by_id, *event.keepers.values_list("pk", flat=True)}
    return User.objects.filter(pk__in=[key for key in keys if key], is_active=True).order_by("name", "pk")


class Questions(OfStaffEvent, ActionView):
    access = rules.can_run
    form_class = forms.QuestionsForm
    template_name = "events/manage/questions.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "event": self.subject}

    def act(self, form: forms.QuestionsForm) -> None:
        lifecycle.set_questions(self.subject.pk, form.questions(), form.consents(), actor=self.request.user)
        messages.success(self.request, "The booking form is saved.")

    def get_success_url(self) -> str:
        return reverse("events:questions", args=[self.subject.public_id])
