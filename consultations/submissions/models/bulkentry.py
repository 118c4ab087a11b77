"""Many papers typed in at once, as work that goes on behind the page."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultations.surveys.models import Survey
from engagement.core.jobs import Job


class BulkEntry(Job):
    """One file of responses that was checked and confirmed. `rows` are what is to be made, until it has been."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="bulk_entries")
    # The version that the file was checked against.
    version = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows: models.JSONField = models.JSONField(default=list, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made = models.PositiveIntegerField(default=0)
    was_here = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "sha256"],
                condition=Q(state__in=["requested", "building"]),
                name="file_of_papers_goes_in_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False), name="papers_typed_in_have_a_moment"
            ),
        ]
        verbose_name = "import"

    def __str__(self) -> str:
        return self.file_name
