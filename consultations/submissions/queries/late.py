"""How many responses came late, and what was decided about them: reported beside every figure."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from consultations.programme.models import Consultation
from consultations.submissions.models import LateDecision, Submission

Outcome = LateDecision.Outcome


@dataclass(frozen=True)
class Lateness:
    """Numbers of submissions: late ones that are in the figures (`accepted` of them by a decision), and late ones that
    are not."""

    late: int
    accepted: int
    left_out: int

    @property
    def words(self) -> str:
        """One sentence, “4 submissions came late: all counted, 1 of them by decision…”; empty where none came late."""
        whole = self.late + self.left_out
        if not whole:
            return ""
        said = "1 submission came" if whole == 1 else f"{whole} submissions came"
        undecided = self.late - self.accepted
        parts = []
        if self.accepted:
            parts.append(f"{self.accepted} counted by a decision")
        if undecided:
            parts.append(f"{undecided} counted and still to be decided")
        if self.left_out:
            parts.append(f"{self.left_out} kept and not counted")
        return f"{said} late: {', '.join(parts)}."


def lateness(consultation: Consultation) -> Lateness:
    """The numbers for one consultation; one query. Drafts, tests, withdrawn and duplicate ones are none of them."""
    rows = Submission.objects.filter(consultation=consultation, timing=Submission.Timing.LATE, is_test=False)
    return Lateness(
        **rows.aggregate(
            late=Count("pk", filter=Q(state__in=Submission.COUNTED)),
            accepted=Count("pk", filter=Q(state__in=Submission.COUNTED, late_decision__outcome=Outcome.COUNTS)),
            left_out=Count("pk", filter=Q(state=Submission.State.REJECTED, late_decision__outcome=Outcome.LEFT_OUT)),
        )
    )
