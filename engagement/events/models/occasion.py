"""An occasion, and what it talks about."""

from __future__ import annotations

from datetime import datetime, time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from engagement.core.models import Addressable, Stamped, Stateful
from engagement.core.walltime import days_before
from engagement.events.models.venues import Venue
from engagement.stakeholders.models import Area


class Series(Stamped):
    """Dates of one event that belong together, made at once and each of its own from then on."""

    title = models.CharField(max_length=200)
    # How they follow one another, in words: “every 2 weeks”.
    rhythm = models.CharField(max_length=60)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"{self.title}, {self.rhythm}"


# People with a place see the link to join from so many days before.
JOINING_DAYS = 2


class Event(Addressable, Stamped, Stateful):
    """An occasion. `taken` counts the chairs that are confirmed or held by an offer, walk-ins aside; the database
    keeps it within `capacity`, so a forgotten path fails closed instead of over-booking.

    Where `online_capacity` is set, people who take part online are counted in a pool of their own; `capacity` and
    `taken` are then those of the room."""

    class Type(models.TextChoices):
        SUMMIT = "summit", gettext_lazy("Summit")
        ROUND_TABLE = "round_table", gettext_lazy("Round table")
        WORKSHOP = "workshop", gettext_lazy("Workshop")
        WEBINAR = "webinar", gettext_lazy("Webinar")
        DROP_IN = "drop_in", gettext_lazy("Drop-in")
        SITE_VISIT = "site_visit", gettext_lazy("Site visit")

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", gettext_lazy("In person")
        ONLINE = "online", gettext_lazy("Online")
        HYBRID = "hybrid", gettext_lazy("In person and online")

    class Promotion(models.TextChoices):
        FIRST_COME = "first_come", "The first who fits"
        SECTOR = "sector", "The sector that is most below its share"
        MANUAL = "manual", "Nobody by itself: staff choose, and say why"

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("Draft")
        ANNOUNCED = "announced", gettext_lazy("Announced")
        BOOKING = "booking", gettext_lazy("Booking open")
        BOOKING_CLOSED = "booking_closed", gettext_lazy("Booking closed")
        HELD = "held", gettext_lazy("Held")
        CIRCULATED = "circulated", gettext_lazy("Notes circulated")
        WRITTEN_UP = "written_up", gettext_lazy("Written up")
        POSTPONED = "postponed", gettext_lazy("Postponed")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")

    # "Full" is not stored: it is `places_left == 0` while booking is open.
    MOVES: ClassVar[dict[str, set[str]]] = {
        "draft": {"announced", "booking", "cancelled"},
        "announced": {"booking", "postponed", "cancelled", "held"},
        "booking": {"booking_closed", "postponed", "cancelled", "held"},
        "booking_closed": {"booking", "postponed", "cancelled", "held"},
        "postponed": {"announced", "booking", "cancelled"},
        "held": {"circulated", "written_up"},
        "circulated": {"written_up"},
    }
    # What everybody may see, and what is still ahead of us.
    PUBLIC: ClassVar[tuple[str, ...]] = (
        "announced",
        "booking",
        "booking_closed",
        "held",
        "circulated",
        "written_up",
        "postponed",
        "cancelled",
    )
    AHEAD: ClassVar[tuple[str, ...]] = ("announced", "booking", "booking_closed")
    OVER: ClassVar[tuple[str, ...]] = ("held", "circulated", "written_up")

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    type = models.CharField(max_length=12, choices=Type.choices, default=Type.ROUND_TABLE)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    summary = models.CharField(max_length=300, blank=True, default="")
    description = models.TextField(blank=True, default="")
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The entry of the register of venues, where there is one; name and address stay as people were told them.
    venue = models.ForeignKey(Venue, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    venue_name = models.CharField(max_length=150, blank=True, default="")
    venue_address = models.CharField(max_length=300, blank=True, default="")
    access_information = models.TextField(blank=True, default="")
    # How to get there.
    travel = models.TextField(blank=True, default="")
    # Risks on the site, what to wear, what to bring.
    safety_notes = models.TextField(blank=True, default="")
    joining_link = models.URLField(blank=True, default="")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    # Only who was invited may book.
    by_invitation = models.BooleanField("only for people who were invited", default=False)
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    # A pool of its own for those who take part online; empty: all places are counted together.
    online_capacity = models.PositiveIntegerField(null=True, blank=True)
    online_taken = models.PositiveIntegerField(default=0)
    # Who of those who wait gets a place that frees.
    promotion = models.CharField(max_length=12, choices=Promotion.choices, default=Promotion.FIRST_COME)
    # For how many hours a place that frees is held for the person it is offered to; 0: they have it at once.
    offer_hours = models.PositiveSmallIntegerField(default=0)
    # Whether a party that does not fit yet keeps those behind it waiting.
    parties_keep_turn = models.BooleanField(default=False)
    # How many people one organisation may have; empty for any number.
    organisation_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    # How many people one booking may be for.
    party_limit = models.PositiveSmallIntegerField(default=6)
    # The next number in the waiting list; a counter, not a clock, decides who came first.
    next_queue_number = models.PositiveIntegerField(default=1)
    # Goes up when the time, the place or the link changes, or the event is cancelled: the SEQUENCE of calendar files.
    schedule_revision = models.PositiveIntegerField(default=0)
    # When the time, the place or the link last changed: no reminder right after the message that said so.
    rescheduled_at = models.DateTimeField(null=True, blank=True)
    # When booking closes; empty means when the event begins.
    booking_closes_at = models.DateTimeField(null=True, blank=True)
    # Why it was postponed or cancelled, for the public.
    state_reason = models.CharField(max_length=300, blank=True, default="")
    # What the event is part of, as text: its title and address. Written by the app above that ties the two.
    context_title = models.CharField(max_length=200, blank=True, default="")
    context_url = models.CharField(max_length=300, blank=True, default="")
    context_reference = models.CharField(max_length=40, blank=True, default="")
    # The few who see access and dietary needs; whoever made the event is one of them.
    keepers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    # When access and dietary needs were deleted, of how many people, and how many tasks with them: the proof.
    needs_purged_people = models.PositiveIntegerField(default=0)
    needs_purged_tasks = models.PositiveIntegerField(default=0)
    needs_purged_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="event_is_never_over_booked"),
            models.CheckConstraint(
                condition=Q(online_capacity=None, online_taken=0) | Q(online_taken__lte=F("online_capacity")),
                name="event_is_never_over_booked_online",
            ),
            models.CheckConstraint(condition=Q(party_limit__gte=1), name="booking_is_for_somebody"),
            models.CheckConstraint(
                condition=Q(organisation_cap=None) | Q(organisation_cap__gte=1), name="organisation_may_send_somebody"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="event_has_a_place"),
            models.CheckConstraint(
                condition=~Q(state__in=["postponed", "cancelled"]) | ~Q(state_reason=""),
                name="event_called_off_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["starts_at", "id"], name="event_by_time")]

    def __str__(self) -> str:
        return self.title

    @property
    def places_left(self) -> int:
        """Chairs that nobody holds, room and online together; some may be kept for a sector."""
        return self.capacity - self.taken + self.online_left

    @property
    def online_left(self) -> int:
        return (self.online_capacity or 0) - self.online_taken

    @property
    def room_left(self) -> int:
        return self.capacity - self.taken

    @property
    def all_places(self) -> int:
        return self.capacity + (self.online_capacity or 0)

    @property
    def has_two_pools(self) -> bool:
        return self.online_capacity is not None

    @property
    def last_booking_at(self) -> datetime:
        """The moment from which booking is closed, whether or not the clock's sweep has been here yet."""
        return min(self.booking_closes_at or self.starts_at, self.starts_at)

    @property
    def takes_bookings(self) -> bool:
        return self.state == self.State.BOOKING and timezone.now() < self.last_booking_at

    @property
    def is_ahead(self) -> bool:
        return self.state in self.AHEAD

    @property
    def is_over(self) -> bool:
        return self.state in self.OVER

    @property
    def has_begun(self) -> bool:
        return timezone.now() >= self.starts_at

    @property
    def day_has_come(self) -> bool:
        """Whether it is the day of the event or later, where the people are."""
        return timezone.localdate() >= timezone.localdate(self.starts_at)

    @property
    def joining_at(self) -> datetime:
        """From when people with a place see the link to join: two days before, from midnight where they are."""
        return days_before(self.starts_at, JOINING_DAYS, time())

    @property
    def shows_joining_link(self) -> bool:
        return self.is_ahead and self.joining_at <= timezone.now() < self.ends_at

    @property
    def place(self) -> str:
        """Where it is, in one line: “Exchange Hall, Quayside Road, Newcastle” or “Online”."""
        where = ", ".join(part for part in (self.venue_name, self.venue_address) if part)
        return where or ("Online" if self.mode == self.Mode.ONLINE else "")


class Topic(models.Model):
    """What an event talks about; a consultation ties its themes to the topics of its events."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="topics")  # a part of its event
    title = models.CharField(max_length=150)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "title"], name="topic_titled_once_in_its_event")]

    def __str__(self) -> str:
        return self.title
