"""What is said about a consultation and when, who follows it, and who wants a digest."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from consultations.programme.models import Consultation
from engagement.core.models import Addressable, Stamped
from engagement.plans.models import Step


class PlannedStep(Step):
    """One step of the plan of a consultation."""

    THING = "consultation"
    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="planned_steps"
    )  # a part of it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "kind", "anchor", "days"], name="notice_planned_once"),
            models.CheckConstraint(condition=Q(days__gte=-365, days__lte=365), name="notice_within_a_year"),
        ]
        verbose_name = "step"

    def __str__(self) -> str:
        return f"{self.kind} {self.days:+d} days from {self.anchor}"

    @property
    def scope(self) -> str:
        return self.consultation.reference

    def anchor_moment(self) -> datetime | None:
        """The opening, the middle between opening and close, the close, or when the results came out."""
        opens, closes = self.consultation.opens_at, self.consultation.closes_at
        match self.anchor:
            case "opens":
                return opens
            case "midway":
                return opens + _half(closes - opens) if opens and closes else None
            case "closes":
                return closes
        return self.consultation.reported_at


def _half(span: timedelta) -> timedelta:
    return timedelta(days=span.days // 2)


class Follower(Addressable, Stamped):
    """A mailbox that hears when a consultation opens, is about to close, closes and has results.

    It counts only once its holder has followed the link in a first message; stopping keeps the row, so that the
    proof of both stays.
    """

    class How(models.TextChoices):
        EACH = "each", gettext_lazy("At once, with each change")
        WEEKLY = "weekly", gettext_lazy("Once a week, when something has changed")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="followers")  # only the tie
    email = models.EmailField("e-mail address")
    address_key = models.CharField(max_length=64)
    how = models.CharField(max_length=8, choices=How.choices, default=How.EACH)
    language = models.CharField(max_length=10, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "address_key"], name="mailbox_follows_once"),
        ]

    def __str__(self) -> str:
        return f"{self.email} follows {self.consultation}"


class Digest(Stamped):
    """How often a member of staff wants to read what happened in their consultations; no row: not at all."""

    class Period(models.TextChoices):
        DAILY = "daily", "Every working day"
        WEEKLY = "weekly", "Every Monday"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest")
    period = models.CharField(max_length=8, choices=Period.choices)

    def __str__(self) -> str:
        return f"{self.user}: {self.get_period_display()}"
