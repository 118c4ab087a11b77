"""Choosing organisations, seeing exactly who gets what, inviting them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from consultations.invitations import actions, emails, queries, rules
from consultations.invitations.forms import FitForm, InviteForm
from consultations.invitations.models import Invitation
from consultations.programme.views.base import OfConsultation
from engagement.core.views import ActionView, PageView
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.forms import read_filters
from engagement.stakeholders.queries import facets, narrowed

# How many organisations one page offers to tick; “everybody who fits” is not limited.
OFFERED = 300


class Choosing(OfConsultation):
    """The page on which organisations are found and ticked."""

    def choosing(self, data: Any, **kwargs: Any) -> dict[str, Any]:
        """The context of the choice for the filters in `data`."""
        filters = read_filters(data)
        found = queries.selection(self.subject, narrowed(filters))
        return {
            "fit_form": FitForm(data or None, facets=facets(filters)),
            "is_filtered": any((filters.text, filters.sector, filters.kind, filters.area)),
            "filters": filters,
            "candidates": found.candidates[:OFFERED],
            "more": max(0, len(found.candidates) - OFFERED),
            "fitting": len(found.candidates),
            "left_out": found.left_out,
            "why_not": actions.why_not_invite(self.subject),
            "nav_current": "invitations:ledger",
            "crumbs": [("People invited", reverse("invitations:ledger", args=[self.subject.reference]))],
            **kwargs,
        }


class Invite(Choosing, PageView):
    access = rules.can_invite
    template_name = "invitations/invite.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.choosing(self.request.GET), **kwargs)


class InviteCheck(Choosing, ActionView):
    """The preview of a choice, and the act itself when it is confirmed."""

    access = rules.can_invite
    form_class = InviteForm
    template_name = "invitations/invite.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("invitations:invite", args=[self.subject.reference]))

    def form_valid(self, form: InviteForm) -> HttpResponse:
        if form.cleaned_data["confirmed"]:
            return super().form_valid(form)
        chosen = form.cleaned_data["organisations"]
        if form.cleaned_data["everyone"]:
            chosen = narrowed(read_filters(self.request.POST))
        selection = queries.selection(self.subject, chosen)
        context = super().get_context_data(
            form=form,
            selection=selection,
            example=self.example(selection.candidates),
            why_not=actions.why_not_invite(self.subject),
            is_ahead=self.subject.state == "scheduled",
            nav_current="invitations:ledger",
            crumbs=[
                ("People invited", reverse("invitations:ledger", args=[self.subject.reference])),
                ("Invite organisations", reverse("invitations:invite", args=[self.subject.reference])),
            ],
        )
        self.template_name = "invitations/invite_check.html"
        return self.render_to_response(context)

    def example(self, candidates: list[queries.Candidate]) -> OutgoingMessage | None:
        """The message as the first of them would get it; nothing is kept."""
        if not candidates or self.subject.closes_at is None:
            return None
        first = candidates[0]
        draft = Invitation(consultation=self.subject, contact=first.contact, organisation=first.organisation)
        return emails.invitation_draft(draft)

    def act(self, form: InviteForm) -> None:
        done = actions.invite(self.subject, form.cleaned_data["organisations"], actor=self.request.user)
        number = len(done.made)
        if number:
            said = "1 organisation is invited." if number == 1 else f"{number} organisations are invited."
            when = "Its message is" if number == 1 else "Their messages are"
            ahead = self.subject.state == "scheduled"
            messages.success(
                self.request, f"{said} {when} {'due when the consultation opens' if ahead else 'on the way'}."
            )
        else:
            messages.info(self.request, "Nobody was invited: everybody you chose was invited already or left out.")

    def get_success_url(self) -> str:
        return reverse("invitations:ledger", args=[self.subject.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.choosing(self.request.POST), **kwargs)
