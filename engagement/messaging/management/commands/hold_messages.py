"""The switch that stops all sending, from the command line: `python3 manage.py hold_messages [WHY]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from engagement.messaging import line


class Command(BaseCommand):
    help = (
        "Stops all sending until staff start it again on the page Messages, Status of sending. Run it after a backup "
        "was put back and before the worker starts: what the backup takes for due may have been sent since it was made."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("why", nargs="?", default=line.RESTORED, help="what staff read as the reason")

    def handle(self, **options: Any) -> None:
        stopped = line.stop(options["why"])
        self.stdout.write("Sending is stopped." if stopped else "Sending was stopped already.")
