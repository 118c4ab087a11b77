"""Who answered before, for choosing sets of partners by it. Answers without a name belong to nobody here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from consultations.submissions.models import Submission
from engagement.stakeholders.criteria import Criterion


def answered(since: datetime | None) -> QuerySet[Any, Any]:
    """Organisations with a submission that counts, sent since then."""
    rows = Submission.objects.filter(state__in=Submission.COUNTED, is_test=False, organisation__isnull=False)
    return (rows.filter(submitted_at__gte=since) if since else rows).values("organisation")


CRITERIA = (
    Criterion("answered", "Answered a consultation", "answered a consultation", answered),
    Criterion("not_answered", "Answered no consultation", "answered no consultation", answered, opposite=True),
)
