"""What passed between us and an organisation, and what we promised to do about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from engagement.core.views import ActionView, ListPage
from engagement.stakeholders import actions, forms, queries, rules
from engagement.stakeholders.models import Contact, Interaction
from engagement.stakeholders.views.organisations import REGISTER, OfOrganisation


class FollowUps(ListPage):
    """Everything that was promised and is not done."""

    access = rules.can_read_register
    template_name = "stakeholders/follow_ups.html"

    def get_queryset(self) -> QuerySet[Interaction]:
        return queries.to_follow_up(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            today=timezone.localdate(),
            may_change=rules.can_change_register(self.request.user),
            crumbs=[REGISTER],
            **kwargs,
        )


class RecordInteraction(OfOrganisation, ActionView):
    access = rules.can_change_register
    form_class = forms.InteractionForm
    template_name = "stakeholders/form.html"
    extra_context = {"title": "Note a call, meeting or letter", "action": "Save the note"}

    def people(self) -> QuerySet[Contact]:
        """Those who are or were something for the organisation."""
        held = queries.members_of(self.subject).order_by().values("contact")
        return Contact.objects.filter(pk__in=held).order_by("name", "pk")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": self.people()}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def act(self, form: Any) -> None:
        actions.record_interaction(self.subject, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "The note is saved.")

    def get_success_url(self) -> str:
        return f"{super().get_success_url()}#interactions"


class ChangeInteraction(RecordInteraction):
    extra_context = {"title": "Correct the note", "action": "Save the changes"}

    def get_subject(self) -> Any:
        notes = queries.interactions_visible_to(self.request.user)
        self.note = get_object_or_404(
            notes, public_id=self.kwargs["note"], organisation__public_id=self.kwargs["public_id"]
        )
        return self.note.organisation

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.note, name) for name in ("way", "on", "contact", "text", "follow_up_on")}

    def act(self, form: Any) -> None:
        actions.change_interaction(self.note.pk, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "The note is corrected.")


class FollowUp(ChangeInteraction):
    """One press: what was promised is done."""

    form_class = forms.NoQuestionsForm
    template_name = "stakeholders/confirm.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        del kwargs["people"]
        return kwargs

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                **kwargs,
                "title": "Is it done?",
                "text": f"Promised to {self.note.organisation.name}: {self.note.text}",
                "action": "It is done",
                "danger": False,
            }
        )

    def act(self, form: Any) -> None:
        actions.follow_up(self.note.pk, actor=self.request.user)
        messages.success(self.request, "Noted as done.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:follow_ups")
