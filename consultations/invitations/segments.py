"""How organisations took our invitations, for choosing sets of partners by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from consultations.invitations.models import Invitation
from engagement.stakeholders.criteria import Criterion


def _sent(since: datetime | None) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(organisation__isnull=False, sent_at__isnull=False)
    return rows.filter(sent_at__gte=since) if since else rows


def asked(since: datetime | None) -> QuerySet[Any, Any]:
    """Organisations that were sent an invitation since then."""
    return _sent(since).values("organisation")


def silent(since: datetime | None) -> QuerySet[Any, Any]:
    """Organisations that were invited since then, and a consultation closed without a word from them."""
    over = _sent(since).filter(consultation__closes_at__lte=timezone.now())
    return over.filter(state__in=[*Invitation.UNANSWERED, "expired"]).values("organisation")


def declined(since: datetime | None) -> QuerySet[Any, Any]:
    """Organisations that said they have no view."""
    return _sent(since).filter(state=Invitation.State.DECLINED).values("organisation")


CRITERIA = (
    Criterion("silent", "Were invited and did not answer", "left an invitation unanswered", silent),
    Criterion("declined", "Said that they have no view", "said that they have no view", declined),
    Criterion("asked", "Were invited to a consultation", "were invited to a consultation", asked),
    Criterion("not_asked", "Were invited to no consultation", "were invited to no consultation", asked, opposite=True),
)
