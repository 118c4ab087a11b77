"""A file on its way into the register."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from engagement.core.models import Addressable, Stamped


class RegisterImport(Addressable, Stamped):
    """A file of organisations and contacts between its preview and its import: rows as read, nothing applied yet."""

    file_name = models.CharField(max_length=200)
    rows: models.JSONField = models.JSONField(default=list)
    # [{"row": 12, "cells": {...}, "reasons": ["..."]}, ...]: every row that will not be imported, and why.
    problems: models.JSONField = models.JSONField(default=list)
    # What importing the good rows would do, as the preview shows it.
    preview: models.JSONField = models.JSONField(default=dict)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    outcome: models.JSONField = models.JSONField(default=dict)

    LIMIT_ROWS: ClassVar[int] = 30_000

    def __str__(self) -> str:
        return self.file_name
