"""What colleagues of an organisation share while they write, and the sign-offs that somebody has to be reminded of."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Q, QuerySet

from consultations.submissions.models import AnswerFile, Approval, Comment, SectionAssignment, Submission, Upload
from engagement.stakeholders.models import Membership
from engagement.stakeholders.queries import contact_of

# A section: (survey id, page code); (None, "") is the written statement.
Place = tuple[int | None, str]


def colleagues(submission: Submission) -> list[Membership]:
    """Today's people of the organisation, leads first, with the person at hand."""
    order = list(Membership.Role.values)
    rows = Membership.objects.current().filter(organisation=submission.organisation_id).select_related("contact__user")
    return sorted(rows, key=lambda one: (order.index(one.role), one.contact.name, one.pk))


def assignments(submission: Submission) -> dict[Place, SectionAssignment]:
    """Section -> in whose hands it is: one query."""
    rows = submission.assignments.select_related("contact").order_by("pk")
    return {(row.survey_id, row.page): row for row in rows}


def comments(submission: Submission) -> QuerySet[Comment]:
    """Oldest first, with their people."""
    return submission.comments.select_related("author", "resolved_by", "survey").order_by("pk")


def open_comments(submission: Submission) -> Counter[Place]:
    """Section -> how many comments on it are open: one query."""
    rows = submission.comments.filter(resolved_at=None).order_by()
    return Counter(rows.values_list("survey", "page"))


def file_of(submission: Submission, public_id: Any) -> Upload | None:
    """A document or a file of an answer of this submission; None for any other."""
    document = submission.evidence.filter(public_id=public_id).first()
    return document or AnswerFile.objects.filter(response__submission=submission, public_id=public_id).first()


# --- sign-off -------------------------------------------------------------------------------------------


def approvals_for(user: Any) -> QuerySet[Approval]:
    """Requests to this person by name, decided or not. Staff read no draft, so they are asked for none."""
    contact = None if user.is_staff_member else contact_of(user)
    if contact is None or not user.is_active:
        return Approval.objects.none()
    return (
        Approval.objects.filter(approver=contact)
        .exclude(state=Approval.State.TAKEN_BACK)
        .select_related("submission__consultation", "submission__organisation", "requested_by", "decided_by")
        .order_by("-pk")
    )


def awaiting_signoff() -> QuerySet[Approval]:
    """Requests that nobody has decided, of drafts and of what was sent provisionally; oldest first.

    For reminders: `approver` is the contact to be reminded, or None for a body, whose decision `requested_by` enters
    after `meets_on`.
    """
    standing = Q(submission__state__in=Submission.DRAFTS) | Q(
        submission__state__in=Submission.COUNTED, submission__timing=Submission.Timing.PROVISIONAL
    )
    return (
        Approval.objects.filter(standing, state=Approval.State.WAITING, submission__is_test=False)
        .select_related("submission__consultation", "submission__organisation", "approver__user", "requested_by")
        .order_by("pk")
    )


def provisional_unconfirmed() -> QuerySet[Submission]:
    """What was sent subject to an approval that has not come yet; those that were sent first come first."""
    return (
        Submission.objects.filter(state__in=Submission.COUNTED, timing=Submission.Timing.PROVISIONAL, is_test=False)
        .select_related("consultation", "organisation", "submitted_by")
        .order_by("submitted_at", "pk")
    )
