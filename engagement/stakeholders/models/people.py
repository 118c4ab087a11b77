"""People, and what they are for organisations over time."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from engagement.core.models import Addressable, Stamped
from engagement.stakeholders.models.organisations import Organisation
from engagement.stakeholders.models.places import Interest


class Contact(Addressable, Stamped):
    """A person we know, whether or not they ever sign in."""

    class Basis(models.TextChoices):
        PUBLIC_TASK = "public_task", "Public task"
        LEGITIMATE_INTEREST = "legitimate_interest", "Legitimate interests"
        CONSENT = "consent", "Consent"

    class Way(models.TextChoices):
        ANY = "", "No preference"
        EMAIL = "email", "E-mail"
        TELEPHONE = "telephone", "Telephone"
        LETTER = "letter", "Letter"

    name = models.CharField(max_length=150)
    email = models.EmailField("e-mail address")
    phone = models.CharField(max_length=40, blank=True, default="")
    job_title = models.CharField(max_length=150, blank=True, default="")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="contact"
    )  # an account that is closed leaves the contact as it was
    lawful_basis = models.CharField(max_length=24, choices=Basis.choices, default=Basis.PUBLIC_TASK)
    consented_at = models.DateTimeField(null=True, blank=True)
    # The words that the person agreed to, or why another basis holds.
    basis_wording = models.TextField(blank=True, default="")
    preferred_way = models.CharField(
        "likes to be reached by", max_length=10, choices=Way.choices, blank=True, default=""
    )
    opted_out_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    # Since when it is no entry of its own any more, but part of another.
    closed_at = models.DateTimeField(null=True, blank=True)
    interests = models.ManyToManyField(Interest, related_name="contacts", blank=True)
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
    # Since when they have the present role, where that is later than the membership.
    role_since_on = models.DateField(null=True, blank=True)

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
    def present_role_since_on(self) -> date | None:
        """Since when they have the present role; None where nobody noted it."""
        return self.role_since_on or self.since_on

    @property
    def has_ended(self) -> bool:
        """Whether the person has left."""
        return self.until_on is not None and self.until_on <= timezone.localdate()


class PastRole(models.Model):
    """What somebody was for an organisation before: another role, or an earlier time there."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="past")  # its own history
    role = models.CharField(max_length=12, choices=Membership.Role.choices)
    since_on = models.DateField(null=True, blank=True)
    # The first day on which it no longer held.
    until_on = models.DateField()

    class Meta:
        ordering = ["-until_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(since_on=None) | Q(until_on__gte=F("since_on")), name="past_role_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} until {self.until_on}"
