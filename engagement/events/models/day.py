"""The day itself: the codes that people show at the door, and everything that devices at the door reported."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from engagement.core.models import Addressable, Stamped
from engagement.events.models.occasion import Event
from engagement.events.models.registration import Registration


class EntryCode(Addressable, Stamped):
    """The code with which one person is let in at one event. Only its hash is kept; `public_id` is what it is made of.

    One that was taken back opens nothing and stays, so that the door can say why.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="entry_codes")  # part of it
    code_hash = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(revoked_at=None), name="one_entry_code_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"Code of {self.registration}"


class Scan(models.Model):
    """One report of a device at the door: kept whatever it came to, once however often it was sent."""

    class Kind(models.TextChoices):
        IN = "in", "Came in"
        OUT = "out", "Left"
        WALK_IN = "walk_in", "Came without booking"

    class Answer(models.TextChoices):
        """What became of it. Only REFUSED changed nothing although it was meant to."""

        DONE = "done", "Marked"
        ALREADY = "already", "Marked before"
        REFUSED = "refused", "Not marked"

    # Made on the device: the same report sent again is the same report.
    scan_id = models.UUIDField(unique=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="scans")
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.SET_NULL, related_name="scans"
    )  # erased with the person; that something was reported stays
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # When it happened by the server's clock: the device's time put right by how far it was off.
    at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    # What the people at the door call the device, and who was signed in on it.
    device = models.CharField(max_length=40, blank=True, default="")
    scanned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    # What the people at the door are told, without the name: it goes with the person.
    words = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["event", "at", "id"], name="scan_by_event")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%H:%M}"

    @property
    def said(self) -> str:
        """What the people at the door are told."""
        return f"{self.registration.name} {self.words}" if self.registration else self.words
