"""How long answers are kept, and the words for it.

The public page promises so many months. They count from the close, because that is what a respondent reads; archiving
says that the work is over and lets the time end. Thirty days after it are kept in any case, so that an archiving by
mistake destroys nothing at once.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta

from django.utils import timezone

from consultations.programme.models import Consultation
from engagement.core.templatetags.ui import day

GRACE = timedelta(days=30)


def months_later(at: datetime, months: int) -> datetime:
    """The same local day and time so many months on; the last of the month where there is no such day."""
    local = timezone.localtime(at)
    year, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + year, month + 1
    on = min(local.day, monthrange(year, month)[1])
    naive = local.replace(year=year, month=month, day=on, tzinfo=None)
    return timezone.make_aware(naive, timezone.get_current_timezone())


def ends_at(consultation: Consultation, archived_at: datetime | None = None) -> datetime | None:
    """When the answers are deleted, or would be if it were archived at that moment; None before it has closed."""
    archived = archived_at or consultation.archived_at
    if archived is None and consultation.state == Consultation.State.ARCHIVED:
        archived = consultation.updated_at  # by a release that kept no moment of it
    if consultation.closed_at is None or archived is None:
        return None
    return max(months_later(consultation.closed_at, consultation.retention_months), archived + GRACE)


def due(now: datetime) -> list[Consultation]:
    """Archived consultations whose answers are to be deleted by now, the oldest first."""
    rows = Consultation.objects.filter(state=Consultation.State.ARCHIVED, answers_deleted_at=None)
    return [it for it in rows.order_by("closed_at", "pk") if (end := ends_at(it)) is not None and end <= now]


def in_words(consultation: Consultation, archived_at: datetime | None = None) -> list[str]:
    """What is deleted and when, what stays, or that it was done; nothing for one that is not archived."""
    if consultation.answers_deleted_at is not None:
        return [f"Its answers were deleted on {day(timezone.localdate(consultation.answers_deleted_at))}."]
    end = ends_at(consultation, archived_at)
    if end is None:
        return []
    goes = (
        f"On {day(timezone.localdate(end))} every response is deleted by itself: answers, statements and files, the "
        "passages coded in them, invitations, messages and files of exports. This cannot be undone. "
        f"Partners were promised that answers are kept for {consultation.retention_months} months after the close; "
        "thirty days after archiving are kept in any case."
    )
    stays = (
        "What stays: the surveys, the summaries that were published, the events with their notes, the counts of "
        "choices, and the record of acts."
    )
    return [goes, stays]
