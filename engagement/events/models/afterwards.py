"""After the event: what people thought of it, and what is published of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from engagement.core.models import Stamped
from engagement.events.models.occasion import Event


class Feedback(Stamped):
    """Two answers of somebody who came, without saying of whom.

    `answer_key` is made from the person's own link, so that they can change what they said and nobody counts twice;
    no row leads from it to a person.
    """

    class Usefulness(models.IntegerChoices):
        VERY = 5, gettext_lazy("Very useful")
        QUITE = 4, gettext_lazy("Useful")
        PARTLY = 3, gettext_lazy("Partly useful")
        LITTLE = 2, gettext_lazy("Not very useful")
        NOT = 1, gettext_lazy("Not useful at all")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="feedback")
    answer_key = models.CharField(max_length=64, unique=True)
    usefulness = models.PositiveSmallIntegerField(choices=Usefulness.choices)
    words = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(usefulness__range=(1, 5)), name="usefulness_is_on_its_scale"),
        ]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return self.get_usefulness_display()


class WriteUp(Stamped):
    """What everybody may read of an event that was held, beside its agreed notes and who came by sector."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="write_up")
    introduction = models.TextField(blank=True, default="")
    next_steps = models.TextField(blank=True, default="")
    # Empty while it is not public, and again when it was taken back.
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(introduction=""), name="published_write_up_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"Write-up of {self.event}"
