"""The answers of a submission to one survey, every save of them, and the long ones as rows to be coded."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from consultations.submissions.models.submission import Submission
from consultations.surveys.models import Survey, SurveyVersion
from engagement.core.models import Stamped


class Response(Stamped):
    """The answers to one survey, as one document keyed by question code.

    `data` holds accepted answers: text, numbers as numbers, dates as ISO text, one choice as its code, several as a
    list of codes in the order of the form, a matrix as an object of row code to choice code (`surveys.kinds` says it
    for each kind); "code__other" holds what was written beside "Other", "code__comment" a comment; null says that the
    question was saved without an answer. An entry of a page that repeats is there while "page~number" is true, and its
    answers stand under "page~number~code". `unfinished` holds, for each page, what was typed and is not acceptable yet.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="responses")  # a part of it
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses")
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="responses")
    data: models.JSONField = models.JSONField(default=dict)
    unfinished: models.JSONField = models.JSONField(default=dict)
    # The code of the language in which the survey was read when it was last saved; empty for what nobody read here.
    language = models.CharField(max_length=10, blank=True, default="")
    # Goes up with every save; a page that was opened at another revision conflicts.
    revision = models.PositiveIntegerField(default=0)
    last_edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "survey"], name="one_response_per_survey")]

    def __str__(self) -> str:
        return f"{self.submission} to {self.survey}"


class ResponseRevision(models.Model):
    """One save, append-only: the audit, the undo, and the recovery of what was once typed. `submissions.keying` says
    what the two kinds of a second keying hold."""

    class Kind(models.TextChoices):
        SAVED = "saved", "Saved"
        UNFINISHED = "unfinished", "Typed, not acceptable yet"
        CONFLICT = "conflict", "Kept beside a colleague's answer"
        SETTLED = "settled", "Chosen between two answers"
        SECOND = "second", "Keyed a second time"
        COMPARED = "compared", "Two keyings compared"
        SENT = "sent", "Left out when sent"
        AMENDED = "amended", "Changed after it was sent provisionally"

    # Those that together give the answers as they were last saved, on the path or off it.
    APPLIED: ClassVar[tuple[str, ...]] = ("saved", "settled")

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="revisions")  # goes with it
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SAVED)
    # The code of the page, with the number of the entry where it repeats.
    page = models.CharField(max_length=120, blank=True)
    # What this save set, as {"code": value}; a removed answer is null.
    patch: models.JSONField = models.JSONField()
    # The number of the conflict that this save decided.
    settles = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["response", "number"]
        constraints = [models.UniqueConstraint(fields=["response", "number"], name="revision_numbered_once")]

    def __str__(self) -> str:
        return f"{self.response}, revision {self.number}"


class TextAnswer(models.Model):
    """A long answer or the written statement of a sent submission, as a row of its own: passages are cut from it and
    coded."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="texts")  # derived from it
    # None for the written statement, which belongs to no survey.
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.CASCADE, related_name="text_answers"
    )  # derived from it
    # Empty for the written statement.
    question_code = models.CharField(max_length=80, blank=True)
    # The number of the entry on a page that repeats, 0 elsewhere.
    entry = models.PositiveIntegerField(default=0)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question_code", "entry"], name="one_text_per_question_and_entry"
            ),
            models.UniqueConstraint(
                fields=["submission"], condition=models.Q(response=None), name="one_statement_per_submission"
            ),
            models.CheckConstraint(
                condition=models.Q(response=None, question_code="")
                | (models.Q(response__isnull=False) & ~models.Q(question_code="")),
                name="text_is_an_answer_or_the_statement",
            ),
        ]
        indexes = [models.Index(fields=["question_code", "id"], name="texts_of_a_question")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def survey_code(self) -> str | None:
        """The survey that it answers; None for the written statement."""
        return self.response.survey.code if self.response else None
