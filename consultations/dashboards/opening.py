"""What opening a consultation does in the apps beside programme; named in settings.OPENING_ACTS and OPENING_WORDS."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from consultations.programme.models import Consultation
from consultations.surveys import lifecycle
from consultations.surveys.models import Survey
from engagement.core.templatetags.ui import joined


def put_ready_surveys_live(consultation: Consultation, actor: Any) -> None:
    """Surveys that are published and were never live go live; one that was closed by hand stays closed."""
    for survey in _ready(consultation):
        lifecycle.go_live(survey.pk, actor=actor)


def what_goes_live(consultation: Consultation) -> list[str]:
    """What opening will do to the surveys, in sentences for the pages that open or announce."""
    ready = [f"“{survey.title}”" for survey in _ready(consultation)]
    drafts = [f"“{survey.title}”" for survey in _unpublished(consultation)]
    said = []
    if ready:
        goes = "This survey goes" if len(ready) == 1 else "These surveys go"
        said.append(f"{goes} live the moment it opens: {joined(ready)}.")
    if drafts:
        are = (
            "This survey is not published, so nobody can answer it"
            if len(drafts) == 1
            else ("These surveys are not published, so nobody can answer them")
        )
        said.append(f"{are}: {joined(drafts)}.")
    return said


def _ready(consultation: Consultation) -> QuerySet[Survey]:
    return Survey.objects.filter(
        consultation=consultation, state=Survey.State.READY, current_version__isnull=False
    ).order_by("order", "pk")


def _unpublished(consultation: Consultation) -> QuerySet[Survey]:
    return Survey.objects.filter(consultation=consultation, current_version=None).order_by("order", "pk")
