"""What partners are told by mail."""

from __future__ import annotations

from django.utils.translation import get_language

from consultations.submissions.answers import as_text
from consultations.submissions.models import Submission
from consultations.submissions.queries import Part
from engagement.accounts.models import User
from engagement.messaging import outbox
from engagement.messaging.models import address_hash

# The messages that carry a return link; see `forgetting`.
LINK_RULE = "submissions.return_link"


def receipt(submission: Submission, parts: list[Part], sender: User | None) -> None:
    """The reference and a full copy of what was sent, to the person who sent it; once for each sending.

    Somebody without an account gets it where they gave an address. That of a test is marked so, and belongs to no
    consultation: it stands in none of its lists of messages.
    """
    by_link = submission.respondent_email if submission.link_key else ""
    to = sender.email if sender else by_link
    if not to:
        return
    name = sender.name if sender else submission.respondent_name
    outbox.queue(
        "submissions/email/receipt",
        to=to,
        to_name=name,
        rule="submissions.receipt",
        occurrence=f"{submission.pk}:{submission.submitted_at:%Y%m%dT%H%M%S%f}",
        recipient=str(sender.pk) if sender else "by link",
        context={
            "submission": submission,
            "consultation": submission.consultation,
            "answers": as_text(parts),
            "documents": [document.title for document in submission.evidence.order_by("pk")],
            "name": name,
        },
        # It goes to whoever is sending, so in the language that they are reading.
        language=get_language() or "",
        about=submission,
        scope="" if submission.is_test else submission.consultation.reference,
    )


def return_link(submission: Submission, url: str, to: str) -> None:
    """The private return link, once to each address; its text is taken out of the row when it has left."""
    outbox.queue(
        "submissions/email/return_link",
        to=to,
        to_name=submission.respondent_name,
        rule=LINK_RULE,
        occurrence=str(submission.pk),
        recipient=address_hash(to),
        context={"consultation": submission.consultation, "link": url, "name": submission.respondent_name},
        about=submission,
        scope=submission.consultation.reference,
    )
