"""What the work of a bulk entry is: it types the papers in, so many at a time, each lot whole or not at all.

A lot and how far the import is are written in one transaction. A process that was killed costs the lot that it was at,
and whoever takes the job up goes on behind the last whole one.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from consultations.submissions.actions.bulk import import_papers
from consultations.submissions.bulk.planned import Planned
from consultations.submissions.models import BulkEntry
from engagement.core import jobs
from engagement.core.errors import Refused

# A file of so many goes in whole or not at all; a longer one in lots of so many.
LOT = 200
# What was not typed in is kept for another try so long, and then forgotten: it holds names and answers.
KEPT = timedelta(days=7)


def run(job_id: int) -> None:
    """Type one file in. Called twice, late or again after a kill, each paper is made once, or a reason is given."""
    jobs.run(BulkEntry, job_id, _type_in, what="The import")


def _type_in(job: BulkEntry, hold: jobs.Progress) -> None:
    hold.tell(total=len(job.rows))
    made, here = job.made, job.was_here
    for start in range(job.done, len(job.rows), LOT):
        lot = [Planned(**row) for row in job.rows[start : start + LOT]]
        try:
            with transaction.atomic():
                # Whoever calls the import off waits for this lot or is seen before it.
                hold.tell(start)
                new, old = import_papers(
                    job.survey, lot, version=job.version, actor=job.requested_by,
                    file_name=job.file_name, sha256=job.sha256,
                )  # fmt: skip
                made, here = made + new, here + old
                hold.tell(start + len(lot), made=made, was_here=here)
        except Refused as refused:
            raise Refused(_so_far(start, refused.message)) from refused
    now = timezone.now()
    hold.mine().update(state=jobs.Job.State.READY, rows=[], lease_until=None, ready_at=now, updated_at=now)


def _so_far(start: int, sentence: str) -> str:
    if not start:
        return sentence
    return f"The first {start} responses were typed in. {sentence.replace(' Nothing was imported.', '')}"


def waiting() -> list[int]:
    """Imports that nobody works on."""
    forget()
    return jobs.waiting(BulkEntry)


def forget() -> int:
    """Let go of the rows of imports that failed or were called off a while ago; returns how many."""
    over = BulkEntry.objects.filter(state__in=["failed", "cancelled"], updated_at__lt=timezone.now() - KEPT)
    return over.exclude(rows=[]).update(rows=[])
