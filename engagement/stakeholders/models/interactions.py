"""What passed between us and an organisation outside of consultations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from engagement.core.models import Addressable, Stamped
from engagement.stakeholders.models.organisations import Organisation
from engagement.stakeholders.models.people import Contact


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
