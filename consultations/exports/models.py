"""Files asked for, being built, ready, fetched."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultations.programme.models import Consultation
from engagement.core.jobs import Job


class ExportJob(Job):
    """One file. The row is the promise; the task that builds it may come twice, late or never."""

    class Profile(models.TextChoices):
        PUBLIC = "public", "Public: only what may be published"
        PSEUDONYMOUS = "pseudonymous", "For analysis: without names and addresses"
        FULL = "full", "Full: with names and contact details"

    class Format(models.TextChoices):
        CSV = "csv", "CSV files with a codebook, in a ZIP"
        XLSX = "xlsx", "Excel workbook with a codebook"

    class State(models.TextChoices):
        AWAITING = "awaiting", "Waiting for approval"
        REQUESTED = "requested", "Waiting"
        BUILDING = "building", "Being built"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Expired"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "awaiting": {"requested", "cancelled"},
        "requested": {"building", "cancelled", "failed"},
        "building": {"ready", "failed", "requested", "cancelled"},
        "ready": {"expired"},
        "failed": {"requested"},
    }

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="exports")
    profile = models.CharField(max_length=14, choices=Profile.choices)
    format = models.CharField(max_length=5, choices=Format.choices)
    # Codes or labels in the cells.
    labels = models.BooleanField("labels instead of codes", default=False)
    reason = models.TextField(blank=True, default="")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # Who allowed a full export; nobody approves their own.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    file = models.FileField(upload_to="exports/", blank=True)
    file_name = models.CharField(max_length=200, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    row_count = models.PositiveIntegerField(null=True, blank=True)
    column_count = models.PositiveIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(profile="full") | ~Q(reason=""), name="full_export_has_a_reason"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("requested_by")),
                name="nobody_approves_their_own_export",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (Q(ready_at__isnull=False) & ~Q(sha256="")),
                name="ready_export_has_a_file",
            ),
        ]
        indexes = [models.Index(fields=["consultation", "-created_at"], name="exports_of_consultation")]

    def __str__(self) -> str:
        return f"{self.get_profile_display()} ({self.get_format_display()})"


class Download(models.Model):
    """Who fetched a file, and when."""

    job = models.ForeignKey(ExportJob, on_delete=models.PROTECT, related_name="downloads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
