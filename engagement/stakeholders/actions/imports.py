"""A file of partners on its way into the register: staged with a preview, then asked for, and imported by lots."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction

from engagement.core import jobs
from engagement.core.errors import Refused
from engagement.core.tasks import work
from engagement.stakeholders import importing, plan, spreadsheet
from engagement.stakeholders.models import RegisterImport

# The name of this work in settings.LONG_WORK.
WORK = "stakeholders.import"


@transaction.atomic
def stage_import(content: bytes, file_name: str, *, actor: Any) -> RegisterImport:
    """Read a file and keep its rows with a preview; the register itself is not touched.

    Raises Refused with a sentence when the file as a whole cannot be read.
    """
    importing.forget()
    lines, problems = spreadsheet.read(content, file_name, plan.vocabulary())
    worked_out = plan.work_out(lines)
    bad = {problem.row for problem in worked_out.problems}
    return RegisterImport.objects.create(
        file_name=file_name[:200],
        rows=[line.as_json() for line in lines if line.row not in bad],
        problems=[asdict(problem) for problem in sorted([*problems, *worked_out.problems], key=lambda p: p.row)],
        preview={
            "counts": worked_out.counts,
            "unchanged": worked_out.unchanged,
            "rows": len(lines) + len(problems),
            **worked_out.sample(),
        },
        requested_by=actor,
    )


@transaction.atomic
def request_import(staged_id: int, *, only_good_rows: bool = False) -> RegisterImport:
    """Ask for a staged file to be put into the register behind the page. Asked for twice, it is imported once.

    With bad rows in the file it is refused, unless `only_good_rows` says that they are to be left out.
    """
    staged = _locked(staged_id)
    if staged.state != RegisterImport.State.STAGED:
        return staged
    if staged.problems and not only_good_rows:
        raise Refused(
            "The file has rows that cannot be imported. Correct them, or choose to import only the good rows."
        )
    if not staged.rows:
        raise Refused("No row of the file can be imported.")
    staged.move_to(RegisterImport.State.REQUESTED)
    staged.total = len(staged.rows)
    staged.save(update_fields=["state", "total", "updated_at"])
    work.delay_on_commit(WORK, staged.pk)
    return staged


@transaction.atomic
def call_off_import(job_id: int, *, actor: Any) -> RegisterImport:
    """Stop an import; the lots that are in stay, and what they did goes on record. The rows are let go of."""
    job = _locked(job_id)
    jobs.call_off(job)
    if job.done:
        job.outcome = {**job.outcome, "left_out": len(job.problems) + job.total - job.done}
        importing.record_numbers(job, job.outcome, actor=actor)
    job.rows, job.problems, job.preview = [], [], {}
    job.save(update_fields=["outcome", "rows", "problems", "preview"])
    return job


@transaction.atomic
def try_import_again(job_id: int) -> RegisterImport:
    """Go on with an import that failed. Raises Refused for any other, and once its rows have been let go of."""
    job = _locked(job_id)
    if job.state == RegisterImport.State.FAILED and not job.rows:
        raise Refused("The rows of this file are not kept any more. Upload the file again.")
    jobs.try_again(job)
    work.delay_on_commit(WORK, job.pk)
    return job


@transaction.atomic
def discard_import(staged_id: int) -> None:
    """Throw a staged file away. Raises Refused for one whose import was asked for."""
    staged = _locked(staged_id)
    if staged.state != RegisterImport.State.STAGED:
        raise Refused("The import of this file was asked for, so it cannot be discarded any more.")
    staged.delete()


def _locked(job_id: int) -> RegisterImport:
    return RegisterImport.objects.select_for_update(of=("self",)).get(pk=job_id)
