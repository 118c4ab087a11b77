"""Who came."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from engagement.core.models import Stamped
from engagement.events.models.registration import Registration


class Attendance(Stamped):
    """Whether the person of a registration came, who says so and how it is known."""

    class Status(models.TextChoices):
        ATTENDED = "attended", "Came"
        ABSENT = "absent", "Did not come"
        EXCUSED = "excused", "Sent apologies"

    class Known(models.TextChoices):
        STAFF = "staff", "Marked by staff"
        CODE = "code", "Code at the door"
        NAME = "name", "Found by name at the door"
        LIST = "list", "Printed list"
        DOOR = "door", "Walk-in form"

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="attendance")  # part of it
    status = models.CharField(max_length=10, choices=Status.choices)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    known_by = models.CharField(max_length=8, choices=Known.choices, default=Known.STAFF)
    # When they came in for the first time, and when they left before the end; empty where nobody noted it.
    arrived_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    # Which device let them in, so that the next one can say so.
    device = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="attended") | Q(arrived_at=None, left_at=None), name="only_who_came_came_and_left"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(arrived_at=None) | Q(left_at__gte=F("arrived_at")),
                name="nobody_leaves_before_they_came",
            ),
        ]

    @property
    def left_early(self) -> bool:
        return self.left_at is not None
