"""Reads of surveys that pages, other apps and tasks share."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from consultations.surveys.models import Page, Question, Survey, SurveyVersion


def visible_to(user: Any) -> QuerySet[Survey]:
    """The surveys of the consultations that this member of staff works on; none for anybody else."""
    if not (user.is_authenticated and user.is_active and user.staff_role):
        return Survey.objects.none()
    return Survey.objects.filter(consultation__in=programme.visible_to(user)).select_related(
        "consultation", "theme", "current_version"
    )


def live_surveys(consultation: Consultation) -> QuerySet[Survey]:
    """The surveys that people may answer now, in order, with version and theme at hand."""
    return (
        Survey.objects.filter(consultation=consultation, state=Survey.State.LIVE, current_version__isnull=False)
        .select_related("current_version", "theme")
        .order_by("order", "pk")
    )


def published_surveys(consultation: Consultation) -> QuerySet[Survey]:
    """The surveys that people could ever answer, live or closed: what figures and exports go through."""
    return (
        Survey.objects.filter(consultation=consultation, current_version__isnull=False)
        .select_related("current_version", "theme")
        .order_by("order", "pk")
    )


def versions_of(survey: Survey) -> QuerySet[SurveyVersion]:
    """Every version, oldest first."""
    return SurveyVersion.objects.filter(survey=survey).select_related("published_by").order_by("number")


def surveys_of(consultation: Consultation) -> QuerySet[Survey]:
    """Every survey for the staff's list, with how many pages and questions its draft has."""
    return (
        Survey.objects.filter(consultation=consultation)
        .select_related("current_version", "theme")
        .annotate(
            page_count=Count("pages", distinct=True),
            question_count=Count("questions", filter=~Q(questions__kind=Question.Kind.NOTE), distinct=True),
        )
        .order_by("order", "pk")
    )


def draft_pages(survey: Survey) -> list[Page]:
    """The pages of the draft with their questions, lists and choices: a fixed number of queries."""
    return list(
        Page.objects.filter(survey=survey)
        .prefetch_related("questions__choice_list__choices", "questions__row_list__choices", "questions__theme")
        .order_by("order", "pk")
    )


def why_not_ready(consultation: Consultation) -> str:
    """What stands in the way of opening the consultation, as a sentence; "" when it has a survey to answer."""
    surveys = list(Survey.objects.filter(consultation=consultation).order_by("order", "pk"))
    if not surveys:
        return "There is no survey yet. Add one, or import a workbook."
    if any(survey.state == Survey.State.LIVE for survey in surveys):
        return ""
    if any(survey.current_version_id for survey in surveys):
        return "No survey is live. Put one live on its page."
    return "No survey has been published. Publish one and put it live."
