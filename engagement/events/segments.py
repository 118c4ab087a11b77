"""What organisations did with our events, for choosing sets of partners by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from engagement.events.models import Attendance, Registration
from engagement.stakeholders.criteria import Criterion


def _places(since: datetime | None) -> QuerySet[Registration]:
    rows = Registration.objects.filter(organisation__isnull=False)
    return rows.filter(event__starts_at__gte=since) if since else rows


def came(since: datetime | None) -> QuerySet[Any, Any]:
    """Organisations of which somebody came to an event that began since then."""
    return _places(since).filter(attendance__status=Attendance.Status.ATTENDED).values("organisation")


def stayed_away(since: datetime | None) -> QuerySet[Any, Any]:
    """Organisations of which somebody had a place and did not come, without apologies."""
    return _places(since).filter(attendance__status=Attendance.Status.ABSENT).values("organisation")


CRITERIA = (
    Criterion("came", "Came to an event", "came to an event", came),
    Criterion("not_came", "Came to no event", "came to no event", came, opposite=True),
    Criterion("stayed_away", "Booked and did not come", "booked an event and did not come", stayed_away),
)
