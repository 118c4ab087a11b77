"""Values that a link brings into a response without being asked: where somebody comes from, for example."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from consultations.submissions import queries
from consultations.submissions.actions.writing import begin_response, save_section
from consultations.submissions.models import Submission
from consultations.surveys.definition import load

LONGEST = 200


def hidden_values(consultation_id: int, query: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What a link's query says for the hidden questions of the surveys that are open: survey code to code to value.

    Anything else in the query is passed over, and so is a value of more than 200 characters.
    """
    found: dict[str, dict[str, str]] = {}
    for survey in queries.live_surveys(consultation_id):
        if survey.current_version is None:
            continue
        for question in load(survey.current_version).questions():
            value = query.get(question.code, "").replace("\x00", "").strip() if question.kind == "hidden" else ""
            if 0 < len(value) <= LONGEST:
                found.setdefault(survey.code, {})[question.code] = value
    return found


def bring(submission: Submission, query: Mapping[str, str], *, actor: Any = None, now: datetime | None = None) -> None:
    """Keep what the link brought in a response that has just begun."""
    brought = hidden_values(submission.consultation_id, query)
    for survey in queries.live_surveys(submission.consultation_id) if brought else ():
        if answers := brought.get(survey.code):
            response = begin_response(submission, survey)
            save_section(response.pk, page_code="", answers=answers, actor=actor, now=now)
