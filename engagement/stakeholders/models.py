"""The register: who we talk with."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from engagement.core.models import Addressable, Stamped


class Sector(models.Model):
    """A top group of partners: business, education, public, voluntary and community, individual."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100, unique=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Kind(models.Model):
    """What kind of partner within a sector: further-education college, chamber of commerce, charity."""

    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="kinds")
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sector__order", "order", "pk"]
        constraints = [models.UniqueConstraint("sector", Lower("name"), name="kind_named_once_in_its_sector")]

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A place that people and figures speak of; names carry no order of importance."""

    class Level(models.TextChoices):
        AUTHORITY = "authority", "Local authority"
        COMBINED = "combined", "Combined authority"
        PARTNERSHIP = "partnership", "Whole partnership area"
        OUTSIDE = "outside", "Outside the area"

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100, unique=True)
    ons_code = models.CharField("ONS code", max_length=9, blank=True, default="")
    level = models.CharField(max_length=12, choices=Level.choices, default=Level.AUTHORITY)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Organisation(Addressable, Stamped):
    """A partner body. Its sector is that of its kind, so the two can never disagree."""

    class Size(models.TextChoices):
        UNKNOWN = "", "Not known"
        MICRO = "micro", "Micro (under 10 people)"
        SMALL = "small", "Small (10 to 49)"
        MEDIUM = "medium", "Medium (50 to 249)"
        LARGE = "large", "Large (250 or more)"

    name = models.CharField(max_length=200)
    trading_names = models.CharField(max_length=300, blank=True, default="")
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="organisations")
    areas = models.ManyToManyField(Area, related_name="organisations", blank=True)
    size = models.CharField(max_length=8, choices=Size.choices, blank=True, default="")
    # For a body that speaks for its members: how many, and whom.
    is_representative = models.BooleanField("speaks for its members", default=False)
    members_represented = models.PositiveIntegerField(null=True, blank=True)
    website = models.URLField(blank=True, default="")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    remarks = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="organisation_named_once"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="organisation_is_not_its_own_parent"
            ),
        ]
        indexes = [models.Index(fields=["kind", "name"], name="organisation_by_kind")]

    def __str__(self) -> str:
        return self.name


class Contact(Addressable, Stamped):
    """A person we know, whether or not they ever sign in."""

    class Basis(models.TextChoices):
        PUBLIC_TASK = "public_task", "Public task"
        LEGITIMATE_INTEREST = "legitimate_interest", "Legitimate interests"
        CONSENT = "consent", "Consent"

    name = models.CharField(max_length=150)
    email = models.EmailField("e-mail address")
    phone = models.CharField(max_length=40, blank=True, default="")
    job_title = models.CharField(max_length=150, blank=True, default="")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="contact"
    )  # an account that is closed leaves the contact as it was
    lawful_basis = models.CharField(max_length=24, choices=Basis.choices, default=Basis.PUBLIC_TASK)
    consented_at = models.DateTimeField(null=True, blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    organisations = models.ManyToManyField(Organisation, through="Membership", related_name="contacts")

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="contact_has_an_address_of_its_own"),
            models.CheckConstraint(
                condition=~Q(lawful_basis="consent") | Q(consented_at__isnull=False), name="consent_has_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by time."""

    def current(self) -> Self:
        """Those that hold today: begun, and not ended. The day in `until_on` is the first without membership."""
        today = timezone.localdate()
        return self.filter(Q(since_on=None) | Q(since_on__lte=today), Q(until_on=None) | Q(until_on__gt=today))


class Membership(Stamped):
    """What a contact is for an organisation, from a day until the day on which it no longer holds."""

    class Role(models.TextChoices):
        LEAD = "lead", "Lead"
        APPROVER = "approver", "Approver"
        CONTRIBUTOR = "contributor", "Contributor"
        VIEWER = "viewer", "Viewer"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="memberships")  # goes with the person
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.CONTRIBUTOR)
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager[Membership]] = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "organisation"], name="contact_is_a_member_once"),
            models.CheckConstraint(
                condition=Q(since_on=None) | Q(until_on=None) | Q(until_on__gte=F("since_on")),
                name="membership_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} at {self.organisation}"

    @property
    def has_ended(self) -> bool:
        """Whether the person has left."""
        return self.until_on is not None and self.until_on <= timezone.localdate()


class Interaction(Addressable, Stamped):
    """Something that passed between us and an organisation outside of a consultation: a call, a meeting, a letter."""

    class Way(models.TextChoices):
        CALL = "call", "Call"
        MEETING = "meeting", "Meeting"
        EMAIL = "email", "E-mail"
        LETTER = "letter", "Letter"
        OTHER = "other", "Something else"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="interactions")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions"
    )  # what was said stays when the person is forgotten
    way = models.CharField(max_length=8, choices=Way.choices)
    on = models.DateField()
    text = models.TextField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # What we promised to do about it, and by when.
    follow_up_on = models.DateField(null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(followed_up_at=None) | Q(follow_up_on__isnull=False), name="followed_up_what_was_promised"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-on"], name="interactions_of_organisation")]

    def __str__(self) -> str:
        return f"{self.get_way_display()} with {self.organisation}"


class Merge(Addressable, Stamped):
    """Two entries of the register that were one organisation, put together; can be undone for 30 days.

    `moved` lists what was moved, as [model, field, key] for each row, and `left` what could not be because the kept
    organisation has the like already; `before` holds the facts of the kept one that were changed.
    """

    DAYS_TO_UNDO: ClassVar[int] = 30

    kept = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="merged_into")
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    moved: models.JSONField = models.JSONField(default=list)
    left: models.JSONField = models.JSONField(default=list)
    before: models.JSONField = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merged_with_another"),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merged_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.merged} into {self.kept}"

    @property
    def may_be_undone(self) -> bool:
        """Whether the 30 days are not over."""
        return self.undone_at is None and timezone.now() <= self.created_at + timedelta(days=self.DAYS_TO_UNDO)


class Distinct(Stamped):
    """Two organisations that look alike and were found to be two; they are not proposed again."""

    first = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")  # says nothing without it
    second = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")  # says nothing without it
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="told_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="told_apart_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} is not {self.second}"


class RegisterImport(Addressable, Stamped):
    """A file of organisations and contacts between its preview and its import: rows as read, nothing applied yet."""

    file_name = models.CharField(max_length=200)
    rows: models.JSONField = models.JSONField(default=list)
    # [{"row": 12, "cells": {...}, "reasons": ["..."]}, ...]: every row that will not be imported, and why.
    problems: models.JSONField = models.JSONField(default=list)
    # What importing the good rows would do, as the preview shows it.
    preview: models.JSONField = models.JSONField(default=dict)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    outcome: models.JSONField = models.JSONField(default=dict)

    LIMIT_ROWS: ClassVar[int] = 30_000

    def __str__(self) -> str:
        return self.file_name
