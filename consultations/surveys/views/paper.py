"""A survey to be printed and filled in by hand: for everybody once it is live, for those who build it before."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext

from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from consultations.programme.rules import works_on
from consultations.surveys import compiling, paper, queries
from consultations.surveys.definition import Definition, load
from consultations.surveys.forms.previewing import languages
from consultations.surveys.models import Survey, SurveyVersion
from engagement.core.access import anyone
from engagement.core.languages import known
from engagement.core.views import PageView
from engagement.stakeholders.models import Area, Kind

PUBLIC = (Survey.State.LIVE, Survey.State.CLOSED)


class Papers(PageView):
    """The surveys of a consultation that can be printed."""

    access = anyone
    open_to_all = True
    template_name = "surveys/papers.html"

    def get_subject(self) -> Consultation:
        return get_object_or_404(programme.readable_by(self.request.user), reference=self.kwargs["reference"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        surveys = list(queries.live_surveys(self.subject))
        return super().get_context_data(of=self.subject, surveys=surveys, address=settings.POSTAL_ADDRESS, **kwargs)


class PaperVersion(PageView):
    """`?version=2` and `?version=draft` are for staff of the consultation; `?language=cy` for everybody."""

    access = anyone
    open_to_all = True
    template_name = "surveys/paper.html"

    def get_subject(self) -> Survey:
        survey = get_object_or_404(
            Survey.objects.select_related("consultation", "current_version"),
            consultation__in=programme.readable_by(self.request.user),
            consultation__reference=self.kwargs["reference"],
            code=self.kwargs["code"],
        )
        is_public = survey.state in PUBLIC and survey.consultation.state in Consultation.PUBLIC_STATES
        self.is_staff = works_on(self.request.user, survey.consultation)
        if not is_public and not self.is_staff:
            raise Http404
        return survey

    @cached_property
    def version(self) -> SurveyVersion | None:
        """None for the draft."""
        wanted = self.request.GET.get("version", "") if self.is_staff else ""
        if wanted == "draft" or (not wanted and self.subject.current_version is None):
            return None
        if not wanted:
            return self.subject.current_version
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else 0
        return get_object_or_404(SurveyVersion, survey=self.subject, number=number)

    @cached_property
    def definition(self) -> Definition:
        return load(self.version) if self.version is not None else compiling.draft_of(self.subject)

    @cached_property
    def language(self) -> str:
        """That of the address where the survey has it, else the reader's where it has that, else its own."""
        offered = [code for code, _ in languages(self.definition)]
        reader = (translation.get_language() or "").partition("-")[0]
        wanted = [self.request.GET.get("language", ""), reader]
        return next((code for code in wanted if code in offered), self.definition.language)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consultation = self.subject.consultation
        areas = consultation.areas.order_by("name", "pk")
        return super().get_context_data(
            of=consultation,
            survey=self.subject,
            version=self.version,
            paper=paper.printed(self.definition.in_language(self.language)),
            languages=languages(self.definition),
            language=self.language,
            address=settings.POSTAL_ADDRESS,
            capacities=self.capacities(),
            publishing=self.publishing(),
            kinds=list(Kind.objects.filter(retired_at=None, sector__code="individual").order_by("order", "pk")),
            areas=list(areas if areas.exists() else Area.objects.filter(level=Area.Level.AUTHORITY).order_by("name")),
            is_staff=self.is_staff,
            **kwargs,
        )

    @staticmethod
    def capacities() -> list[tuple[str, str]]:
        """For whom somebody answers, by the codes of `submissions.models.Submission.Capacity`."""
        return [
            ("self", gettext("For myself")),
            ("organisation", gettext("For an organisation")),
            ("members", gettext("For the members of an organisation")),
        ]

    @staticmethod
    def publishing() -> list[tuple[str, str]]:
        """What may be published, by the codes of `submissions.models.Submission.Confidentiality`."""
        return [
            ("named", gettext("Yes, with our name")),
            ("unnamed", gettext("Yes, without our name")),
            ("withheld", gettext("No, do not publish it")),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """In the survey's language where the site speaks it: a sheet is not half in another."""
        with translation.override(known(self.language) or translation.get_language()):
            response: Any = super().get(request, *args, **kwargs)
            response.render()
        return response
