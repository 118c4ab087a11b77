"""What the drafting task does: claim the row, write the statements part by part, survive being killed."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from consultations.summaries import drafting
from consultations.summaries.models import Citation, Finding, Summary
from engagement.core.errors import Refused

# After this a claimed draft counts as abandoned, and the sweep rings for it again.
LEASE = timedelta(minutes=5)


def run(summary_id: int) -> None:
    """Draft a summary that was asked for. Called twice, late or again after a kill, the outcome is one whole draft."""
    now = timezone.now()
    claimed = Summary.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now), pk=summary_id, state=Summary.State.REQUESTED
    ).update(lease_until=now + LEASE, updated_at=now)
    if not claimed:
        return
    summary = Summary.objects.select_related("consultation").get(pk=summary_id)
    try:
        _draft(summary)
    except Refused as refused:
        _fail(summary_id, refused.message)
    except Exception as error:
        _fail(summary_id, f"The draft could not be made ({type(error).__name__}). Try again, or tell an administrator.")
        raise


def _draft(summary: Summary) -> None:
    parts = drafting.parts(summary.consultation)
    Summary.objects.filter(pk=summary.pk).update(total=len(parts), done=0)
    drafted: list[drafting.Drafted] = []
    for number, part in enumerate(parts, 1):
        drafted += drafting.draft(summary.consultation, part)
        # Outside of the transaction that stores the draft, so that people see it move.
        Summary.objects.filter(pk=summary.pk).update(done=number, lease_until=timezone.now() + LEASE)
    with transaction.atomic():
        row = Summary.objects.select_for_update(of=("self",)).get(pk=summary.pk)
        if row.state != Summary.State.REQUESTED:
            return
        row.findings.all().delete()
        for place, one in enumerate(drafted, 1):
            finding = Finding.objects.create(
                summary=row,
                theme=one.theme,
                kind=one.kind,
                order=place,
                text=one.text,
                query=one.query,
                result=one.result,
            )
            Citation.objects.bulk_create(Citation(finding=finding, excerpt=excerpt) for excerpt in one.excerpts)
        row.move_to(Summary.State.DRAFT)
        row.lease_until = None
        row.save(update_fields=["state", "lease_until", "updated_at"])


def _fail(summary_id: int, sentence: str) -> None:
    Summary.objects.filter(pk=summary_id, state=Summary.State.REQUESTED).update(
        state=Summary.State.FAILED, failure=sentence[:300], lease_until=None, updated_at=timezone.now()
    )


def waiting() -> list[int]:
    """Drafts that nobody is making: asked for, and not claimed or claimed by a process that is gone."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    return list(Summary.objects.filter(free, state=Summary.State.REQUESTED).order_by("pk").values_list("pk", flat=True))
