"""What has to be done so that somebody can take part."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from engagement.core.models import Addressable, Stamped, Stateful
from engagement.events.models.registration import Registration


class Need(Addressable, Stamped, Stateful):
    """One thing that somebody needs: a task with an owner and a day by which it has to be asked for.

    It tells of somebody's health, so only an event's keepers see it, and it is deleted with the words it came from.
    """

    class Type(models.TextChoices):
        SIGN_LANGUAGE = "sign_language", gettext_lazy("British Sign Language interpreter")
        CAPTIONS = "captions", gettext_lazy("Speech-to-text captions")
        HEARING_LOOP = "hearing_loop", gettext_lazy("Hearing loop")
        STEP_FREE = "step_free", gettext_lazy("Step-free way in")
        LARGE_PRINT = "large_print", gettext_lazy("Papers in large print or Braille")
        QUIET_SPACE = "quiet_space", gettext_lazy("Quiet space")
        PARKING = "parking", gettext_lazy("Parking close to the door")
        OTHER = "other", gettext_lazy("Something else")

    class State(models.TextChoices):
        TO_DO = "to_do", "To do"
        ASKED_FOR = "asked_for", "Asked for"
        ARRANGED = "arranged", "Arranged"
        NOT_POSSIBLE = "not_possible", "Not possible"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "to_do": {"asked_for", "arranged", "not_possible"},
        "asked_for": {"arranged", "not_possible", "to_do"},
        "arranged": {"to_do", "not_possible"},
        "not_possible": {"to_do", "arranged"},
    }
    # Working days before the event by which it has to be asked for.
    LEAD_DAYS: ClassVar[dict[str, int]] = {
        "sign_language": 15,
        "captions": 10,
        "large_print": 7,
        "hearing_loop": 5,
        "step_free": 5,
        "quiet_space": 5,
        "parking": 3,
        "other": 10,
    }

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="needs")  # part of it
    type = models.CharField(max_length=16, choices=Type.choices)
    state = models.CharField(max_length=14, choices=State.choices, default=State.TO_DO)
    # The day by which it has to be asked for; as told when the booking was made or the event moved.
    due_on = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What the person is told: where the interpreter sits, which door has the ramp.
    answer = models.CharField(max_length=300, blank=True, default="")
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "type"], name="need_told_once"),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(state__in=["arranged", "not_possible"]), name="told_what_came_of_it"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="needs_by_day")]

    def __str__(self) -> str:
        return self.get_type_display()
