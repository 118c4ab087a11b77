"""One export from the command line, through the job's own code."""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from consultations.exports import build
from consultations.exports.models import ExportJob
from consultations.programme.models import Consultation
from engagement.audit import trail


class Command(BaseCommand):
    help = "Builds one export and writes it to a file. Prints JSON: rows, columns, bytes, cpu_s, wall_s, peak_mb."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="the reference of the consultation")
        parser.add_argument("--profile", choices=ExportJob.Profile.values, default=ExportJob.Profile.PSEUDONYMOUS)
        parser.add_argument(
            "--format", dest="file_format", choices=ExportJob.Format.values, default=ExportJob.Format.XLSX
        )
        parser.add_argument("--labels", action="store_true", help="words in the cells instead of codes")
        parser.add_argument("--out", required=True, help="where the file goes")

    def handle(self, *, reference: str, profile: str, labels: bool, out: str, **options: Any) -> None:
        file_format = options["file_format"]
        consultation = Consultation.objects.filter(reference=reference).first()
        if consultation is None:
            self._refuse(f"There is no consultation with the reference “{reference}”.")
            return
        job = ExportJob.objects.create(
            consultation=consultation,
            profile=profile,
            format=file_format,
            labels=labels,
            reason="Asked for on the command line.",
        )
        trail.record("export.requested", subject=job, scope=reference, profile=profile, format=file_format)
        cpu, wall = time.process_time(), time.perf_counter()
        build.run(job.pk)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        job.refresh_from_db()
        if job.state != ExportJob.State.READY:
            self._refuse(job.failure or "The file could not be built.")
        try:
            with job.file.open("rb") as source, Path(out).open("wb") as target:
                shutil.copyfileobj(source, target)
        except OSError as error:
            self._refuse(f"The file cannot be written to “{out}”: {error.strerror}.")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figures = {
            "rows": job.row_count,
            "columns": job.column_count,
            "bytes": job.size,
            "cpu_s": round(cpu, 3),
            "wall_s": round(wall, 3),
            "peak_mb": round(peak, 1),
        }
        self.stdout.write(json.dumps(figures))

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(1)
