"""Organisations: the partners themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from engagement.core.models import Addressable, Stamped
from engagement.stakeholders.models.places import Area, Interest, Kind


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
    # What else it is: a university with a hospital. Figures count it once, under `kind`.
    other_kinds = models.ManyToManyField(Kind, related_name="+", blank=True)
    areas = models.ManyToManyField(Area, related_name="organisations", blank=True)
    interests = models.ManyToManyField(Interest, related_name="organisations", blank=True)
    size = models.CharField(max_length=8, choices=Size.choices, blank=True, default="")
    # For a body that speaks for its members: how many, and whom.
    is_representative = models.BooleanField("speaks for its members", default=False)
    members_represented = models.PositiveIntegerField(null=True, blank=True)
    represents = models.CharField("whom it speaks for", max_length=300, blank=True, default="")
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
