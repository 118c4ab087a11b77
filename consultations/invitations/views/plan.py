"""The plan of reminders, in words, with the exact recipients and text of what is ahead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations.invitations import actions, reminders, rules
from consultations.invitations.forms import StepForm
from consultations.invitations.models import ReminderPlan
from consultations.programme.views.base import OfConsultation
from engagement.core.views import ActionView, PageView


class OfPlan(OfConsultation):
    """A page of the plan of one consultation."""

    def get_step(self) -> ReminderPlan:
        steps = ReminderPlan.objects.filter(consultation=self.subject).select_related("consultation")
        return get_object_or_404(steps, public_id=self.kwargs["public_id"])

    def get_success_url(self) -> str:
        return reverse("invitations:plan", args=[self.subject.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reference = self.subject.reference
        crumbs = [("People invited", reverse("invitations:ledger", args=[reference]))]
        if not isinstance(self, Plan):
            crumbs.append(("Reminders", self.get_success_url()))
        return super().get_context_data(nav_current="invitations:ledger", crumbs=crumbs, **kwargs)


class Plan(OfPlan, PageView):
    access = rules.can_read_ledger
    template_name = "invitations/plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            steps=reminders.steps(self.subject),
            may_change=rules.can_invite(self.request.user, self.subject),
            **kwargs,
        )


class MakePlan(OfPlan, ActionView):
    access = rules.can_invite
    form_class = forms.Form
    template_name = "invitations/confirm.html"

    def act(self, form: forms.Form) -> None:
        actions.make_plan(self.subject, actor=self.request.user)
        messages.success(self.request, "The usual reminders are planned.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Plan the usual reminders?",
            meaning="You can change, stop and add reminders afterwards.",
            button="Plan the usual reminders",
            cancel=self.get_success_url(),
            danger=False,
            **kwargs,
        )


class NewStep(OfPlan, ActionView):
    creates_once = True
    access = rules.can_invite
    form_class = StepForm
    template_name = "invitations/step.html"

    def act(self, form: StepForm) -> None:
        actions.save_step(self.subject, self.step_id(), actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "The plan is saved.")

    def step_id(self) -> int | None:
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title="Add a reminder", cancel=self.get_success_url(), **kwargs)


class EditStep(NewStep):
    def step_id(self) -> int | None:
        return self.get_step().pk

    def get_initial(self) -> dict[str, Any]:
        step = self.get_step()
        return {name: getattr(step, name) for name in ("days_before_close", "local_time", "audience", "message")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "title": "Change the reminder"}


class StopStep(OfPlan, ActionView):
    access = rules.can_invite
    form_class = forms.Form
    template_name = "invitations/confirm.html"

    def act(self, form: forms.Form) -> None:
        actions.stop_step(self.get_step().pk, actor=self.request.user)
        messages.success(self.request, "The reminder is stopped.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Stop the reminder {self.get_step()}?",
            meaning="It goes to nobody. You can let it go out after all, until its moment has passed.",
            button="Stop this reminder",
            cancel=self.get_success_url(),
            danger=False,
            **kwargs,
        )


class RestartStep(OfPlan, ActionView):
    access = rules.can_invite
    form_class = forms.Form
    template_name = "invitations/confirm.html"

    def act(self, form: forms.Form) -> None:
        actions.restart_step(self.get_step().pk, actor=self.request.user)
        messages.success(self.request, "The reminder goes out after all.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Let the reminder {self.get_step()} go out after all?",
            meaning="It goes to those who have not answered at its moment.",
            button="Let it go out",
            cancel=self.get_success_url(),
            danger=False,
            **kwargs,
        )
