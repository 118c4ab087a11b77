"""Brings a catalogue of translations up to date with the source, says what it lacks, and compiles it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engagement.core import catalogues


class Command(BaseCommand):
    help = "Write the sentences of the respondents' pages into locale/<language>, keep what is translated, compile it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("language", help="the code of a language, for example cy")
        parser.add_argument("--check", action="store_true", help="write nothing; fail when something is missing")

    def handle(self, *args: Any, language: str, check: bool, **options: Any) -> None:
        folder = settings.BASE_DIR / "locale" / language / "LC_MESSAGES"
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder.relative_to(settings.BASE_DIR)}. Make it first.")
        catalogue = catalogues.merged(settings.BASE_DIR, language)
        problems = catalogues.problems_of(catalogue)
        for problem in problems:
            self.stdout.write(problem)
        if not check:
            catalogues.write(folder, catalogue)
        elif problems or catalogues.is_behind(folder, catalogue):
            raise CommandError("The catalogue is not complete, or not the one that was compiled.")
        self.stdout.write(f"{len(catalogue)} sentences, {len(problems)} to look at.")
