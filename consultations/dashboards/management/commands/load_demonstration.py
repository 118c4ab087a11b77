"""Load the demonstration consultation into an empty database."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consultations.dashboards.demonstration import loading
from consultations.dashboards.demonstration.staff import PASSWORD, has_password


class Command(BaseCommand):
    help = (
        "Loads invented consultations with a register, answers, events and their analysis, once, and says who can sign "
        "in. Refused for a database that holds anything else."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anyway", action="store_true", help="also into a database that is in use")

    def handle(self, *args: Any, anyway: bool, **options: Any) -> None:
        if loading.is_loaded():
            self.stdout.write("The demonstration is loaded already.")
        elif loading.is_in_use() and not anyway:
            raise CommandError(
                "This database holds organisations or consultations of its own. Load the demonstration into an empty "
                "one, or say --anyway."
            )
        else:
            began = time.monotonic()
            loading.load()
            self.stdout.write(f"The demonstration was loaded in {time.monotonic() - began:.0f} seconds.")
        self._say_sign_ins()

    def _say_sign_ins(self) -> None:
        rows = loading.sign_ins()
        who = max(len(row[0]) for row in rows)
        address = max(len(row[1]) for row in rows)
        self.stdout.write("\nWho can sign in:\n")
        for row in rows:
            self.stdout.write(f"  {row[0]:<{who}}  {row[1]:<{address}}  {row[2]}")
        if has_password():
            self.stdout.write(f"\nPassword of the staff: {PASSWORD}")
            self.stdout.write("Partners ask for a code on the sign-in page; the message with it is at /mail/.")
        else:
            self.stdout.write("\nEverybody signs in by a code that is sent to their address.")
