"""The list of consultations for those who work on them, a new one, and the facts of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from consultations.programme import actions, forms, lifecycle, queries, rules
from consultations.programme.models import Consultation
from consultations.programme.views.base import OfConsultation
from engagement.accounts.rules import is_engagement_staff, is_staff_member
from engagement.core.templatetags.ui import day, joined, moment
from engagement.core.views import ActionView, ListPage, PageView


class StaffList(ListPage):
    access = is_staff_member
    template_name = "programme/staff_list.html"
    context_object_name = "consultations"

    def get_queryset(self) -> QuerySet[Consultation]:
        rows = queries.visible_to(self.request.user)
        if words := self.request.GET.get("q", "").strip():
            rows = rows.filter(Q(title__icontains=words) | Q(reference__icontains=words))
        if (state := self.request.GET.get("state", "")) in Consultation.State.values:
            rows = rows.filter(state=state)
        return rows.order_by("-created_at", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = forms.StaffFilter(self.request.GET or None)
        return super().get_context_data(
            filters=filters,
            is_filtered=any(self.request.GET.get(name) for name in filters.fields),
            may_create=is_engagement_staff(self.request.user),
            **kwargs,
        )


class NewConsultation(ActionView):
    creates_once = True
    access = is_engagement_staff
    form_class = forms.NewConsultationForm
    template_name = "programme/new.html"

    def act(self, form: Any) -> None:
        self.made = actions.create_consultation(actor=self.request.user, **form.cleaned_data)

    def get_success_url(self) -> str:
        messages.success(
            self.request, f"“{self.made.title}” is now a draft. Next: its dates, themes and privacy notice."
        )
        return reverse("programme:settings", args=[self.made.reference])


class Settings(OfConsultation, PageView):
    access = rules.works_on
    template_name = "programme/settings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_edit = rules.edits(self.request.user, self.subject)
        groups = [
            {"name": name, "heading": form.heading, "rows": [(term, value or "Not set") for term, value in rows]}
            for (name, form), rows in zip(forms.GROUPS.items(), self._rows(), strict=True)
        ]
        lacks = (
            lifecycle.missing(self.subject, "scheduled") if rules.is_still_being_prepared(None, self.subject) else []
        )
        return super().get_context_data(groups=groups, may_edit=may_edit, missing=lacks, **kwargs)

    def _rows(self) -> list[list[tuple[str, Any]]]:
        it = self.subject
        return [
            [
                ("Title", it.title),
                ("Reference", it.reference),
                ("Kind", it.get_kind_display()),
                ("Purpose", it.purpose),
                ("Background", it.background),
                ("What happens next", it.what_happens_next),
                ("Who decides", it.decision_owner),
                ("Minutes that an answer takes", it.minutes_needed),
            ],
            [
                ("Opens", moment(it.opens_at)),
                ("Closes", moment(it.closes_at)),
                ("First announced to close", moment(it.original_closes_at) or "The same"),
                ("Date of your response", day(it.response_due_on)),
            ],
            [
                ("Who may answer", it.get_access_display()),
                ("Anonymous responses", "Are taken" if it.takes_anonymous else "Are not taken"),
                ("A written statement alone", "Is an answer" if it.statement_is_enough else "Needs a survey beside it"),
                ("Areas", joined(area.name for area in it.areas.all()) or "All local authority areas"),
            ],
            [
                (f"Privacy notice, number {it.privacy_version}", it.privacy_notice),
                ("Answers are kept for", f"{it.retention_months} months"),
            ],
            [("E-mail address for questions", it.contact_email)],
        ]


class EditFacts(OfConsultation, ActionView):
    access = rules.edits
    template_name = "programme/edit.html"

    def get_form_class(self) -> type[forms.GroupForm]:
        try:
            return forms.GROUPS[self.kwargs["group"]]
        except KeyError:
            raise Http404 from None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "consultation": self.subject}

    def act(self, form: Any) -> None:
        actions.change_facts(self.subject, actor=self.request.user, **form.facts())

    def get_success_url(self) -> str:
        messages.success(self.request, f"{self.get_form_class().heading}: saved.")
        return reverse("programme:settings", args=[self.subject.reference])
