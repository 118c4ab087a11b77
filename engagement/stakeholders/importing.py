"""What the work of a register import is: it puts the rows in, so many at a time, each lot whole or not at all.

A lot and how far the import is are written in one transaction. A process that was killed costs the lot that it was at,
and whoever takes the job up goes on behind the last whole one.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core import jobs
from engagement.core.errors import Refused
from engagement.stakeholders import plan, spreadsheet
from engagement.stakeholders.models import RegisterImport

LOT = 1000
# Files hold personal data: one that nobody imports, or that failed, is kept so long and then thrown away.
KEPT = timedelta(days=7)

State = RegisterImport.State


def run(job_id: int) -> None:
    """Import one file. Called twice, late or again after a kill, each row goes in once, or a reason is given."""
    jobs.run(RegisterImport, job_id, _put_in, what="The import")


def _put_in(job: RegisterImport, hold: jobs.Progress) -> None:
    hold.tell(total=len(job.rows))
    behind = there = job.done
    # One reading of file and register for all lots; what several rows say of one partner is done with the first.
    worked_out = plan.work_out([spreadsheet.Line(**row) for row in job.rows[behind:]])
    if worked_out.problems:
        rows = ", ".join(str(problem.row) for problem in worked_out.problems[:10])
        sentence = f"The register has changed since the preview and no longer agrees with the file (row {rows})."
        raise Refused(_so_far(there, f"{sentence} Upload the file again."))
    outcome = Counter(job.outcome)
    for stop, lot in worked_out.lots(LOT):
        try:
            with transaction.atomic():
                # Whoever calls the import off waits for this lot or is seen before it.
                hold.tell()
                lot.apply()
                _record(lot, job)
                outcome.update(lot.counts)
                hold.tell(behind + stop, outcome=dict(outcome))
        except IntegrityError as error:
            sentence = "Somebody changed the register at the same moment. Try again."
            raise Refused(_so_far(there, sentence)) from error
        there = behind + stop
    _finish(job, hold, dict(outcome))


def _so_far(there: int, sentence: str) -> str:
    said = f"The first {there:,} rows are in the register." if there else "Nothing was imported."
    return f"{sentence} {said}"


@transaction.atomic
def _finish(job: RegisterImport, hold: jobs.Progress, outcome: dict[str, int]) -> None:
    numbers = {**outcome, "left_out": len(job.problems)}
    now = timezone.now()
    # The rows are in the register now; a second copy of people's data is not kept.
    if hold.mine().update(
        state=State.READY, rows=[], problems=[], preview={}, outcome=numbers, lease_until=None, ready_at=now,
        updated_at=now,
    ):  # fmt: skip
        record_numbers(job, numbers, actor=job.requested_by)


def _record(lot: plan.Plan, job: RegisterImport) -> None:
    source = {"import": str(job.public_id)}
    for noun, added, changed in (
        ("organisation", lot.new_organisations, lot.changed_organisations),
        ("contact", lot.new_contacts, lot.changed_contacts),
        ("membership", lot.new_members, lot.changed_members),
    ):
        trail.record_many(f"{noun}.added", [(row, source) for row in added.values()], actor=job.requested_by)
        changes = [(row, {**source, "changes": facts}) for row, facts in changed.values()]
        trail.record_many(f"{noun}.changed", changes, actor=job.requested_by)


def record_numbers(job: RegisterImport, numbers: dict[str, Any], *, actor: Any) -> None:
    """The one entry of a whole file: what it did, and how many of its rows were left out."""
    trail.record("register.imported", subject=job, actor=actor, **numbers)


def waiting() -> list[int]:
    """Imports that nobody works on."""
    forget()
    return jobs.waiting(RegisterImport)


def forget() -> int:
    """Throw away files that nobody imports, and the rows of those that failed a while ago; returns how many."""
    before = timezone.now() - KEPT
    thrown, _ = RegisterImport.objects.filter(state=State.STAGED, created_at__lt=before).delete()
    failed = RegisterImport.objects.filter(state=State.FAILED, updated_at__lt=before).exclude(rows=[])
    return thrown + failed.update(rows=[], problems=[], preview={})
