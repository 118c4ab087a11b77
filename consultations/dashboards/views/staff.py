"""What staff find in the morning, how a consultation goes, and search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from consultations.analysis import figures
from consultations.dashboards import coverage, forms, morning, progress, search
from consultations.programme import rules
from consultations.programme.views.base import OfConsultation
from engagement.accounts.rules import is_engagement_staff, is_staff_member
from engagement.core.access import signed_in
from engagement.core.views import PageView


class Home(PageView):
    """Staff stay here; partners are led to their own page."""

    access = signed_in
    template_name = "dashboards/home.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_staff_member(request.user):
            return redirect("dashboards:my_page")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        board = morning.board(self.request.user, timezone.now())
        return super().get_context_data(board=board, may_create=is_engagement_staff(self.request.user), **kwargs)


class Overview(OfConsultation, PageView):
    access = rules.works_on
    template_name = "dashboards/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        it, now = self.subject, timezone.now()
        known = coverage.known(it)
        may_invite = rules.runs(self.request.user, it)
        return super().get_context_data(
            by_area=coverage.by_area(known),
            by_theme=coverage.by_theme(known),
            numbers=progress.numbers(known, now),
            course=progress.course(known, now),
            by_channel=figures.who_answered(it, "channel"),
            messages_ahead=progress.messages_ahead(it, now),
            may_invite=may_invite,
            invite=reverse("invitations:invite", args=[it.reference]) if may_invite else "",
            **kwargs,
        )


class Search(PageView):
    access = signed_in
    template_name = "dashboards/search.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").strip()[:200]
        return super().get_context_data(
            form=forms.SearchForm(self.request.GET or None),
            words=words,
            groups=search.find(words, self.request.user) if words else [],
            layout="layouts/staff.html" if is_staff_member(self.request.user) else "layouts/public.html",
            **kwargs,
        )
