"""How partners are sorted: sectors with their kinds, areas, and what they take an interest in."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower


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


class Interest(models.Model):
    """A theme that partners ask to hear of: skills, transport, clean growth. Consultations have themes of their own."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100, unique=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name
