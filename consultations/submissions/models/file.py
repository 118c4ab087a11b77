"""The files of a submission: documents beside its answers, and files in them."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from consultations.submissions.models.response import Response
from consultations.submissions.models.submission import Submission
from engagement.core.models import Addressable, Stamped


def evidence_path(document: Upload, file_name: str) -> str:
    """Where an uploaded file is kept: under a name of ours, so that theirs never becomes a path."""
    return f"evidence/{timezone.now():%Y/%m}/{uuid.uuid4().hex}{PurePath(file_name).suffix.lower()}"


class Upload(Addressable, Stamped):
    """A file that came with a submission, under their name and kept under one of ours."""

    class Scan(models.TextChoices):
        OFF = "off", "Not scanned"
        WAITING = "waiting", "Waits for the scanner"
        CLEAN = "clean", "Nothing found"
        FOUND = "found", "Something harmful found"

    file = models.FileField(upload_to=evidence_path)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # What it tells of its makers besides what can be read in it: names of `core.metadata`.
    tells: models.JSONField = models.JSONField(default=list, blank=True)
    scan = models.CharField(max_length=7, choices=Scan.choices, default=Scan.OFF)

    class Meta:
        abstract = True

    @property
    def is_cleared(self) -> bool:
        """Whether it may be given to others than its sender: nothing was found, or this site has no scanner."""
        return self.scan in {self.Scan.OFF, self.Scan.CLEAN}


class EvidenceDocument(Upload):
    """A file beside the answers of a submission."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="evidence")  # a part of it
    title = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "sha256"], name="same_file_once_in_a_submission")]

    def __str__(self) -> str:
        return self.title


class AnswerFile(Upload):
    """A file that was added to a question. The answer names it by its `public_id`; one that no answer names any more
    was taken away and can be put back until the response is sent, which deletes it."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="files")  # a part of it
    question_code = models.CharField(max_length=80)
    # The number of the entry on a page that repeats, 0 elsewhere.
    entry = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question_code", "entry", "sha256"], name="same_file_once_in_an_answer"
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def item(self) -> dict[str, Any]:
        """How an answer names it."""
        return {"id": str(self.public_id), "name": self.file_name, "size": self.size}
