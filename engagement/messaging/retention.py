"""Deletes the texts of old messages; that they were sent, to whom, when and about what, stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from engagement.messaging.models import Line, OutgoingMessage

State = OutgoingMessage.State
BATCH = 500
DAYS_A_MONTH = 30.44
NAME = "texts"
OVER = (State.SENT, State.SKIPPED, State.FAILED, State.EXPIRED, State.UNCERTAIN)


def forget_when_due(now: datetime | None = None) -> int:
    """Once a day, whoever comes first."""
    now = now or timezone.now()
    Line.objects.get_or_create(name=NAME)
    is_due = Q(looked_at=None) | Q(looked_at__lt=now - timedelta(days=1))
    if not Line.objects.filter(is_due, name=NAME).update(looked_at=now):
        return 0
    return forget_texts(now)


def forget_texts(now: datetime) -> int:
    """Delete what is older than settings.MESSAGE_MONTHS, in batches; returns how many. Twice is the same as once."""
    before = now - timedelta(days=settings.MESSAGE_MONTHS * DAYS_A_MONTH)
    rows = OutgoingMessage.objects.filter(
        text_deleted_at=None, state__in=OVER, due_at__lt=before, updated_at__lt=before
    )
    many = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        many += OutgoingMessage.objects.filter(pk__in=keys, state__in=OVER).update(
            text_body="", html_body="", calendar="", text_deleted_at=now
        )
    return many
