"""What the export task does: claim the row, write the file beside its place, check it, offer it."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from consultations.exports import sheets
from consultations.exports.models import ExportJob
from consultations.exports.writers import archive, workbook
from engagement.audit import trail
from engagement.core.errors import Refused

# After this a claimed job counts as abandoned; progress renews it.
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
PROGRESS_EVERY = 1000
SUFFIX = {ExportJob.Format.CSV: "zip", ExportJob.Format.XLSX: "xlsx"}
State = ExportJob.State


class _Stopped(Exception):
    """Somebody cancelled the job, or another process took it over."""


def run(job_id: int) -> None:
    """Build one export. Called twice, late or again after a kill, the outcome is one whole file or a reason."""
    now = timezone.now()
    free = Q(state=State.REQUESTED) | Q(state=State.BUILDING, lease_until__lt=now)
    job = ExportJob.objects.select_related("consultation").filter(free, pk=job_id).first()
    if job is None:
        return
    if job.attempts >= MOST_ATTEMPTS:
        _fail(job_id, "The file could not be built: the process ended three times. Tell an administrator.")
        return
    claimed = ExportJob.objects.filter(free, pk=job_id, attempts=job.attempts).update(
        state=State.BUILDING, lease_until=now + LEASE, attempts=job.attempts + 1, done=0, updated_at=now
    )
    if not claimed:
        return
    job.attempts += 1
    try:
        _build(job)
    except _Stopped:
        return
    except Refused as refused:
        _fail(job_id, refused.message)
    except Exception as error:
        _fail(job_id, f"The file could not be built ({type(error).__name__}). Ask again, or tell an administrator.")
        raise


def _build(job: ExportJob) -> None:
    """Write the file until its rows are those that the database counted before and after.

    A submission that arrives in the middle makes the counts differ; then the file is written anew. No transaction is
    held meanwhile: it would keep SQLite from taking answers.
    """
    progress = _Progress(job)
    for _ in range(MOST_ATTEMPTS):
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


def _write(job: ExportJob, path: Path, tables: list[sheets.Sheet], progress: _Progress) -> list[int]:
    if job.format == ExportJob.Format.XLSX:
        return workbook.write(path, tables, progress.one_more)
    return archive.write(path, tables, progress.one_more, sheets.attachments(job.consultation, job.profile))


class _Progress:
    """Tells the row how far the work is, keeps the lease, and notices a cancellation."""

    def __init__(self, job: ExportJob) -> None:
        self.job, self.done = job, 0

    def one_more(self) -> None:
        self.done += 1
        if self.done % PROGRESS_EVERY == 0:
            self.tell()

    def start_again(self) -> None:
        self.done = 0
        self.tell()

    def tell(self) -> None:
        now = timezone.now()
        mine = ExportJob.objects.filter(pk=self.job.pk, state=State.BUILDING, attempts=self.job.attempts)
        if not mine.update(done=self.done, lease_until=now + LEASE, updated_at=now):
            raise _Stopped


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


def _fail(job_id: int, sentence: str) -> None:
    ExportJob.objects.filter(pk=job_id, state__in=[State.REQUESTED, State.BUILDING]).update(
        state=State.FAILED, failure=sentence[:300], lease_until=None, updated_at=timezone.now()
    )


def waiting() -> list[int]:
    """Jobs that nobody is building: asked for, or claimed by a process that is gone."""
    now = timezone.now()
    free = Q(state=State.REQUESTED) | Q(state=State.BUILDING, lease_until__lt=now)
    return list(ExportJob.objects.filter(free).order_by("pk").values_list("pk", flat=True))


def expire() -> int:
    """Delete the files whose days are over; returns how many."""
    over = list(ExportJob.objects.filter(state=State.READY, expires_at__lt=timezone.now()))
    for job in over:
        job.file.delete(save=False)
        job.move_to(State.EXPIRED)
        job.save(update_fields=["state", "file", "updated_at"])
    return len(over)
