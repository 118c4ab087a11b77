"""Reading what was said: a code frame, passages of answers and event notes, and the codes put on them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consultations.programme.models import Consultation
from consultations.submissions.models import TextAnswer
from engagement.core.models import Addressable, Stamped, Stateful
from engagement.events.models import Note


class CodeFrame(Stamped, Stateful):
    """The list of analytic labels of a consultation; frozen before the report."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_USE = "in_use", "In use"
        FROZEN = "frozen", "Frozen"

    MOVES: ClassVar[dict[str, set[str]]] = {"draft": {"in_use"}, "in_use": {"frozen"}, "frozen": {"in_use"}}

    consultation = models.OneToOneField(Consultation, on_delete=models.PROTECT, related_name="code_frame")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    # Goes up when codes change while in use.
    version = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return f"Code frame of {self.consultation}"


class Code(Stamped):
    """One label. Two levels: a code has a parent or is one, never both."""

    frame = models.ForeignKey(CodeFrame, on_delete=models.CASCADE, related_name="codes")  # a part of it
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    code = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    definition = models.TextField(blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["frame", "code"], name="code_once_in_its_frame"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="code_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.label


class Excerpt(Addressable, Stamped):
    """A passage, word for word: characters `start` to `end` (end excluded) of one answer or one agreed event note."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="excerpts")
    answer = models.ForeignKey(TextAnswer, null=True, blank=True, on_delete=models.PROTECT, related_name="excerpts")
    note = models.ForeignKey(Note, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField()
    source_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__isnull=False, note=None) | Q(answer=None, note__isnull=False),
                name="excerpt_has_one_source",
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="excerpt_is_not_empty"),
            models.UniqueConstraint(fields=["answer", "start", "end"], name="passage_of_an_answer_cut_once"),
            models.UniqueConstraint(fields=["note", "start", "end"], name="passage_of_a_note_cut_once"),
        ]
        indexes = [models.Index(fields=["consultation", "id"], name="excerpts_of_consultation")]

    def __str__(self) -> str:
        return self.text[:60]


class Coding(Stamped):
    """A code on a passage, by a person."""

    class Stance(models.TextChoices):
        NONE = "", "Not said"
        SUPPORT = "support", "Supports"
        OPPOSE = "oppose", "Opposes"
        MIXED = "mixed", "Mixed"

    excerpt = models.ForeignKey(Excerpt, on_delete=models.CASCADE, related_name="codings")  # goes with the passage
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="codings")
    stance = models.CharField(max_length=8, choices=Stance.choices, blank=True, default="")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["excerpt", "code"], name="code_once_on_a_passage")]


class SourceReading(Stamped):
    """A text that has been read to its end: nothing (more) to code in it."""

    answer = models.OneToOneField(TextAnswer, null=True, blank=True, on_delete=models.CASCADE, related_name="reading")
    note = models.OneToOneField(Note, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__isnull=False, note=None) | Q(answer=None, note__isnull=False),
                name="reading_has_one_source",
            )
        ]
