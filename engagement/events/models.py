"""Engagement events: places that are held, people who came, and what was said at the tables."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from engagement.core.models import Addressable, Stamped, Stateful
from engagement.stakeholders.models import Area, Contact, Kind, Organisation


class Event(Addressable, Stamped, Stateful):
    """An occasion. `taken` counts the places that are confirmed or held by an offer, walk-ins aside; the database
    keeps it within `capacity`, so a forgotten path fails closed instead of over-booking."""

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

    # "Full" is not stored: it is `taken == capacity` while booking is open.
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
    venue_name = models.CharField(max_length=150, blank=True, default="")
    venue_address = models.CharField(max_length=300, blank=True, default="")
    access_information = models.TextField(blank=True, default="")
    joining_link = models.URLField(blank=True, default="")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    # The next number in the waiting list; a counter, not a clock, decides who came first.
    next_queue_number = models.PositiveIntegerField(default=1)
    # Goes up when the time, the place or the link changes, or the event is cancelled: the SEQUENCE of calendar files.
    schedule_revision = models.PositiveIntegerField(default=0)
    # When the time, the place or the link last changed: no reminder right after the message that said so.
    rescheduled_at = models.DateTimeField(null=True, blank=True)
    # The schedule revision for which reminders were planned; empty before.
    reminded_revision = models.PositiveIntegerField(null=True, blank=True)
    # When booking closes; empty means when the event begins.
    booking_closes_at = models.DateTimeField(null=True, blank=True)
    # Why it was postponed or cancelled, for the public.
    state_reason = models.CharField(max_length=300, blank=True, default="")
    # What the event is part of, as text: its title and address. Written by the app above that ties the two.
    context_title = models.CharField(max_length=200, blank=True, default="")
    context_url = models.CharField(max_length=300, blank=True, default="")
    context_reference = models.CharField(max_length=40, blank=True, default="")
    # When access and dietary needs were deleted.
    needs_purged_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="event_is_never_over_booked"),
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
        return self.capacity - self.taken

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


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def live(self) -> RegistrationQuerySet:
        """Places and places in the queue that were not given up."""
        return self.filter(state__in=Registration.LIVE)

    def confirmed(self) -> RegistrationQuerySet:
        """People who are expected or came, walk-ins included."""
        return self.filter(state=Registration.State.CONFIRMED)

    def holding(self) -> RegistrationQuerySet:
        """What `Event.taken` counts: places held by booking. A walk-in holds none."""
        return self.filter(state__in=Registration.HOLDING).exclude(source=Registration.Source.WALK_IN)

    def queue(self) -> RegistrationQuerySet:
        """The waiting list, first come first."""
        return self.filter(state=Registration.State.WAITING).order_by("queue_number", "pk")


class Registration(Addressable, Stamped, Stateful):
    """One person's place, or place in the queue. `public_id` is also the UID of their calendar file.

    A walk-in is a fact and not a claim on a place: it is confirmed, and outside of `Event.taken`.
    Offers with a deadline are foreseen by the states and made by nobody yet: a place that frees is given at once.
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
    # For the few who need it, until two weeks after the event.
    access_needs = models.TextField(blank=True, default="")
    dietary_needs = models.CharField(max_length=300, blank=True, default="")
    # The wording that the person agreed to, and when.
    consent_version = models.CharField(max_length=20, blank=True, default="")
    consented_at = models.DateTimeField(null=True, blank=True)
    # Goes up with each calendar file sent after the first one.
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
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="confirmed_place_has_a_moment"
            ),
        ]
        indexes = [models.Index(fields=["event", "state", "queue_number"], name="registration_queue")]

    objects = RegistrationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} at {self.event}"


class Attendance(Stamped):
    """Whether the person of a registration came, and who says so."""

    class Status(models.TextChoices):
        ATTENDED = "attended", "Came"
        ABSENT = "absent", "Did not come"
        EXCUSED = "excused", "Sent apologies"

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="attendance")  # part of it
    status = models.CharField(max_length=10, choices=Status.choices)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Note(Addressable, Stamped, Stateful):
    """What was said at a table, as one point. Only agreed notes are evidence."""

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("Draft")
        CIRCULATED = "circulated", gettext_lazy("Circulated")
        AMENDED = "amended", gettext_lazy("Amended")
        AGREED = "agreed", gettext_lazy("Agreed")
        DISPUTED = "disputed", gettext_lazy("Disputed")

    class Point(models.TextChoices):
        STRENGTH = "strength", gettext_lazy("Strength")
        BARRIER = "barrier", gettext_lazy("Barrier")
        PROPOSAL = "proposal", gettext_lazy("Proposal")
        EVIDENCE = "evidence", gettext_lazy("Evidence")
        QUESTION = "question", gettext_lazy("Question")

    MOVES: ClassVar[dict[str, set[str]]] = {
        "draft": {"circulated", "agreed"},
        "circulated": {"amended", "agreed", "disputed"},
        "amended": {"agreed", "disputed", "circulated"},
        "disputed": {"amended", "agreed"},
    }

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notes")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    table_name = models.CharField("table", max_length=60, blank=True, default="")
    point = models.CharField("kind of point", max_length=10, choices=Point.choices, default=Point.PROPOSAL)
    text = models.TextField()
    organisations = models.ManyToManyField(Organisation, related_name="notes", blank=True)
    people_count = models.PositiveSmallIntegerField("people who said so", null=True, blank=True)
    # False: the point may be used, but never with who said it.
    is_attributable = models.BooleanField("may be attributed", default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    dispute = models.CharField("what is disputed", max_length=300, blank=True, default="")
    # The message about the notes that attendees had; they see what was circulated and nothing before.
    circulated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(agreed_at__isnull=False), name="agreed_note_has_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None) | Q(written_by=None) | ~Q(agreed_by=F("written_by")),
                name="nobody_agrees_their_own_note",
            ),
            models.CheckConstraint(
                condition=~Q(state="disputed") | ~Q(dispute=""), name="disputed_note_says_what_is_disputed"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
        ]
        indexes = [models.Index(fields=["event", "state", "id"], name="note_by_event")]

    def __str__(self) -> str:
        return self.text[:60]


class NoteAmendment(Addressable, Stamped, Stateful):
    """How somebody who was there would put a point instead; kept whatever comes of it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", gettext_lazy("Proposed")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        DECLINED = "declined", gettext_lazy("Declined")

    MOVES: ClassVar[dict[str, set[str]]] = {"proposed": {"accepted", "declined"}}

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="amendments")
    text = models.TextField()
    # What the note said before this amendment was accepted.
    text_before = models.TextField(blank=True, default="")
    author_name = models.CharField(max_length=150)
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.SET_NULL, related_name="amendments"
    )  # erased with the person; the amendment stays
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="amendment_says_something"),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(decided_at__isnull=False), name="decided_amendment_has_a_moment"
            ),
        ]
        indexes = [models.Index(fields=["note", "state", "id"], name="amendment_by_note")]
        verbose_name = "amendment"

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:60]}"
