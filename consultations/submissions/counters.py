"""The tables of counters; what they count is said in `counting`, how they are kept right in `tallies`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from consultations.surveys.models import Survey, SurveyVersion


class Tally(models.Model):
    """How many counted responses of a version carry this mark: statistics that cost the same at a million.

    What marks there are is said in `counting`. Every mark is counted in all (`split` and `column` empty) and once for
    each column of every split: the sector by its key, each area by its key, the channel; "" for who has none. What
    was sent or withdrawn a moment ago still stands in `TallyChange`; `tallies.counts` reads both.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="tallies")  # derived, can be rebuilt
    version = models.ForeignKey(SurveyVersion, on_delete=models.CASCADE, related_name="tallies")
    question_code = models.CharField(max_length=80, blank=True, default="")
    row_code = models.CharField(max_length=170, blank=True, default="")
    choice_code = models.CharField(max_length=80, blank=True, default="")
    split = models.CharField(max_length=10, blank=True, default="")
    column = models.CharField(max_length=20, blank=True, default="")
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "split", "column", "question_code", "row_code", "choice_code"],
                name="counted_in_one_place",
            )
        ]
        indexes = [models.Index(fields=["survey", "split"], name="counters_of_a_survey")]

    def __str__(self) -> str:
        return f"{self.question_code} {self.row_code} {self.choice_code}: {self.n}"


class Uncounted(models.Model):
    """A survey whose counters have to be made anew, because an older release counted less. Until the clock has rung,
    figures count its responses themselves."""

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, related_name="uncounted")  # says nothing without it

    def __str__(self) -> str:
        return f"{self.survey}: to be counted"


class TallyChange(models.Model):
    """What one response adds to the counters or takes from them, written with the act itself and folded in later.

    Whoever sends writes one row instead of changing hundreds that everybody else changes too.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="tally_changes")  # derived
    version = models.ForeignKey(SurveyVersion, on_delete=models.CASCADE, related_name="tally_changes")
    # 1 or -1.
    by = models.SmallIntegerField()
    # Where it counts: (split, column) pairs; what it counts: (question, row, value) marks. No words of anybody.
    columns: models.JSONField = models.JSONField()
    marks: models.JSONField = models.JSONField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(by__in=[1, -1]), name="counted_or_uncounted")]

    def __str__(self) -> str:
        return f"{self.survey}: {self.by:+d}"
