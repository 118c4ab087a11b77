"""Asked once more when a message to a colleague is about to leave: whether they are still to get it."""

from __future__ import annotations

from consultations.submissions.models import Approval, Submission
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Membership


def why_not(message: OutgoingMessage) -> str:
    """Why this message is no longer wanted, as a sentence for staff; empty while it is."""
    if message.about_kind == Approval._meta.label_lower:
        waits = Approval.objects.filter(pk=message.about_key, state=Approval.State.WAITING)
        return "" if waits.exists() else "The request was decided or taken back."
    held = Membership.objects.current().filter(contact_id=int(message.recipient))
    if message.about_kind == Membership._meta.label_lower:
        held = held.filter(pk=message.about_key)
    else:
        found = Submission.objects.filter(pk=message.about_key, state__in=Submission.DRAFTS)
        held = held.filter(organisation__in=found.values("organisation"))
    return "" if held.exists() else "The person has left, or there is nothing to write any more."
