"""Choosing partners, seeing exactly who gets what, inviting them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from consultations.invitations import actions, emails, queries, rules
from consultations.invitations.forms import FitForm, InviteForm, ListForm
from consultations.invitations.models import Invitation
from consultations.programme.views.base import OfConsultation
from engagement.core.views import ActionView, PageView
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders import segments
from engagement.stakeholders.forms import read_filters
from engagement.stakeholders.models import Organisation, Segment
from engagement.stakeholders.queries import facets, narrowed

# How many organisations one page offers to tick; “everybody who fits” is not limited.
OFFERED = 300


class Choosing(OfConsultation):
    """The page on which organisations are found and ticked, and the preview that follows it."""

    request: HttpRequest

    def choosing(self, data: Any, **kwargs: Any) -> dict[str, Any]:
        """The context of the choice for the filters in `data`."""
        filters, segment = read_filters(data), segment_in(data)
        found = self.fitting(data)
        return {
            "fit_form": FitForm(data or None, facets=facets(filters)),
            "is_filtered": any((filters.text, filters.sector, filters.kind, filters.area, segment)),
            "filters": filters,
            "segment": segment,
            "segment_words": segments.words(segment.definition) if segment else "",
            "candidates": found.candidates[:OFFERED],
            "more": max(0, len(found.candidates) - OFFERED),
            "fitting": len(found.candidates),
            "left_out": found.left_out,
            "why_not": actions.why_not_invite(self.subject),
            "nav_current": "invitations:ledger",
            "crumbs": self.crumbs()[:1],
            **kwargs,
        }

    def crumbs(self) -> list[tuple[str, str]]:
        reference = self.subject.reference
        return [
            ("People invited", reverse("invitations:ledger", args=[reference])),
            ("Invite organisations", reverse("invitations:invite", args=[reference])),
        ]

    def fitting(self, data: Any, among: QuerySet[Organisation] | None = None) -> queries.Selection:
        """Who of the organisations that fit the filters and the set in `data` would be invited.

        A set that asks for roles or interests says whom to write to as well.
        """
        segment = segment_in(data)
        rows = narrowed(read_filters(data)) if among is None else among
        if segment is None:
            return queries.selection(self.subject, rows)
        rows = rows.filter(pk__in=segments.organisations(segment.definition).values("pk"))
        return queries.selection(self.subject, rows, shown=queries.speaking_for(segment))

    def preview(self, selection: queries.Selection, **kwargs: Any) -> dict[str, Any]:
        """The context of the page that shows exactly who gets which text."""
        candidates = selection.candidates
        return {
            "selection": selection,
            "are_organisations": not any(one.is_named for one in candidates),
            "who": " ".join(one.mark for one in candidates),
            "words": emails.words_of(self.subject) if candidates and self.subject.closes_at else "",
            "example": self.example(candidates),
            "why_not": actions.why_not_invite(self.subject),
            "is_ahead": self.subject.state == "scheduled",
            "nav_current": "invitations:ledger",
            "crumbs": self.crumbs(),
            **kwargs,
        }

    def example(self, candidates: list[queries.Candidate]) -> OutgoingMessage | None:
        """The message as one of them would get it, the one asked for or else the first; nothing is kept."""
        if not candidates or self.subject.closes_at is None:
            return None
        wanted = self.request.POST.get("read", "")
        one = next((each for each in candidates if each.mark == wanted), candidates[0])
        draft = Invitation(consultation=self.subject, contact=one.contact, organisation=one.organisation)
        return emails.invitation_draft(draft)


def segment_in(data: Any) -> Segment | None:
    """The saved set that an address names; None for none and for nonsense."""
    wanted = data.get("segment", "")
    return next((one for one in Segment.objects.all() if str(one.public_id) == wanted), None) if wanted else None


class Invite(Choosing, PageView):
    access = rules.can_invite
    template_name = "invitations/invite.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.choosing(self.request.GET), **kwargs)


class InviteList(Choosing, ActionView):
    """Partners from a list that somebody has; leads to the same preview."""

    access = rules.can_invite
    form_class = ListForm
    template_name = "invitations/invite_list.html"

    def form_valid(self, form: ListForm) -> HttpResponse:
        rows = Organisation.objects.filter(pk__in=form.found.organisations)
        selection = queries.selection(self.subject, rows, form.found.named)
        self.template_name = "invitations/invite_check.html"
        return self.render_to_response(super().get_context_data(**self.preview(selection, form=form)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            why_not=actions.why_not_invite(self.subject),
            nav_current="invitations:ledger",
            crumbs=self.crumbs(),
            **kwargs,
        )


class InviteCheck(Choosing, ActionView):
    """The preview of a choice, and the act itself when it is confirmed."""

    access = rules.can_invite
    form_class = InviteForm
    template_name = "invitations/invite.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("invitations:invite", args=[self.subject.reference]))

    def form_valid(self, form: InviteForm) -> HttpResponse:
        if form.cleaned_data["confirmed"] and form.seen:
            return super().form_valid(form)
        return self.show(form, self.chosen(form))

    def form_invalid(self, form: InviteForm) -> HttpResponse:
        if form.seen:
            # What was shown does not stand any more: it is shown again as it stands now.
            return self.show(form, self.chosen(form), status=422)
        return super().form_invalid(form)

    def chosen(self, form: InviteForm) -> queries.Selection:
        if form.seen:
            return form.seen.selection(self.subject)
        if form.cleaned_data["everyone"]:
            return self.fitting(self.request.POST)
        return self.fitting(self.request.POST, among=form.cleaned_data["organisations"])

    def show(self, form: InviteForm, selection: queries.Selection, status: int = 200) -> HttpResponse:
        self.template_name = "invitations/invite_check.html"
        context = OfConsultation.get_context_data(self, **self.preview(selection, form=form))
        return self.render_to_response(context, status=status)

    def act(self, form: InviteForm) -> None:
        done = actions.invite_shown(self.subject, form.marks(), form.cleaned_data["words"], actor=self.request.user)
        number = len(done.made)
        if number:
            said = "1 invitation is ready." if number == 1 else f"{number} invitations are ready."
            when = "Its message is" if number == 1 else "Their messages are"
            ahead = self.subject.state == "scheduled"
            messages.success(
                self.request, f"{said} {when} {'due when the consultation opens' if ahead else 'on the way'}."
            )
        else:
            messages.info(self.request, "Nobody was invited: everybody you chose was invited already or left out.")
        for entry in done.left_out:
            messages.info(self.request, f"Left out since you looked: {entry.who}. {entry.reason}.")

    def get_success_url(self) -> str:
        return reverse("invitations:ledger", args=[self.subject.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.choosing(self.request.POST), **kwargs)
