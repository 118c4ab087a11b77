"""What happens when, and who sits where."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from engagement.core.models import Stamped
from engagement.events.models.occasion import Event, Topic
from engagement.events.models.registration import Registration
from engagement.stakeholders.models import Organisation


class AgendaItem(models.Model):
    """A part of the day. Times are wall times where the event is, so that the agenda moves with its event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="agenda")  # a part of its event
    begins = models.TimeField()
    ends = models.TimeField(null=True, blank=True)
    title = models.CharField(max_length=200)
    # A part in which people sit at the tables.
    is_session = models.BooleanField(default=False)

    class Meta:
        ordering = ["begins", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gt=F("begins")), name="agenda_item_ends_later"),
        ]

    def __str__(self) -> str:
        return self.title


class Table(Stamped):
    """A table, or a break-out room: what it talks about, who leads it and who writes."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tables")  # a part of its event
    name = models.CharField(max_length=60)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="tables")
    chairs = models.PositiveSmallIntegerField(default=8)
    # Chairs that the allocation leaves for those who come without booking.
    spare = models.PositiveSmallIntegerField(default=1)
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note_taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint("event", Lower("name"), name="table_named_once_in_its_event"),
            models.CheckConstraint(condition=Q(chairs__gte=1), name="table_has_a_chair"),
        ]

    def __str__(self) -> str:
        return self.name


class Seat(Stamped):
    """Where somebody sits. One who was moved by hand stays there when people are shared out again."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="seat")  # part of it
    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="seats")  # nobody sits at no table
    by_hand = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.registration.name} at {self.table}"


class Apart(models.Model):
    """Two organisations whose people should not sit at one table of this event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="apart")  # a part of its event
    first = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")  # says nothing without it
    second = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")  # says nothing without it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "first", "second"], name="kept_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="kept_apart_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"
