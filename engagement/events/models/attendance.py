"""Who came."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from engagement.core.models import Stamped
from engagement.events.models.registration import Registration


class Attendance(Stamped):
    """Whether the person of a registration came, and who says so."""

    class Status(models.TextChoices):
        ATTENDED = "attended", "Came"
        ABSENT = "absent", "Did not come"
        EXCUSED = "excused", "Sent apologies"

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="attendance")  # part of it
    status = models.CharField(max_length=10, choices=Status.choices)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
