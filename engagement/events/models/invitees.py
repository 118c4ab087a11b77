"""Whom we asked to an event, and what they said."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from engagement.core.models import Addressable, Stamped, Stateful
from engagement.events.models.occasion import Event
from engagement.events.models.registration import Registration
from engagement.stakeholders.models import Contact, Kind, Organisation


class Wave(Stamped):
    """One sending of invitations: whom it was for, in words, and what it said."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="waves")
    number = models.PositiveSmallIntegerField()
    audience = models.CharField(max_length=500, blank=True, default="")
    text = models.TextField(blank=True, default="")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["event", "number"], name="wave_numbered_once")]

    def __str__(self) -> str:
        return f"Wave {self.number}"


class Invitee(Addressable, Stamped, Stateful):
    """One person asked to an event. Who accepts has a booking; who declines may name somebody else."""

    class State(models.TextChoices):
        PENDING = "pending", gettext_lazy("No answer yet")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        DECLINED = "declined", gettext_lazy("Declined")
        WITHDRAWN = "withdrawn", gettext_lazy("Taken back")

    MOVES: ClassVar[dict[str, set[str]]] = {
        "pending": {"accepted", "declined", "withdrawn"},
        "declined": {"accepted"},
        "accepted": {"declined"},
    }

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="invitees")
    wave = models.ForeignKey(Wave, null=True, blank=True, on_delete=models.PROTECT, related_name="invitees")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="event_invitations"
    )  # that somebody was asked stays when they are forgotten
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="event_invitations"
    )
    kind = models.ForeignKey(Kind, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    email = models.EmailField()
    email_key = models.CharField(max_length=64)
    language = models.CharField(max_length=10, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=300, blank=True, default="")
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    registration = models.OneToOneField(
        Registration, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitee"
    )  # the answer stays
    # Who named this person instead of coming.
    instead_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="substitute"
    )

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "email_key"], name="address_invited_once"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "withdrawn"]) | Q(answered_at__isnull=False),
                name="answered_invitation_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["event", "state"], name="invitees_by_answer")]

    def __str__(self) -> str:
        return f"{self.name} to {self.event}"
