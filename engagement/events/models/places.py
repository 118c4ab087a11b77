"""What the places of an event are divided into: by sector, by time, by party."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from engagement.core.models import Addressable, Stamped
from engagement.events.models.occasion import Event
from engagement.stakeholders.models import Sector


class Allocation(Stamped):
    """What an event keeps for a sector, allows it and hopes for from it, in chairs of the room.

    `taken` counts the chairs that people of the sector hold; it is kept with the event's own counter.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="allocations")  # a part of its event
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="allocations")
    # Held back for the sector until `release_at`, then anybody's.
    reserved = models.PositiveIntegerField(default=0)
    release_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    # At most so many; empty for no limit.
    most = models.PositiveIntegerField(null=True, blank=True)
    # How many people of the sector should come; what invitations and the fair waiting list are measured by.
    target = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sector__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "sector"], name="sector_allocated_once"),
            models.CheckConstraint(
                condition=Q(most=None) | Q(taken__lte=F("most")), name="sector_is_never_beyond_its_limit"
            ),
            models.CheckConstraint(
                condition=Q(most=None) | Q(reserved__lte=F("most")), name="no_more_is_kept_than_allowed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector} at {self.event}"

    @property
    def is_held_back(self) -> bool:
        """Whether the reserved chairs are still the sector's alone, by the clock."""
        is_past = self.release_at is not None and self.release_at <= timezone.now()
        return self.released_at is None and not is_past

    @property
    def kept_free(self) -> int:
        """Chairs that others cannot have."""
        return max(0, self.reserved - self.taken) if self.is_held_back else 0


class Slot(Stamped):
    """A time at which somebody may come to a drop-in, with places of its own within those of the event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="slots")  # a part of its event
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "starts_at"], name="slot_begins_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="slot_is_never_over_booked"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return timezone.localtime(self.starts_at).strftime("%H:%M")

    @property
    def places_left(self) -> int:
        return self.capacity - self.taken


class Party(Addressable, Stamped):
    """People of one organisation who come together or not at all. The first of them booked for the others."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="parties")
    organisation_name = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return self.organisation_name or f"Party {self.pk}"
