"""What we conclude, statement by statement, each with where it comes from."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consultations.analysis.models import Excerpt
from consultations.programme.models import Consultation, Theme
from engagement.core.jobs import Job
from engagement.core.models import Addressable, Stamped


class Summary(Job):
    """The report on one consultation. Drafted by a task, edited by its author, approved by somebody else."""

    class State(models.TextChoices):
        REQUESTED = "requested", "Waiting to be drafted"
        BUILDING = "building", "Being drafted"
        FAILED = "failed", "Drafting failed"
        CANCELLED = "cancelled", "Drafting called off"
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Superseded"

    MOVES: ClassVar[dict[str, set[str]]] = {
        "requested": {"building", "failed", "cancelled"},
        "building": {"draft", "failed", "requested", "cancelled"},
        "failed": {"requested"},
        "draft": {"in_review"},
        "in_review": {"draft", "approved"},
        "approved": {"published", "draft"},
        "published": {"superseded"},
    }

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="summaries")
    title = models.CharField(max_length=200)
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # What the person who read it wants changed.
    review_note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "version"], name="summary_version_once"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(author=None) | ~Q(approved_by=F("author")),
                name="nobody_approves_their_own_summary",
            ),
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(state="published"), name="one_published_summary"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Finding(Addressable, Stamped):
    """One statement of a summary, in order."""

    class Kind(models.TextChoices):
        HEADING = "heading", "Heading"
        FINDING = "finding", "Finding"
        CONTEXT = "context", "Context"
        FIGURE = "figure", "Figure"
        QUOTATION = "quotation", "Quotation"

    summary = models.ForeignKey(Summary, on_delete=models.CASCADE, related_name="findings")  # a part of it
    theme = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    order = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True, default="")
    # For a figure: the saved question {"figure": name, ...} and the result it had, as analysis.figures returned it.
    query: models.JSONField = models.JSONField(default=dict, blank=True)
    result: models.JSONField = models.JSONField(default=dict, blank=True)
    is_edited = models.BooleanField(default=False)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.text[:60] or self.get_kind_display()


class Citation(models.Model):
    """Where a statement comes from: a passage."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="citations")  # a part of it
    excerpt = models.ForeignKey(Excerpt, on_delete=models.PROTECT, related_name="citations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "excerpt"], name="passage_cited_once_in_a_finding")]
