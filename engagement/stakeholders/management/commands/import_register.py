"""Import organisations and people from a CSV file or an Excel workbook."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from engagement.accounts.models import User
from engagement.core.errors import Refused
from engagement.stakeholders import actions, importing


class Command(BaseCommand):
    help = "Import a file into the register: all of it, or nothing when a row is bad."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="actor", required=True, metavar="EMAIL", help="who answers for the import")
        parser.add_argument("--only-good-rows", action="store_true", help="leave bad rows out and import the others")
        parser.add_argument("--dry-run", action="store_true", help="do it, say what was done, and take it back")

    def handle(self, *args: Any, file: Path, actor: str, only_good_rows: bool, dry_run: bool, **options: Any) -> None:
        person = User.objects.filter(email__iexact=actor, is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody signs in as {actor}.")
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        try:
            with transaction.atomic():
                self._import(content, file.name, person, only_good_rows)
                transaction.set_rollback(dry_run)
        except Refused as refused:
            raise CommandError(refused.message) from refused
        if dry_run:
            self.stdout.write("This was a dry run: nothing was changed.")

    def _import(self, content: bytes, name: str, person: User, only_good_rows: bool) -> None:
        staged = actions.stage_import(content, name, actor=person)
        for problem in staged.problems:
            self.stderr.write(f"row {problem['row']}: {' '.join(problem['reasons'])}")
        actions.request_import(staged.pk, only_good_rows=only_good_rows)
        # Here and now, in the transaction of the command, so that a refusal takes all lots back.
        importing.run(staged.pk)
        staged.refresh_from_db()
        if staged.failure:
            raise Refused(staged.failure)
        numbers = {label.replace("_", " "): number for label, number in staged.outcome.items() if number}
        self.stdout.write("; ".join(f"{label}: {number}" for label, number in numbers.items()) or "Nothing was new.")
