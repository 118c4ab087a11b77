"""The row that every change of state holds, and who is told when it comes into figures or leaves them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from consultations.invitations import lifecycle as invitations
from consultations.submissions import tallies
from consultations.submissions.models import Submission
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.prepared import Given, Prepared

_LOCKED: Prepared[Submission] = Prepared(
    lambda: (
        Submission.objects.select_for_update(of=("self",))
        .select_related("consultation", "organisation__kind", "kind", "respondent")
        .filter(pk=Given("pk"))
    )
)


def locked(submission_id: int) -> Submission:
    found = _LOCKED.first(pk=submission_id)
    if found is None:
        raise Submission.DoesNotExist
    return found


def moved(submission: Submission) -> None:
    """Tell those who follow submissions that this one was sent, taken back or brought back."""
    for path in settings.SUBMISSION_ACTS:
        import_string(path)(submission)


def tell_invitations(tell: Any, submission: Submission, now: datetime) -> None:
    tell(submission.consultation, organisation=submission.organisation, user=submission.respondent, now=now)


def set_aside(
    submission: Submission,
    state: str,
    verb: str,
    *,
    actor: Any,
    reason: str,
    is_asked: bool = False,
    now: datetime | None = None,
) -> Submission:
    if submission.state == state:
        return submission
    if is_asked and not reason.strip():
        raise Refused(gettext("Write why. The reason is kept with the response."), field="reason")
    counted, before = submission.is_counted, submission.state
    submission.move_to(state)
    submission.set_aside_reason = reason.strip()
    submission.save(update_fields=["state", "set_aside_reason", "updated_at"])
    if counted:
        tallies.count(submission, by=-1)
        tell_invitations(invitations.mark_unanswered, submission, now or timezone.now())
    trail.record(verb, subject=submission, actor=actor, scope=submission.consultation.reference, before=before)
    moved(submission)
    return submission
