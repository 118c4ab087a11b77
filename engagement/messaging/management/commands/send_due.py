"""The outbox without Celery: `python3 manage.py send_due [--once]`."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from engagement.messaging import delivery, queries

LONG = 24 * 3600.0


class Command(BaseCommand):
    help = (
        "Sends the messages that are due. With --once it ends when nothing is due any more; without, it looks again "
        "every TICK_SECONDS until it is stopped. Prints a line of JSON: sent, skipped, failed, uncertain. With --once, "
        "what keeps messages from leaving goes to standard error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")

    def handle(self, **options: Any) -> None:
        if options["once"]:
            self.stdout.write(json.dumps(delivery.drain(seconds=LONG)))
            for trouble in queries.troubles():
                self.stderr.write(trouble)
            return
        try:
            while True:
                counts = delivery.drain(seconds=LONG)
                if any(counts.values()):
                    self.stdout.write(json.dumps(counts))
                    self.stdout.flush()
                time.sleep(settings.TICK_SECONDS)
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")
