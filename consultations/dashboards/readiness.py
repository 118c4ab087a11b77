"""What a consultation needs from the apps beside programme before it moves; named in settings.READINESS_CHECKS."""

from __future__ import annotations

from consultations.programme.models import Consultation
from consultations.summaries.models import Summary
from consultations.surveys.models import Survey


def something_to_answer(consultation: Consultation) -> list[str]:
    """A published survey, or the word of the staff that a written statement is enough."""
    if consultation.statement_is_enough:
        return []
    published = Survey.objects.filter(consultation=consultation, current_version__isnull=False)
    if published.exclude(state=Survey.State.CLOSED).exists():
        return []
    return ["Publish a survey, or say under “Who may answer, and how” that a written statement alone is an answer."]


def an_approved_summary(consultation: Consultation) -> list[str]:
    """A summary that somebody other than its author approved."""
    done = [Summary.State.APPROVED, Summary.State.PUBLISHED]
    if Summary.objects.filter(consultation=consultation, state__in=done).exists():
        return []
    return ["Have a summary approved by somebody other than its author."]
