"""Bring sectors, kinds and areas up to the classification of this version."""

from typing import Any

from django.core.management.base import BaseCommand

from engagement.stakeholders import actions


class Command(BaseCommand):
    help = "Load the five sectors with their kinds, and the areas. Doing it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = actions.ensure_classification()
        self.stdout.write(f"The classification stands; {changed} rows were made or corrected.")
