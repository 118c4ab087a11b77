"""What stands around a section that colleagues write together: in whose hands it is, and what they say about it."""

from __future__ import annotations

from typing import Any

from consultations.submissions import queries, rules
from consultations.submissions.models import Submission


def around(user: Any, submission: Submission, part: queries.Part, page: str) -> dict[str, Any]:
    """For the page of a section; empty lists where one person writes alone."""
    if not rules.is_colleague(user, submission):
        return {"comments": [], "hand": None, "kept_for": "", "about": "", "is_shared": False}
    hand = submission.assignments.filter(survey=part.survey, page=page).select_related("contact").first()
    is_kept = hand is not None and hand.is_locked and hand.contact.user_id != user.pk
    rows = queries.comments(submission).filter(survey=part.survey, page=page, resolved_at=None)
    return {
        "comments": list(rows),
        "hand": hand,
        "kept_for": hand.contact.name if hand is not None and is_kept and not rules.leads(user, submission) else "",
        "about": f"{part.survey.code}:{page}",
        "is_shared": True,
    }
