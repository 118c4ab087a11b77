"""Consultations: what is asked, why, until when, by whom."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from engagement.core.models import Addressable, Stamped, Stateful
from engagement.events.models import Event, Topic
from engagement.stakeholders.models import Area


class Consultation(Addressable, Stamped, Stateful):
    """A question put to partners for a fixed time. `reference` stands in addresses and on papers."""

    class Kind(models.TextChoices):
        CALL_FOR_EVIDENCE = "call_for_evidence", gettext_lazy("Call for evidence")
        DRAFT_STRATEGY = "draft_strategy", gettext_lazy("Draft strategy")
        TARGETED = "targeted", gettext_lazy("Targeted engagement")
        SURVEY = "survey", gettext_lazy("Survey")

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("Draft")
        IN_REVIEW = "in_review", gettext_lazy("In review")
        SCHEDULED = "scheduled", gettext_lazy("Scheduled")
        OPEN = "open", gettext_lazy("Open")
        PAUSED = "paused", gettext_lazy("Paused")
        CLOSED = "closed", gettext_lazy("Closed")
        ANALYSING = "analysing", gettext_lazy("Being analysed")
        REPORTED = "reported", gettext_lazy("Reported")
        ARCHIVED = "archived", gettext_lazy("Archived")

    class Access(models.TextChoices):
        OPEN = "open", gettext_lazy("Anybody may answer, with or without an account")
        PUBLIC = "public", gettext_lazy("Anybody with an account may answer")
        INVITED = "invited", gettext_lazy("Only those invited may answer")

    MOVES: ClassVar[dict[str, set[str]]] = {
        "draft": {"in_review"},
        "in_review": {"draft", "scheduled"},
        "scheduled": {"draft", "open"},
        "open": {"paused", "closed"},
        "paused": {"open", "closed"},
        "closed": {"open", "analysing"},  # open again only by an extension with a reason
        "analysing": {"reported"},
        "reported": {"archived"},
    }
    # States in which the public may know that it exists.
    PUBLIC_STATES: ClassVar[tuple[str, ...]] = ("scheduled", "open", "paused", "closed", "analysing", "reported")

    reference = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.CALL_FOR_EVIDENCE)
    purpose = models.TextField(help_text="Two sentences: what you ask about, and why an answer matters.")
    background = models.TextField(blank=True, default="")
    what_happens_next = models.TextField(blank=True, default="")
    decision_owner = models.CharField(max_length=200, blank=True, default="")
    contact_email = models.EmailField(blank=True, default="")
    privacy_notice = models.TextField(blank=True, default="")
    # Goes up with each change of the notice; each submission keeps the number it agreed to.
    privacy_version = models.PositiveSmallIntegerField(default=1)
    retention_months = models.PositiveSmallIntegerField(default=24)
    access = models.CharField(max_length=10, choices=Access.choices, default=Access.PUBLIC)
    # Whether a response may be sent with no link to its author, whoever may answer otherwise.
    takes_anonymous = models.BooleanField("anonymous responses are taken", default=False)
    # Whether partners can answer without any survey. Without this, a published survey is needed before the opening.
    statement_is_enough = models.BooleanField("a written statement alone is an answer", default=False)
    minutes_needed = models.PositiveSmallIntegerField("minutes that an answer takes", null=True, blank=True)
    areas = models.ManyToManyField(Area, related_name="consultations", blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    # The closing time that was first announced, once there has been an extension.
    original_closes_at = models.DateTimeField(null=True, blank=True)
    # Goes up when the closing time moves: part of the occurrence of every reminder.
    schedule_revision = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    # From then on the time runs out for which answers are kept; see `programme.retention`.
    archived_at = models.DateTimeField(null=True, blank=True)
    answers_deleted_at = models.DateTimeField(null=True, blank=True)
    response_due_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_for_review_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    events: models.ManyToManyField = models.ManyToManyField(Event, through="ConsultationEvent", related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="consultation_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review"]) | Q(closes_at__isnull=False),
                name="announced_consultation_has_a_close",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None)
                | Q(submitted_for_review_by=None)
                | ~Q(reviewed_by=F("submitted_for_review_by")),
                name="nobody_reviews_their_own_consultation",
            ),
        ]
        indexes = [models.Index(fields=["state", "closes_at", "id"], name="consultation_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether answers are taken now without being late."""
        return self.state == self.State.OPEN


class StateChange(models.Model):
    """Every move of a consultation, with the reason that was given; shown on its timeline."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="changes")  # its own history
    at = models.DateTimeField(auto_now_add=True)
    # A state, "extended", or "proposed" (staff ask an administrator for something).
    what = models.CharField(max_length=20)
    reason = models.TextField(blank=True, default="")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    is_public = models.BooleanField(default=True)
    # Of an extension: until when answers were taken, and until when they are.
    closes_before = models.DateTimeField(null=True, blank=True)
    closes_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_before=None) | Q(closes_after=None) | Q(closes_after__gt=F("closes_before")),
                name="extension_moves_the_close_on",
            ),
            models.CheckConstraint(
                condition=Q(closes_after=None) | ~Q(reason=""), name="extension_of_a_consultation_has_a_reason"
            ),
        ]


class Theme(models.Model):
    """A subject of the consultation, declared before it opens."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="themes")  # a part of it
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, default="")
    scheme = models.CharField(max_length=60, blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "code"], name="theme_code_once_in_its_consultation"),
        ]

    def __str__(self) -> str:
        return self.name


class Document(Addressable, Stamped):
    """A paper that partners should read before they answer."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="documents")  # a part of it
    title = models.CharField(max_length=200)
    file = models.FileField(upload_to="documents/%Y/%m/")
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100, default="application/octet-stream")
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title


class ConsultationEvent(models.Model):
    """This event is held for this consultation."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="event_links")  # only the tie
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event"], name="event_belongs_to_one_consultation")]


class ThemeTopic(models.Model):
    """This topic of an event speaks to this theme, so its notes are evidence on it."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="topic_links")  # only the tie
    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, related_name="+")


class Assignment(Stamped):
    """A member of staff who works on a consultation, and as what."""

    class Role(models.TextChoices):
        ENGAGEMENT = "engagement", "Engagement staff"
        OFFICER = "officer", "Officer"

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="assignments")  # only the tie
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "user", "role"], name="assigned_once_per_role")]
