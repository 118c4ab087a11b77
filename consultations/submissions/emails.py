"""What partners are told by mail."""

from __future__ import annotations

from consultations.submissions.answers import as_text
from consultations.submissions.models import Submission
from consultations.submissions.queries import Part
from engagement.accounts.models import User
from engagement.messaging import outbox


def receipt(submission: Submission, parts: list[Part], to: User) -> None:
    """The reference and a full copy of what was sent, to the person who sent it; once for each sending.

    That of a test is marked so, and belongs to no consultation: it stands in none of its lists of messages.
    """
    outbox.queue(
        "submissions/email/receipt",
        to=to.email,
        to_name=to.name,
        rule="submissions.receipt",
        occurrence=f"{submission.pk}:{submission.submitted_at:%Y%m%dT%H%M%S%f}",
        recipient=str(to.pk),
        context={
            "submission": submission,
            "consultation": submission.consultation,
            "answers": as_text(parts),
            "documents": [document.title for document in submission.evidence.order_by("pk")],
            "name": to.name,
        },
        about=submission,
        scope="" if submission.is_test else submission.consultation.reference,
    )
