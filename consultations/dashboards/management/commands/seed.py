"""Make a consultation with many submissions, for measuring."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consultations.dashboards import seeding
from consultations.dashboards.demonstration.call import QUESTIONNAIRES
from engagement.core.errors import Refused


def _number(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"“{text}” is not a number of submissions; write a whole number from 1.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Makes an open consultation with N invented submissions, the same for the same N, and prints JSON with its "
        "reference. Several runs make several consultations."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--submissions", type=_number, required=True, metavar="N")
        parser.add_argument(
            "--survey", type=Path, default=QUESTIONNAIRES / "call-for-evidence.xlsx", help="an XLSForm workbook"
        )

    def handle(self, *args: Any, submissions: int, survey: Path, **options: Any) -> None:
        began = time.monotonic()
        try:
            consultation = seeding.seed(submissions, survey.read_bytes(), survey.name)
        except OSError as error:
            raise CommandError(f"{survey} cannot be read: {error.strerror}.", returncode=2) from error
        except Refused as refused:
            raise CommandError(refused.message) from refused
        seconds = round(time.monotonic() - began, 2)
        self.stdout.write(json.dumps({"consultation": consultation.reference, "seconds": seconds}))
