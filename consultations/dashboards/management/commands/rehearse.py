"""Play the main job once against a platform that runs."""

from __future__ import annotations

import json
import time
import traceback
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consultations.dashboards.demonstration.staff import PASSWORD
from consultations.dashboards.rehearsal import answering, concluding, meeting, preparing
from consultations.dashboards.rehearsal.play import Play, Step
from consultations.dashboards.rehearsal.visitor import Unexpected

STEPS: list[Step] = [
    *preparing.STEPS,
    *answering.STEPS,
    *meeting.STEPS,
    *answering.CLOSING,
    *concluding.STEPS,
]


class Command(BaseCommand):
    help = (
        "Plays the main job over HTTP on a platform with the demonstration loaded, in a consultation of its own: from "
        "the register to the report. Files go into --out; the last line is JSON."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", required=True, help="where the platform runs, such as http://127.0.0.1:8000")
        parser.add_argument("--out", type=Path, required=True, help="a folder for the files that are fetched")

    def handle(self, *args: Any, base_url: str, out: Path, **options: Any) -> None:
        out.mkdir(parents=True, exist_ok=True)
        folder = settings.VAR_DIR / "mail"
        tag = f"{int(time.time()) % 100_000_000:x}"
        play = Play(base_url, out, tag, PASSWORD, folder if folder.is_dir() else None)
        failed = ""
        done = 0
        for number, (title, act) in enumerate(STEPS, 1):
            began = time.monotonic()
            try:
                came_of_it = act(play)
            except Unexpected as unexpected:
                failed = str(unexpected)
            except Exception:  # noqa: BLE001 - a broken page can break any line here; the report still ends with its JSON
                failed = traceback.format_exc()
            seconds = time.monotonic() - began
            if failed:
                self.stdout.write(f"{number:>2}. {title}: FAILED after {seconds:.1f} s\n    {failed}")
                break
            done += 1
            self.stdout.write(f"{number:>2}. {title}: {came_of_it}  ({seconds:.1f} s)")
            self.stdout.flush()
        files = [str(path) for path in play.files]
        self.stdout.write(json.dumps({"steps": done, "failed": int(bool(failed)), "files": files}))
        if failed:
            raise CommandError(f"Step {done + 1} failed.")
