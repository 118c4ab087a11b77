"""What officers decided about a response that came late."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultations.submissions.models.submission import Submission
from engagement.core.models import Stamped


class LateDecision(Stamped):
    """Whether a late response counts, and why. One that nobody has decided about counts, and is reported as late.

    One that does not count is kept with everything in it, and is reported too.
    """

    class Outcome(models.TextChoices):
        COUNTS = "counts", "It counts"
        LEFT_OUT = "left_out", "It does not count"

    submission = models.OneToOneField(
        Submission, on_delete=models.CASCADE, related_name="late_decision"
    )  # a fact about it
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.TextField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="decision_on_lateness_has_a_reason")]

    def __str__(self) -> str:
        return self.get_outcome_display()
