"""What the export task does: claim the row, write the file beside its place, check it, offer it."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from consultations.exports import sheets
from consultations.exports.models import ExportJob
from consultations.exports.writers import archive, workbook
from engagement.audit import trail
from engagement.core import jobs
from engagement.core.errors import Refused

PROGRESS_EVERY = 1000
# A file whose rows changed meanwhile is written anew, so often at most.
MOST_TIMES = 3
SUFFIX = {ExportJob.Format.CSV: "zip", ExportJob.Format.XLSX: "xlsx"}
State = ExportJob.State


def run(job_id: int) -> None:
    """Build one export. Called twice, late or again after a kill, the outcome is one whole file or a reason."""
    jobs.run(ExportJob, job_id, _build, what="The file")


def _build(job: ExportJob, hold: jobs.Progress) -> None:
    """Write the file until its rows are those that the database counted before and after.

    A submission that arrives in the middle makes the counts differ; then the file is written anew. No transaction is
    held meanwhile: it would keep SQLite from taking answers.
    """
    progress = _Rows(hold)
    for _ in range(MOST_TIMES):
        tables = sheets.sheets(job.consultation, profile=job.profile, labels=job.labels)
        ExportJob.objects.filter(pk=job.pk).update(total=sum(table.expected or 0 for table in tables))
        with tempfile.TemporaryDirectory(prefix="export-") as folder:
            path = Path(folder) / "file"
            counts = _write(job, path, tables, progress)
            if all(table.expected in (None, count) for table, count in zip(tables, counts, strict=True)):
                _offer(job, path, tables, counts)
                return
        progress.start_again()
    raise Refused("Submissions came in faster than the file could be written. Ask again in a quiet moment.")


def _write(job: ExportJob, path: Path, tables: list[sheets.Sheet], progress: _Rows) -> list[int]:
    if job.format == ExportJob.Format.XLSX:
        return workbook.write(path, tables, progress.one_more)
    return archive.write(path, tables, progress.one_more, sheets.attachments(job.consultation, job.profile))


class _Rows:
    """Counts rows and tells the job every thousand of them. A file is always written from its beginning."""

    def __init__(self, hold: jobs.Progress) -> None:
        self.hold, self.done = hold, 0

    def one_more(self) -> None:
        self.done += 1
        if self.done % PROGRESS_EVERY == 0:
            self.hold.tell(self.done)

    def start_again(self) -> None:
        self.done = 0
        self.hold.tell(0)


def _offer(job: ExportJob, path: Path, tables: list[sheets.Sheet], counts: list[int]) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while piece := content.read(1 << 20):
            digest.update(piece)
    now = timezone.now()
    suffix = SUFFIX[ExportJob.Format(job.format)]
    name = f"{job.consultation.reference}-{job.profile}-{timezone.localtime(now):%Y-%m-%d}.{suffix}"
    with transaction.atomic():
        row = ExportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if row.state != State.BUILDING or row.attempts != job.attempts:
            return
        with path.open("rb") as content:
            row.file.save(f"{row.public_id}.{suffix}", File(content), save=False)
        row.move_to(State.READY)
        row.file_name, row.size, row.sha256 = name, path.stat().st_size, digest.hexdigest()
        row.row_count = sum(count for table, count in zip(tables, counts, strict=True) if table.expected is not None)
        row.column_count = max(len(table.header) for table in tables)
        row.ready_at, row.expires_at, row.lease_until = now, now + timedelta(days=settings.EXPORT_DAYS), None
        row.done = row.total
        row.save()
        trail.record(
            "export.built",
            subject=row,
            actor=row.requested_by,
            scope=job.consultation.reference,
            profile=row.profile,
            format=row.format,
            rows=row.row_count,
            sha256=row.sha256,
        )


def waiting() -> list[int]:
    """Exports that nobody is building."""
    return jobs.waiting(ExportJob)


def expire() -> int:
    """Delete the files whose days are over; returns how many."""
    over = list(ExportJob.objects.filter(state=State.READY, expires_at__lt=timezone.now()))
    for job in over:
        job.file.delete(save=False)
        job.move_to(State.EXPIRED)
        job.save(update_fields=["state", "file", "updated_at"])
    return len(over)
