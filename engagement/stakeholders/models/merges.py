"""Two entries that were one, put together; and two that look alike and are two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from engagement.core.models import Addressable, Stamped
from engagement.stakeholders.models.organisations import Organisation
from engagement.stakeholders.models.people import Contact


class Joined(Addressable, Stamped):
    """Two entries of the register that were one, put together; can be undone for 30 days.

    `moved` lists what was moved, as [model, field, key] for each row, and `left` what could not be because the kept
    entry has the like already; `before` holds the facts of both that were changed.
    """

    DAYS_TO_UNDO: ClassVar[int] = 30

    moved: models.JSONField = models.JSONField(default=list)
    left: models.JSONField = models.JSONField(default=list)
    before: models.JSONField = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kept: Any
    merged: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.merged} into {self.kept}"

    @property
    def may_be_undone(self) -> bool:
        """Whether the 30 days are not over."""
        return self.undone_at is None and timezone.now() <= self.created_at + timedelta(days=self.DAYS_TO_UNDO)


class Merge(Joined):
    """Two organisations that were one."""

    kept = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="merged_into")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merged_with_another"),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merged_once_at_a_time"),
        ]


class ContactMerge(Joined):
    """Two people who were one."""

    kept = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")  # says nothing without them
    merged = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merged_into")  # goes with either

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="person_merged_with_another"),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="person_merged_once_at_a_time"
            ),
        ]


class Distinct(Stamped):
    """Two organisations that look alike and were found to be two; they are not proposed again."""

    first = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")  # says nothing without it
    second = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")  # says nothing without it
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="told_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="told_apart_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} is not {self.second}"


class DistinctContacts(Stamped):
    """Two people who look like one and were found to be two; they are not proposed again."""

    first = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")  # says nothing without it
    second = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")  # says nothing without it
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="people_told_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="people_told_apart_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} is not {self.second}"
