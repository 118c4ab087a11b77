"""How a consultation goes: the numbers of the day, responses over time, and what goes out next."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min
from django.db.models.functions import TruncDate
from django.utils import timezone

from consultations.dashboards.coverage import Known
from consultations.programme.models import Consultation
from consultations.submissions import queries as submissions
from engagement.core.charts import Course, Point
from engagement.core.templatetags.ui import agree
from engagement.messaging.models import OutgoingMessage


@dataclass(frozen=True)
class Number:
    """One number with what it counts and out of how many."""

    value: Any
    label: str
    base: str = ""


def numbers(known: Known, now: datetime) -> list[Number]:
    """The numbers at the top of the overview, each with its unit."""
    it = known.consultation
    since = now - timedelta(days=7)
    fresh = submissions.counted(it).filter(submitted_at__gt=since).count()
    silent = len(known.invited - known.heard)
    invited = len(known.invited)
    organisations = agree(invited, "invited organisation|invited organisations")
    beyond = len(known.heard - known.invited)
    return [
        Number(len(known.heard & known.invited), f"{organisations} heard", f"of {invited}"),
        Number(beyond, agree(beyond, "organisation|organisations") + " heard without an invitation"),
        Number(known.individuals, agree(known.individuals, "person|people") + " who answered for themselves"),
        Number(silent, f"{organisations} not heard yet", f"of {invited}"),
        Number(fresh, agree(fresh, "submission|submissions") + " in the last seven days"),
    ]


def course(known: Known, now: datetime) -> Course | None:
    """Organisations heard in writing by day against those invited, with what was done to remind them."""
    it = known.consultation
    first = (
        submissions.counted(it)
        .filter(organisation__isnull=False)
        .values("organisation")
        .annotate(first=Min("submitted_at"))
        .order_by()
        .values_list("first", flat=True)
    )
    days = sorted(timezone.localdate(at) for at in first)
    begins = timezone.localdate(it.opens_at or it.created_at)
    if days:
        begins = min(begins, days[0])
    end = max([timezone.localdate(min(now, it.closed_at or now)), *days[-1:], begins])
    marks = _marks(it)
    dates = sorted({begins, end, *days, *(on for on in marks if begins <= on <= end)})
    if not days and len(marks) == 0:
        return None
    return Course(
        "Organisations that answered in writing",
        "organisations",
        [Point(on, bisect_right(days, on), marks.get(on, "")) for on in dates],
        target=len(known.invited) or None,
        target_words="organisations invited",
    )


def _marks(consultation: Consultation) -> dict[date, str]:
    """What was done on which day: invitations and reminders that left, and extensions."""
    sent = OutgoingMessage.objects.filter(
        scope=consultation.reference, state=OutgoingMessage.State.SENT, category=OutgoingMessage.Category.CONSULTATION
    )
    rows = (
        sent.annotate(on=TruncDate("sent_at", tzinfo=timezone.get_default_timezone()))
        .order_by()
        .values_list("on")
        .annotate(number=Count("pk"))
    )
    marks: dict[date, list[str]] = {}
    for on, number in rows:
        marks.setdefault(on, []).append(f"{number} {'message' if number == 1 else 'messages'} sent")
    for change in consultation.changes.filter(what="extended"):
        marks.setdefault(timezone.localdate(change.at), []).append("extended")
    return {on: ", ".join(words) for on, words in marks.items()}


@dataclass(frozen=True)
class Ahead:
    """Messages with one subject that go out at one time."""

    due_at: datetime
    subject: str
    number: int


def messages_ahead(consultation: Consultation, now: datetime) -> list[Ahead]:
    """The next five sendings."""
    rows = (
        OutgoingMessage.objects.filter(scope=consultation.reference, state=OutgoingMessage.State.PLANNED)
        .order_by("due_at", "subject")
        .values_list("due_at", "subject")
        .annotate(number=Count("pk"))
    )
    return [Ahead(*row) for row in rows[:5]]
