"""A dry run of the importer of questionnaires: what would become of each workbook, as JSON Lines."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consultations.surveys import xlsform


class Command(BaseCommand):
    help = "Check XLSForms (.xlsx, .xls, .xlsm, .zip, .csv, .md) without importing; prints one JSON object a line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        paths = [Path(name) for name in options["files"]]
        missing = [str(path) for path in paths if not path.is_file()]
        if missing:
            raise CommandError(f"There is no file {', '.join(missing)}.", returncode=2)
        is_any_refused = False
        for path in paths:
            imported = xlsform.read(path.read_bytes(), path.name)
            is_any_refused = is_any_refused or imported.is_refused
            self.stdout.write(
                json.dumps(
                    {
                        "file": str(path),
                        "outcome": imported.outcome,
                        "questions": imported.questions,
                        "mapped": imported.mapped,
                        "reported": imported.reported,
                        "messages": [message.to_json() for message in imported.messages],
                    },
                    ensure_ascii=False,
                )
            )
        if is_any_refused:
            sys.exit(1)
