"""What the booking form asks besides who somebody is, and the words people agree to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from engagement.core.models import Addressable, Stamped
from engagement.events.models.occasion import Event
from engagement.events.models.registration import Registration
from engagement.stakeholders.models import Sector


class Question(Addressable):
    """A question of the booking form. Its answers stand in `Registration.answers` under its `public_id`."""

    class Type(models.TextChoices):
        TEXT = "text", "Text"
        CHOICE = "choice", "One of several"
        SEVERAL = "several", "Any of several"
        YES_NO = "yes_no", "Yes or no"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="questions")  # a part of its event
    type = models.CharField(max_length=8, choices=Type.choices, default=Type.TEXT)
    text = models.CharField(max_length=200)
    choices: models.JSONField = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)
    # Only people of this sector are asked.
    only_for = models.ForeignKey(Sector, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_of_an_event_asks_something"),
            models.CheckConstraint(
                condition=~Q(type__in=["choice", "several"]) | ~Q(choices=[]), name="question_with_choices_has_some"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ConsentText(Stamped):
    """Words that somebody may agree to when they book. A changed wording is a new version; the old one is kept."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="consent_texts")
    code = models.SlugField(max_length=30)
    version = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(max_length=300)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["code", "version"]
        constraints = [models.UniqueConstraint(fields=["event", "code", "version"], name="consent_text_numbered_once")]

    def __str__(self) -> str:
        return self.text


class Consent(models.Model):
    """That somebody agreed to these very words, and when."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="consents")  # part of it
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "text"], name="agreed_once")]

    def __str__(self) -> str:
        return f"{self.registration.name}: {self.text}"
