"""What was said at the tables, and how those who were there would put it instead."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from engagement.core.models import Addressable, Stamped, Stateful
from engagement.events.models.occasion import Event, Topic
from engagement.events.models.registration import Registration
from engagement.stakeholders.models import Organisation


class Note(Addressable, Stamped, Stateful):
    """What was said at a table, as one point. Only agreed notes are evidence."""

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("Draft")
        CIRCULATED = "circulated", gettext_lazy("Circulated")
        AMENDED = "amended", gettext_lazy("Amended")
        AGREED = "agreed", gettext_lazy("Agreed")
        DISPUTED = "disputed", gettext_lazy("Disputed")

    class Point(models.TextChoices):
        STRENGTH = "strength", gettext_lazy("Strength")
        BARRIER = "barrier", gettext_lazy("Barrier")
        PROPOSAL = "proposal", gettext_lazy("Proposal")
        EVIDENCE = "evidence", gettext_lazy("Evidence")
        QUESTION = "question", gettext_lazy("Question")

    class Wording(models.TextChoices):
        PARAPHRASE = "paraphrase", gettext_lazy("In our words")
        QUOTE = "quote", gettext_lazy("In their words")

    MOVES: ClassVar[dict[str, set[str]]] = {
        "draft": {"circulated", "agreed"},
        "circulated": {"amended", "agreed", "disputed"},
        "amended": {"agreed", "disputed", "circulated"},
        "disputed": {"amended", "agreed"},
    }

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notes")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    table_name = models.CharField("table", max_length=60, blank=True, default="")
    point = models.CharField("kind of point", max_length=10, choices=Point.choices, default=Point.PROPOSAL)
    text = models.TextField()
    wording = models.CharField(max_length=10, choices=Wording.choices, default=Wording.PARAPHRASE)
    # The question at the table to which the point was an answer, as it was asked.
    question = models.CharField("question at the table", max_length=200, blank=True, default="")
    # Made on the device that the point was written on: sent again, it is the same point. Empty where a page made it.
    device_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    organisations = models.ManyToManyField(Organisation, related_name="notes", blank=True)
    people_count = models.PositiveSmallIntegerField("people who said so", null=True, blank=True)
    # False: the point may be used, but never with who said it.
    is_attributable = models.BooleanField("may be attributed", default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    dispute = models.CharField("what is disputed", max_length=300, blank=True, default="")
    # The message about the notes that attendees had; they see what was circulated and nothing before.
    circulated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(agreed_at__isnull=False), name="agreed_note_has_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None) | Q(written_by=None) | ~Q(agreed_by=F("written_by")),
                name="nobody_agrees_their_own_note",
            ),
            models.CheckConstraint(
                condition=~Q(state="disputed") | ~Q(dispute=""), name="disputed_note_says_what_is_disputed"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
        ]
        indexes = [models.Index(fields=["event", "state", "id"], name="note_by_event")]

    def __str__(self) -> str:
        return self.text[:60]


def picture_path(picture: NotePicture, file_name: str) -> str:
    """A folder for each event; the name on the disk tells nothing."""
    return f"events/{picture.note.event.public_id}/{picture.public_id}{PurePath(file_name).suffix.lower()}"


class NotePicture(Addressable, Stamped):
    """A photograph of what was written at the table, such as a flip chart, without what cameras write into files."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="pictures")  # a part of its note
    file = models.FileField(upload_to=picture_path, max_length=200)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # What can be seen on it, for people who cannot see it.
    words = models.CharField(max_length=300)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["note", "sha256"], name="picture_added_once_to_its_note"),
            models.CheckConstraint(condition=~Q(words=""), name="picture_is_described"),
        ]
        verbose_name = "photograph"

    def __str__(self) -> str:
        return self.file_name


class NoteAmendment(Addressable, Stamped, Stateful):
    """How somebody who was there would put a point instead; kept whatever comes of it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", gettext_lazy("Proposed")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        DECLINED = "declined", gettext_lazy("Declined")

    MOVES: ClassVar[dict[str, set[str]]] = {"proposed": {"accepted", "declined"}}

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="amendments")
    text = models.TextField()
    # What the note said before this amendment was accepted.
    text_before = models.TextField(blank=True, default="")
    author_name = models.CharField(max_length=150)
    registration = models.ForeignKey(
        Registration, null=True, blank=True, on_delete=models.SET_NULL, related_name="amendments"
    )  # erased with the person; the amendment stays
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="amendment_says_something"),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(decided_at__isnull=False), name="decided_amendment_has_a_moment"
            ),
        ]
        indexes = [models.Index(fields=["note", "state", "id"], name="amendment_by_note")]
        verbose_name = "amendment"

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:60]}"
