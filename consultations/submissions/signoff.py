"""Where the sign-off of a response stands, and whether what was approved is still what would be sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from consultations.submissions import rules
from consultations.submissions.models import Approval, ResponseRevision, StatementRevision, Submission
from consultations.submissions.queries import Part
from engagement.core.templatetags.ui import day


def fingerprint(submission: Submission, parts: Iterable[Part]) -> str:
    """SHA-256 of what would be sent: the answers on the path, the statement, the documents, what may be published.

    Sending leaves it as it is, so that what was approved before can be compared with what was sent.
    """
    told = {
        "answers": {part.survey.code: part.path.answers for part in parts if part.is_begun},
        "statement": submission.statement.strip(),
        "documents": sorted(submission.evidence.values_list("sha256", flat=True)),
        "publishing": [submission.confidentiality, submission.confidentiality_reason, submission.stricter],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Standing:
    """`waiting` is the request that nobody has decided yet; `last` the newest decision. `is_approved` says that the
    last decision was to approve and nothing changed since, `is_stale` that something did."""

    waiting: Approval | None = None
    last: Approval | None = None
    is_approved: bool = False
    is_stale: bool = False

    @property
    def words(self) -> str:
        """Whose approval it waits for: “Cabinet, which meets on 14 March 2027”; empty where it waits for none."""
        return awaited(self.waiting) if self.waiting else ""


def awaited(approval: Approval) -> str:
    """“Cabinet, 14 March 2027”, or the name of the person."""
    return f"{approval.body}, {day(approval.meets_on)}" if approval.body else approval.approver_name


def awaited_for(submission: Submission) -> str:
    """The same for what was sent provisionally and still waits; empty for everything else."""
    if submission.timing != Submission.Timing.PROVISIONAL:
        return ""
    found = submission.approvals.filter(state=Approval.State.WAITING).first()
    return awaited(found) if found else ""


def of(submission: Submission, parts: Iterable[Part]) -> Standing:
    """Where the sign-off stands; people, tests and what came on paper have none."""
    if not has_signoff(submission):
        return Standing()
    rows = list(submission.approvals.select_related("approver", "requested_by", "decided_by").order_by("-pk"))
    waiting = next((row for row in rows if row.state == Approval.State.WAITING), None)
    decided = (Approval.State.APPROVED, Approval.State.RETURNED)
    last = next((row for row in rows if row.state in decided), None)
    if last is None or last.state != Approval.State.APPROVED:
        return Standing(waiting, last)
    same = last.fingerprint == fingerprint(submission, parts)
    return Standing(waiting, last, is_approved=same, is_stale=not same)


def has_signoff(submission: Submission) -> bool:
    """Whether colleagues can be asked to approve it."""
    return submission.organisation_id is not None and not submission.is_test and not submission.is_intake


def wrote(submission: Submission, user: Any) -> bool:
    """Whether any of the text is this person's: then somebody else has to approve it."""
    rows = ResponseRevision.objects.filter(
        response__submission=submission, actor=user, kind__in=[*ResponseRevision.APPLIED, ResponseRevision.Kind.AMENDED]
    )
    if rows.exists():
        return True
    texts = StatementRevision.objects.filter(submission=submission, actor=user)
    return texts.exclude(is_applied=False, is_amendment=False).exists()


def why_not_send(submission: Submission, standing: Standing, *, provisional: bool, now: datetime) -> str:
    """Why the sign-off stands in the way of sending; empty when it does not."""
    if provisional:
        if standing.waiting is None:
            return gettext(
                "A provisional response says whose approval it waits for. Ask for the approval first, then send it "
                "provisionally."
            )
        if rules.is_late(submission, now):
            return gettext(
                "The consultation has closed, so nothing can be sent provisionally any more. Send the response when it "
                "is approved: it is kept and marked late."
            )
        return ""
    if standing.waiting is not None:
        return gettext(
            "This response waits for approval by %(whom)s. Send it when it is approved, send it provisionally before "
            "the consultation closes, or take the request back."
        ) % {"whom": standing.words}
    if not has_signoff(submission) or not submission.needs_approval or standing.is_approved:
        return ""
    if standing.is_stale:
        return gettext(
            "This response was approved and has been changed since, so the approval does not hold any more. Ask for it "
            "again."
        )
    return gettext("This response needs an approval before it can be sent. Ask for it first.")
