"""What the drafting task does: claim the row, write the statements part by part, survive being killed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from consultations.summaries import drafting
from consultations.summaries.models import Citation, Finding, Summary
from engagement.core import jobs


def run(summary_id: int) -> None:
    """Draft a summary that was asked for. Called twice, late or again after a kill, the outcome is one whole draft."""
    jobs.run(Summary, summary_id, _draft, what="The draft")


def _draft(summary: Summary, hold: jobs.Progress) -> None:
    parts = drafting.parts(summary.consultation)
    hold.tell(0, total=len(parts))
    drafted: list[drafting.Drafted] = []
    for number, part in enumerate(parts, 1):
        drafted += drafting.draft(summary.consultation, part)
        # Outside of the transaction that stores the draft, so that people see it move.
        hold.tell(number)
    with transaction.atomic():
        row = hold.mine().select_for_update(of=("self",)).first()
        if row is None:
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
        row.lease_until, row.ready_at = None, timezone.now()
        row.save(update_fields=["state", "lease_until", "ready_at", "updated_at"])


def waiting() -> list[int]:
    """Drafts that nobody is making."""
    return jobs.waiting(Summary)
