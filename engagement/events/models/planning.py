"""The plan of an event: what is said to whom, counted from its beginning and end."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from engagement.events.models.occasion import Event
from engagement.plans.models import Step


class EventStep(Step):
    """One step of the plan of an event."""

    THING = "event"
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="steps")  # a part of it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "kind", "anchor", "days"], name="event_message_planned_once"),
            models.CheckConstraint(condition=Q(days__gte=-365, days__lte=365), name="event_message_within_a_year"),
        ]
        verbose_name = "step"

    def __str__(self) -> str:
        return f"{self.kind} {self.days:+d} days from {self.anchor}"

    @property
    def scope(self) -> str:
        return self.event.context_reference

    def anchor_moment(self) -> datetime | None:
        return self.event.starts_at if self.anchor == "starts" else self.event.ends_at
