"""What is said when: the step that every plan is made of, and the words that staff put in place of the usual ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from engagement.core.models import Addressable, Stamped

LONGEST_SUBJECT = 150


class Step(Addressable, Stamped):
    """One step of a plan: so many days from a date of the thing, at this local time, this kind of message.

    Whom a kind reaches, and when it stops, is told by the `Kind` of that code; the tables of plans are made of this
    class by the apps whose things have plans. `days` counts calendar days: -14 is two weeks before, 0 the day itself.
    """

    kind = models.CharField(max_length=24)
    anchor = models.CharField(max_length=12)
    days = models.SmallIntegerField()
    local_time = models.TimeField()
    message = models.TextField("what to add", blank=True, default="")
    # Whether those who had it get it once more when the date has moved and the step comes round again.
    again_when_moved = models.BooleanField(default=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    # Goes up with each change of the step or of its date, so that what was written for it as it was is not sent.
    revision = models.PositiveIntegerField(default=0)
    # What rows were written for: the moment, the state of the dates and the versions of the words, as one text; and
    # when everybody was last looked at. Empty before.
    planned_as = models.CharField(max_length=120, blank=True, default="")
    planned_at = models.DateTimeField(null=True, blank=True)

    # The name of the column that leads to the consultation or the event.
    THING: ClassVar[str]

    class Meta:
        abstract = True

    @property
    def thing(self) -> Any:
        """The consultation or the event that this is a step of."""
        return getattr(self, self.THING)

    @property
    def thing_revision(self) -> int:
        """Goes up when what the messages say of dates and places has changed."""
        return int(self.thing.schedule_revision)

    @property
    def scope(self) -> str:
        """The reference of the consultation, where there is one."""
        raise NotImplementedError

    def anchor_moment(self) -> datetime | None:
        """The instant that the days are counted from; None while it is not known."""
        raise NotImplementedError

    def same_day(self) -> dict[str, Any]:
        """What two steps of one plan must not share."""
        return {self.THING: self.thing, "kind": self.kind, "anchor": self.anchor, "days": self.days}

    @property
    def occurrence(self) -> str:
        """What makes a message of this step one and the same: the step as it is."""
        return f"{self.pk}.{self.revision}"


class Wording(Stamped):
    """The words of one kind of message in one language, for the site or for one consultation: one row per version.

    A version without words says that the usual ones hold again. Versions are never changed.
    """

    template = models.CharField(max_length=80)
    # The reference of the consultation whose messages say this; empty for the whole site.
    scope = models.CharField(max_length=40, blank=True, default="")
    language = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True, default="")
    body = models.TextField(blank=True, default="")
    is_current = models.BooleanField(default=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "scope", "language", "version"], name="wording_version_given_once"
            ),
            models.UniqueConstraint(
                fields=["template", "scope", "language"], condition=Q(is_current=True), name="one_wording_holds"
            ),
            models.CheckConstraint(
                condition=(Q(subject="") & Q(body="")) | (~Q(subject="") & ~Q(body="")),
                name="wording_has_subject_and_text_or_neither",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} in {self.language}, version {self.version}"

    @property
    def is_usual(self) -> bool:
        """Whether this version brought the usual words back."""
        return not self.body
