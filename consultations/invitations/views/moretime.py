"""Who has more time than others, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations.invitations import actions, deadlines, queries, rules
from consultations.invitations.forms import MoreTimeForm
from consultations.invitations.models import PartnerExtension
from consultations.programme.views.base import OfConsultation, PressView
from engagement.core.templatetags.ui import moment
from engagement.core.views import ActionView, AsksFirst, PageView


class Crumbs(OfConsultation):
    def crumbs(self) -> list[tuple[str, str]]:
        reference = self.subject.reference
        return [
            ("People invited", reverse("invitations:ledger", args=[reference])),
            ("More time", reverse("invitations:more_time", args=[reference])),
        ]

    def get_success_url(self) -> str:
        return reverse("invitations:more_time", args=[self.subject.reference])


class MoreTime(Crumbs, PageView):
    access = rules.can_read_ledger
    template_name = "invitations/more_time.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            extensions=list(deadlines.extensions(self.subject)),
            moved=list(self.subject.changes.filter(what="extended").select_related("actor").order_by("-at", "-pk")),
            told=queries.told_of(self.subject),
            may_give=rules.can_invite(self.request.user, self.subject),
            why_not=actions.why_no_more_time(self.subject),
            nav_current="invitations:ledger",
            crumbs=self.crumbs()[:1],
            **kwargs,
        )


class GiveMoreTime(Crumbs, ActionView):
    access = rules.can_invite
    form_class = MoreTimeForm
    template_name = "invitations/give_more_time.html"
    creates_once = True

    def get_initial(self) -> dict[str, Any]:
        return {"partner": self.request.GET.get("partner", "")[:300]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav_current="invitations:ledger", crumbs=self.crumbs(), **kwargs)

    def act(self, form: MoreTimeForm) -> None:
        extension = actions.give_more_time(
            self.subject,
            organisation=form.organisation,
            contact=form.contact,
            closes_at=form.cleaned_data["closes_at"],
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
        )
        messages.success(self.request, f"{extension} can answer until {moment(extension.closes_at)}. They are told.")


class EndMoreTime(AsksFirst, Crumbs, PressView):
    access = rules.can_invite
    action = "End it"
    done = "The general closing time holds for this partner again."

    def get_extension(self) -> PartnerExtension:
        rows = deadlines.extensions(self.subject)
        return get_object_or_404(rows, public_id=self.kwargs["public_id"])

    def question(self) -> str:
        return f"End the extension of {self.get_extension()}?"

    def consequence(self) -> str:
        return "The general closing time holds for them again. What they have sent stays as it is. They are not told."

    def act(self) -> None:
        actions.end_more_time(self.get_extension().pk, actor=self.request.user)
