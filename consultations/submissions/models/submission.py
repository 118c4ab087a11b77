"""One submission of one partner to one consultation, and its written statement."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from consultations.programme.models import Consultation
from engagement.core.models import Addressable, Stamped, Stateful
from engagement.stakeholders.models import Area, Kind, Organisation


class Submission(Addressable, Stamped, Stateful):
    """What one partner sends to one consultation. An organisation has one, however many colleagues write it."""

    class State(models.TextChoices):
        STARTED = "started", gettext_lazy("Started")
        IN_PROGRESS = "in_progress", gettext_lazy("In progress")
        AWAITING_APPROVAL = "awaiting_approval", gettext_lazy("Awaiting approval")
        SUBMITTED = "submitted", gettext_lazy("Submitted")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        CODED = "coded", gettext_lazy("Coded")
        CONSIDERED = "considered", gettext_lazy("Considered")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")
        DUPLICATE = "duplicate", gettext_lazy("Duplicate")
        REJECTED = "rejected", gettext_lazy("Rejected")
        LAPSED = "lapsed", gettext_lazy("Lapsed")

    class Channel(models.TextChoices):
        ONLINE = "online", gettext_lazy("Online")
        EMAIL = "email", gettext_lazy("E-mail")
        LETTER = "letter", gettext_lazy("Letter")
        TELEPHONE = "telephone", gettext_lazy("Telephone")
        MEETING = "meeting", gettext_lazy("Meeting")
        IMPORT = "import", gettext_lazy("Import")

    class Capacity(models.TextChoices):
        SELF = "self", gettext_lazy("For myself")
        ORGANISATION = "organisation", gettext_lazy("For an organisation")
        MEMBERS = "members", gettext_lazy("For the members of an organisation")

    class Confidentiality(models.TextChoices):
        NAMED = "named", gettext_lazy("Publish with name")
        UNNAMED = "unnamed", gettext_lazy("Publish without name")
        WITHHELD = "withheld", gettext_lazy("Do not publish")

    class Timing(models.TextChoices):
        UNKNOWN = "", gettext_lazy("Not sent yet")
        ON_TIME = "on_time", gettext_lazy("On time")
        LATE = "late", gettext_lazy("Late")
        PROVISIONAL = "provisional", gettext_lazy("Provisional")

    # In figures, and readable by staff.
    COUNTED: ClassVar[tuple[str, ...]] = ("submitted", "accepted", "coded", "considered")
    # Still being written; staff never see these.
    DRAFTS: ClassVar[tuple[str, ...]] = ("started", "in_progress", "awaiting_approval")
    # No longer in the way of another submission of the same partner.
    SET_ASIDE: ClassVar[tuple[str, ...]] = ("withdrawn", "duplicate", "rejected", "lapsed")
    MOVES: ClassVar[dict[str, set[str]]] = {
        "started": {"in_progress", "awaiting_approval", "submitted", "lapsed", "withdrawn"},
        "in_progress": {"awaiting_approval", "submitted", "lapsed", "withdrawn"},
        "awaiting_approval": {"in_progress", "submitted", "lapsed", "withdrawn"},
        "submitted": {"in_progress", "accepted", "withdrawn", "duplicate", "rejected"},
        "accepted": {"coded", "withdrawn", "duplicate", "rejected"},
        "coded": {"considered", "accepted", "withdrawn", "duplicate", "rejected"},
        "considered": {"withdrawn"},
        # What was set aside by mistake comes back.
        "duplicate": {"submitted"},
        "rejected": {"submitted"},
    }

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="submissions")
    reference = models.CharField(max_length=20, unique=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions"
    )
    # The account that started it; None for what came in by letter, e-mail or telephone.
    respondent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions"
    )
    respondent_name = models.CharField(max_length=150, blank=True, default="")
    respondent_email = models.EmailField(blank=True, default="")
    capacity = models.CharField(max_length=12, choices=Capacity.choices, default=Capacity.ORGANISATION)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ONLINE)
    state = models.CharField(max_length=18, choices=State.choices, default=State.STARTED)
    # Who they were when they sent it: figures by sector and area must not move when the register is tidied.
    kind = models.ForeignKey(Kind, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions")
    areas = models.ManyToManyField(Area, related_name="submissions", blank=True)
    confidentiality = models.CharField(max_length=10, choices=Confidentiality.choices, blank=True, default="")
    confidentiality_reason = models.TextField(blank=True, default="")
    # Question codes whose answers are stricter than the submission: {"survey code": {"question code": "withheld"}}.
    stricter: models.JSONField = models.JSONField(default=dict, blank=True)
    may_contact = models.BooleanField(default=False)
    statement = models.TextField("written statement", blank=True, default="")
    # Goes up with every change of the statement; a page that was opened at another revision conflicts.
    statement_revision = models.PositiveIntegerField(default=0)
    privacy_version = models.PositiveSmallIntegerField(null=True, blank=True)
    timing = models.CharField(max_length=12, choices=Timing.choices, blank=True, default="")
    # Why staff count it as on time or late although the day it came says otherwise.
    timing_reason = models.TextField(blank=True, default="")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Whether it may be sent only when somebody has approved the text; see `models.approval`.
    needs_approval = models.BooleanField(default=False)
    # When what had been sent provisionally was confirmed, and whether with changes.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    is_changed_since = models.BooleanField(default=False)
    received_on = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    set_aside_reason = models.TextField(blank=True, default="")
    is_test = models.BooleanField(default=False)
    # Holds no link to its author: no account, name, address or moment. See `anonymity`.
    is_anonymous = models.BooleanField(default=False)
    # The fingerprint of the private return link by which somebody without an account comes back; see `links`.
    link_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "organisation"],
                condition=Q(organisation__isnull=False, is_test=False)
                & ~Q(state__in=["withdrawn", "duplicate", "rejected", "lapsed"]),
                name="one_submission_per_organisation",
            ),
            models.UniqueConstraint(
                fields=["consultation", "respondent"],
                condition=Q(organisation=None, respondent__isnull=False, is_test=False)
                & ~Q(state__in=["withdrawn", "duplicate", "rejected", "lapsed"]),
                name="one_submission_per_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted", "coded", "considered"])
                | (Q(submitted_at__isnull=False) & ~Q(confidentiality="") & ~Q(timing="")),
                name="submitted_submission_says_when_and_how_public",
            ),
            models.CheckConstraint(
                condition=Q(capacity="self") | Q(organisation__isnull=False), name="organisation_capacity_names_one"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, is_changed_since=False)
                | (Q(confirmed_at__isnull=False, submitted_at__isnull=False) & ~Q(timing="provisional")),
                name="confirmed_submission_is_provisional_no_more",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=False)
                | Q(
                    organisation=None,
                    respondent=None,
                    respondent_name="",
                    respondent_email="",
                    submitted_by=None,
                    entered_by=None,
                    may_contact=False,
                    received_on=None,
                    channel="online",
                    capacity="self",
                    confidentiality__in=["", "unnamed", "withheld"],
                ),
                name="anonymous_submission_names_nobody",
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=False)
                | Q(state__in=["started", "in_progress"], submitted_at=None, link_key__isnull=False)
                | Q(submitted_at__isnull=False, link_key=None),
                name="anonymous_submission_loses_its_link_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(link_key=None) | Q(organisation=None, respondent=None, channel="online"),
                name="return_link_is_for_those_without_an_account",
            ),
        ]
        indexes = [models.Index(fields=["consultation", "state", "-submitted_at", "id"], name="submission_list")]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_draft(self) -> bool:
        """Whether it is still being written."""
        return self.state in self.DRAFTS

    @property
    def is_counted(self) -> bool:
        """Whether it was sent and stands in figures."""
        return self.state in self.COUNTED and not self.is_test

    @property
    def is_intake(self) -> bool:
        """Whether staff typed in what came by another channel."""
        return self.channel not in {self.Channel.ONLINE, self.Channel.IMPORT}

    @property
    def from_whom(self) -> str:
        """The organisation or person, for those who may know; see `confidentiality.shown_as` for everybody else."""
        if self.is_anonymous:
            return gettext("An anonymous response")
        name = self.organisation.name if self.organisation else self.respondent_name
        return name or gettext("A person without a name")


class StatementRevision(models.Model):
    """One save of the written statement, append-only: no text that was saved is ever gone."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="statements")  # goes with it
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    # False for a text that lost against a colleague's at the same time and was kept for its writer.
    is_applied = models.BooleanField(default=True)
    # A change to what was sent provisionally, which waits to be confirmed.
    is_amendment = models.BooleanField(default=False)

    class Meta:
        ordering = ["submission", "number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="statement_revision_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.submission}, statement {self.number}"
