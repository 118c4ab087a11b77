"""How many responses came late, and what was decided about them, and how many are provisional: reported beside every
figure."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from consultations.programme.models import Consultation
from consultations.submissions.models import LateDecision, Submission

Outcome, Timing = LateDecision.Outcome, Submission.Timing


@dataclass(frozen=True)
class Lateness:
    """Numbers of submissions: late ones that are in the figures (`accepted` of them by a decision), and late ones that
    are not. `provisional` ones came on time, subject to an approval that has not come yet, and are in the figures."""

    late: int
    accepted: int
    left_out: int
    provisional: int

    @property
    def words(self) -> str:
        """“4 submissions came late: all counted, 1 of them by decision…”, and how many are provisional; empty where
        there are none of either."""
        return " ".join(sentence for sentence in (self.late_words, self.provisional_words) if sentence)

    @property
    def provisional_words(self) -> str:
        """One sentence about those that wait for an approval; empty where none does."""
        if not self.provisional:
            return ""
        said = "1 submission is" if self.provisional == 1 else f"{self.provisional} submissions are"
        return f"{said} provisional: counted, and subject to an approval that has not come yet."

    @property
    def late_words(self) -> str:
        """One sentence about those that came late; empty where none did."""
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
    rows = Submission.objects.filter(
        consultation=consultation, timing__in=[Timing.LATE, Timing.PROVISIONAL], is_test=False
    )
    counted = Q(state__in=Submission.COUNTED)
    return Lateness(
        **rows.aggregate(
            late=Count("pk", filter=counted & Q(timing=Timing.LATE)),
            provisional=Count("pk", filter=counted & Q(timing=Timing.PROVISIONAL)),
            accepted=Count("pk", filter=Q(state__in=Submission.COUNTED, late_decision__outcome=Outcome.COUNTS)),
            left_out=Count("pk", filter=Q(state=Submission.State.REJECTED, late_decision__outcome=Outcome.LEFT_OUT)),
        )
    )
