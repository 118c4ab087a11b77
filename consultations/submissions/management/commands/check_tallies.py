"""`python3 manage.py check_tallies [--rebuild]`: do the counters say what the responses say?"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consultations.submissions import tallies
from consultations.surveys.models import Survey


class Command(BaseCommand):
    help = "Compares the counters of every survey with its responses; ends with 1 when they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="make the counters anew")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for survey in Survey.objects.filter(current_version__isnull=False).order_by("pk"):
            found = tallies.rebuild(survey) if options["rebuild"] else len(tallies.differences(survey))
            wrong += found
            self.stdout.write(json.dumps({"survey": survey.code, "survey_id": survey.pk, "wrong": found}))
        if wrong and not options["rebuild"]:
            raise CommandError(f"{wrong} counters differ from the responses. Run it with --rebuild.")
