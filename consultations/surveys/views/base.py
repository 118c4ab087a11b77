"""What every page of one survey has in common."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations.programme import rules
from consultations.programme.views.base import OfConsultation
from consultations.surveys import queries
from consultations.surveys.models import Page, Question, Survey


class OfSurveys(OfConsultation):
    """A page about the surveys of a consultation; `may_edit` says whether the person may change them."""

    def crumbs(self) -> list[tuple[str, str]]:
        reference = self.consultation.reference
        return [
            ("Consultations", reverse("programme:staff_list")),
            (self.consultation.title, reverse("dashboards:overview", args=[reference])),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            crumbs=self.crumbs(), may_edit=rules.runs(self.request.user, self.consultation), **kwargs
        )


class OfSurvey(OfSurveys):
    """A page of one survey, found by its code within the consultation."""

    @cached_property
    def survey(self) -> Survey:
        return get_object_or_404(
            Survey.objects.filter(consultation=self.consultation).select_related(
                "theme", "current_version", "consultation"
            ),
            code=self.kwargs["code"],
        )

    def crumbs(self) -> list[tuple[str, str]]:
        surveys = ("Surveys", reverse("surveys:list", args=[self.consultation.reference]))
        return [*super().crumbs(), surveys]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(survey=self.survey, **kwargs)

    def address(self, name: str, *args: Any) -> str:
        return reverse(f"surveys:{name}", args=[self.consultation.reference, self.survey.code, *args])

    def get_success_url(self) -> str:
        return self.address("edit")


class InSurvey(OfSurvey):
    """A page inside of a survey: its way leads over the survey."""

    def crumbs(self) -> list[tuple[str, str]]:
        return [*super().crumbs(), (self.survey.title, self.address("edit"))]

    @cached_property
    def page(self) -> Page:
        return get_object_or_404(Page.objects.select_related("survey"), survey=self.survey, pk=self.kwargs["pk"])

    @cached_property
    def question(self) -> Question:
        return get_object_or_404(
            Question.objects.select_related("page", "survey", "choice_list", "row_list"),
            survey=self.survey,
            pk=self.kwargs["pk"],
        )

    def codes_before(self, page: Page, question: Question | None = None) -> tuple[set[str], set[str]]:
        """The codes of the questions before this place (the end of the page without a question), and all codes."""
        return codes_before(queries.draft_pages(self.survey), page, question)


def codes_before(pages: list[Page], page: Page, question: Question | None) -> tuple[set[str], set[str]]:
    """The codes that a condition at this place may look at (the end of the page without a question), and all codes.

    Nothing outside looks at the answers of a page that repeats; its own code stands for the number of its entries.
    """
    known: set[str] = set()
    every: set[str] = set()
    is_before = True
    for one in pages:
        inside: set[str] = set()
        for row in one.questions.all():
            if question is not None and row.pk == question.pk:
                is_before = False
            every.add(row.code)
            if is_before:
                inside.add(row.code)
        is_here = one.pk == page.pk
        if one.repeats and not is_here:
            inside = {one.code} if is_before else set()
        known |= inside
        if is_here:
            is_before = False
    return known, every
