"""What somebody meets whose survey was published again since they began: what changed, and where to look again.

Nothing is deleted when a response moves to another version: an answer that no longer fits stays in the log, and is
marked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from consultations.submissions.queries import Part
from consultations.surveys import translating
from consultations.surveys.changes import told_to_respondents
from consultations.surveys.definition import Definition
from consultations.surveys.models import SurveyVersion


@dataclass
class News:
    """A part of a response that goes on in another version than the one that was current when it began."""

    part: Part
    began: Definition

    @cached_property
    def text(self) -> str:
        """One sentence on what changed; "" when a respondent would notice nothing."""
        return told_to_respondents(self.began, self.part.definition)

    @cached_property
    def asked_anew(self) -> set[str]:
        """Codes of the pages with a question that must be answered now, and need not be when the response began."""
        return {page for page, code in self.part.path.missing if not self._was_demanded(code)}

    @cached_property
    def look_again(self) -> set[str]:
        """Codes of the pages on which an answer that was given no longer fits, such as a choice that is gone."""
        given = self.part.response.data if self.part.response else {}
        kept = self.part.path.answers
        return {
            step.code
            for step in self.part.path.pages
            for question in step.questions
            if given.get(question.code) and given[question.code] != kept.get(question.code)
        }

    def _was_demanded(self, code: str) -> bool:
        return self.began.has_question(code) and self.began.question(code).required


def news_of(part: Part) -> News | None:
    """What changed for this part since it was begun; None when nothing was published since. At most one query."""
    response = part.response
    if response is None or part.version.published_at <= response.created_at:
        return None
    versions = SurveyVersion.objects.filter(survey=part.survey.pk).defer("definition")
    began = (
        versions.filter(published_at__lte=response.created_at).order_by("-number").first()
        or versions.order_by("number").first()
    )
    if began is None or began.pk == part.version.pk:
        return None
    return News(part, translating.spoken(began))
