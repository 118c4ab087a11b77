"""Saved sets of partners."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from engagement.core.models import Addressable, Stamped


class Segment(Addressable, Stamped):
    """A set of partners under a name. It holds what makes somebody belong to it, not who does: it is worked out anew
    each time it is used. `stakeholders.segments` says what a definition may hold."""

    name = models.CharField(max_length=120)
    definition: models.JSONField = models.JSONField(default=dict)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="segment_named_once")]

    def __str__(self) -> str:
        return self.name
