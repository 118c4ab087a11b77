"""What colleagues of one organisation need to write together: who takes which section, and what they say about it.

Neither is ever shown to staff. A section is a page of a survey; without a survey it is the written statement.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultations.submissions.models.submission import Submission
from consultations.surveys.models import Survey
from engagement.core.models import Addressable, Stamped
from engagement.stakeholders.models import Contact


class SectionAssignment(Stamped):
    """A section in the hands of one colleague, who may not have an account yet. It guides; only a lock keeps others
    out, and never the lead."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="assignments")  # a part of it
    survey = models.ForeignKey(Survey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The code of the page, without the number of an entry; empty for the statement.
    page = models.CharField(max_length=80, blank=True, default="")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="sections")  # names only the person
    due_on = models.DateField(null=True, blank=True)
    is_locked = models.BooleanField(default=False)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "survey", "page"], condition=Q(survey__isnull=False), name="section_in_one_hand"
            ),
            models.UniqueConstraint(fields=["submission"], condition=Q(survey=None), name="statement_in_one_hand"),
            models.CheckConstraint(
                condition=(Q(survey=None) & Q(page="")) | (Q(survey__isnull=False) & ~Q(page="")),
                name="assigned_section_is_a_page_or_the_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page or 'statement'} of {self.submission}: {self.contact}"


class Comment(Addressable, Stamped):
    """What one colleague said to the others about a section or a question; for nobody outside the organisation."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="comments")  # a part of it
    survey = models.ForeignKey(Survey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=80, blank=True, default="")
    question_code = models.CharField(max_length=80, blank=True, default="")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None) | Q(resolved_at__isnull=False),
                name="resolved_comment_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["submission", "resolved_at"], name="comments_open")]

    def __str__(self) -> str:
        return self.text[:60]
