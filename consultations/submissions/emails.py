"""What partners are told by mail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from consultations.submissions import rules
from consultations.submissions.answers import as_text
from consultations.submissions.models import Approval, Submission
from consultations.submissions.queries import Part
from engagement.accounts.models import User
from engagement.core.templatetags.ui import day
from engagement.messaging import outbox
from engagement.messaging.models import address_hash
from engagement.stakeholders.models import Contact, Membership

# The messages that carry a return link; see `forgetting`.
LINK_RULE = "submissions.return_link"


def receipt(submission: Submission, parts: list[Part], sender: User | None, *, awaited: str = "") -> None:
    """The reference and a full copy of what was sent, to the person who sent it; once for each sending. `awaited` says
    whose approval it was sent subject to.

    Somebody without an account gets it where they gave an address. That of a test is marked so, and belongs to no
    consultation: it stands in none of its lists of messages.
    """
    by_link = submission.respondent_email if submission.link_key else ""
    to = sender.email if sender else by_link
    if not to:
        return
    name = sender.name if sender else submission.respondent_name
    is_past = rules.is_past_close(submission.consultation, submission.submitted_at)
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
            "awaited": awaited,
            # Who was given more time than others can change it until then.
            "closes_at": rules.closes_at(submission) if is_past else submission.consultation.closes_at,
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


# --- colleagues -----------------------------------------------------------------------------------------


def colleague_invited(submission: Submission, membership: Membership, actor: User) -> None:
    """To somebody whom the lead asked to write along, read along or approve; once for each time they are added."""
    contact = membership.contact
    _to_colleague(
        "colleague",
        submission,
        contact,
        occurrence=f"{submission.pk}:{membership.pk}:{membership.updated_at:%Y%m%dT%H%M%S%f}",
        about=membership,
        asked_by=str(actor),
        role=membership.role,
    )


def sections_assigned(submission: Submission, contact: Contact, titles: list[str], actor: User, mark: str) -> None:
    """To a colleague: the sections that were put in their hands by one saving, which `mark` tells from others."""
    _to_colleague(
        "assigned",
        submission,
        contact,
        occurrence=f"{submission.pk}:{mark}",
        about=submission,
        asked_by=str(actor),
        titles=titles,
    )


def approval_asked(approval: Approval) -> None:
    """To the person who is asked; a body is told by its own people."""
    if approval.approver is None:
        return
    _to_colleague(
        "approval_asked",
        approval.submission,
        approval.approver,
        occurrence=str(approval.pk),
        about=approval,
        asked_by=str(approval.requested_by),
        approval=approval,
    )


def approval_decided(approval: Approval) -> None:
    """To the person who asked, unless they entered the decision of a body themselves."""
    asked = approval.requested_by
    if approval.decided_by_id == asked.pk:
        return
    outbox.queue(
        "submissions/email/approval_decided",
        to=asked.email,
        to_name=asked.name,
        rule="submissions.approval_decided",
        occurrence=str(approval.pk),
        recipient=str(asked.pk),
        context={**_shared(approval.submission), "approval": approval, "name": asked.name},
        language=asked.language,
        about=approval,
        scope=approval.submission.consultation.reference,
    )


def _to_colleague(
    name: str, submission: Submission, contact: Contact, *, occurrence: str, about: Any, **told: Any
) -> None:
    outbox.queue(
        f"submissions/email/{name}",
        to=contact.email,
        to_name=contact.name,
        rule=f"submissions.{name}",
        occurrence=occurrence,
        recipient=str(contact.pk),
        context={**_shared(submission), "name": contact.name, **told},
        language=contact.user.language if contact.user else "",
        about=about,
        scope=submission.consultation.reference,
        check="submissions.colleague",
    )


def _shared(submission: Submission) -> dict[str, Any]:
    return {
        "submission": submission,
        "consultation": submission.consultation,
        "organisation": submission.organisation,
        "closes": day(submission.consultation.closes_at),
    }


# --- other channels -------------------------------------------------------------------------------------


def acknowledgement(submission: Submission) -> None:
    """To the sender of a letter, an e-mail or a call: that it arrived, and its reference; once."""
    outbox.queue(
        "submissions/email/acknowledgement",
        to=submission.respondent_email,
        to_name=submission.respondent_name,
        rule="submissions.acknowledgement",
        occurrence=str(submission.pk),
        recipient=address_hash(submission.respondent_email),
        context={
            "submission": submission,
            "consultation": submission.consultation,
            "name": submission.respondent_name,
            "arrived": day(submission.received_on),
        },
        about=submission,
        scope=submission.consultation.reference,
    )
