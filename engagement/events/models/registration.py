"""One person's place, or place in the queue."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy

from engagement.core.models import Addressable, Stamped, Stateful
from engagement.events.models.occasion import Event
from engagement.events.models.places import Party, Slot
from engagement.stakeholders.models import Contact, Kind, Organisation


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def live(self) -> RegistrationQuerySet:
        """Places and places in the queue that were not given up."""
        return self.filter(state__in=Registration.LIVE)

    def confirmed(self) -> RegistrationQuerySet:
        """People who are expected or came, walk-ins included."""
        return self.filter(state=Registration.State.CONFIRMED)

    def holding(self) -> RegistrationQuerySet:
        """What the counters count: places held by booking. A walk-in holds none."""
        return self.filter(state__in=Registration.HOLDING).exclude(source=Registration.Source.WALK_IN)

    def chairs(self) -> int:
        """Chairs of these people, those of their carers and interpreters among them."""
        return self.aggregate(chairs=Sum(1 + F("companions")))["chairs"] or 0

    def queue(self) -> RegistrationQuerySet:
        """The waiting list, first come first."""
        return self.filter(state=Registration.State.WAITING).order_by("queue_number", "pk")


class Registration(Addressable, Stamped, Stateful):
    """One person's place, or place in the queue. `public_id` is also the UID of their calendar file.

    A walk-in is a fact and not a claim on a place: it is confirmed, and outside of every counter.
    An offer holds its chairs until `offer_expires_at`, so that no newcomer can have them.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", gettext_lazy("Confirmed")
        WAITING = "waiting", gettext_lazy("On the waiting list")
        OFFERED = "offered", gettext_lazy("Offered a place")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")
        EXPIRED = "expired", gettext_lazy("Offer not taken up")

    class Source(models.TextChoices):
        BOOKED = "booked", "Booked"
        STAFF = "staff", "Entered by staff"
        WALK_IN = "walk_in", "Came without booking"

    HOLDING: ClassVar[tuple[str, ...]] = ("confirmed", "offered")
    LIVE: ClassVar[tuple[str, ...]] = ("confirmed", "waiting", "offered")
    MOVES: ClassVar[dict[str, set[str]]] = {
        "confirmed": {"cancelled"},
        "waiting": {"confirmed", "offered", "cancelled"},
        "offered": {"confirmed", "cancelled", "expired"},
    }

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="registrations")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="registrations")
    # Kept when the contact is erased: the place was taken all the same. Name and address go with erasure.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="registrations"
    )
    organisation_name = models.CharField(max_length=200, blank=True, default="")
    kind = models.ForeignKey(Kind, null=True, blank=True, on_delete=models.PROTECT, related_name="registrations")
    name = models.CharField(max_length=150)
    # Empty for a walk-in who gave none; the key is then a random one.
    email = models.EmailField("e-mail address", blank=True, default="")
    email_key = models.CharField(max_length=64)
    # Made with each empty booking form: the same form sent twice is one booking and one message.
    form_key = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.BOOKED)
    # The language that the person booked in, for the messages to them; empty where staff entered them.
    language = models.CharField(max_length=10, blank=True, default="")
    queue_number = models.PositiveIntegerField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    # The time of a drop-in.
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="registrations")
    # Takes part in the online pool of an event that has one.
    is_online = models.BooleanField("takes part online", default=False)
    # Carers and interpreters who come along: each takes a chair, none is a participant.
    companions = models.PositiveSmallIntegerField("carers and interpreters", default=0)
    # Those who come together or not at all.
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    # Whose place this person took over.
    stands_in_for = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="stand_in"
    )  # the place stays when the first person is forgotten
    # Why this person and not another got the place that became free.
    promotion_reason = models.CharField(max_length=300, blank=True, default="")
    # What they answered to the event's own questions: {public_id: text, list of texts, or yes/no}.
    answers: models.JSONField = models.JSONField(default=dict, blank=True)
    # For the few who need it, until two weeks after the event.
    access_needs = models.TextField(blank=True, default="")
    dietary_needs = models.CharField(max_length=300, blank=True, default="")
    # The wording that the person agreed to, and when.
    consent_version = models.CharField(max_length=20, blank=True, default="")
    consented_at = models.DateTimeField(null=True, blank=True)
    # What happened to this place alone; with the schedule's revision it is the SEQUENCE of its calendar file.
    calendar_sequence = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "email_key"],
                condition=Q(state__in=["confirmed", "waiting", "offered"]),
                name="one_live_place_per_address",
            ),
            models.UniqueConstraint(fields=["event", "queue_number"], name="queue_number_given_once"),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(queue_number__isnull=False), name="who_waits_has_a_number"
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer_expires_at__isnull=False), name="offer_has_a_deadline"
            ),
            models.CheckConstraint(
                condition=Q(is_online=False) | Q(companions=0), name="who_is_online_brings_nobody_along"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="confirmed_place_has_a_moment"
            ),
        ]
        indexes = [models.Index(fields=["event", "state", "queue_number"], name="registration_queue")]

    objects = RegistrationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} at {self.event}"

    @property
    def chairs(self) -> int:
        return 1 + self.companions

    @property
    def offer_is_open(self) -> bool:
        """Whether the offer can still be taken up, by the clock."""
        until = self.offer_expires_at
        return self.state == self.State.OFFERED and until is not None and timezone.now() < until
