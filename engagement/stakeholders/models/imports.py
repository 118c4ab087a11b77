"""A file on its way into the register."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from engagement.core.jobs import Job


class RegisterImport(Job):
    """A file of organisations and contacts: looked at, then imported behind the page.

    `rows` are the good rows as read, until they are in the register; `done` of `total` of them are. `ready_at` is
    when the whole file was.
    """

    class State(models.TextChoices):
        STAGED = "staged", "Waiting for you"
        REQUESTED = "requested", "Waiting"
        BUILDING = "building", "Being imported"
        READY = "ready", "Imported"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Stopped"

    MOVES: ClassVar[dict[str, set[str]]] = {**Job.MOVES, "staged": {"requested"}}

    state = models.CharField(max_length=10, choices=State.choices, default=State.STAGED)
    file_name = models.CharField(max_length=200)
    rows: models.JSONField = models.JSONField(default=list)
    # [{"row": 12, "cells": {...}, "reasons": ["..."]}, ...]: every row that will not be imported, and why.
    problems: models.JSONField = models.JSONField(default=list)
    # What importing the good rows would do, as the preview shows it.
    preview: models.JSONField = models.JSONField(default=dict)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # What was done so far, by name, and how many rows were left out.
    outcome: models.JSONField = models.JSONField(default=dict)

    LIMIT_ROWS: ClassVar[int] = 30_000

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False), name="file_imported_has_a_moment"
            ),
        ]
        verbose_name = "import"

    def __str__(self) -> str:
        return self.file_name
