"""The states of a summary: drafted, in review, approved by somebody else, published, superseded."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.summaries import queries, rules
from consultations.summaries.models import Summary
from engagement.audit import trail
from engagement.core.errors import Refused

State = Summary.State


def _locked(summary_id: int) -> Summary:
    return Summary.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=summary_id)


def _record(summary: Summary, verb: str, actor: Any, **facts: Any) -> None:
    trail.record(
        f"summary.{verb}",
        subject=summary,
        actor=actor,
        scope=summary.consultation.reference,
        version=summary.version,
        **facts,
    )


def _demand_sound(summary: Summary) -> None:
    found = queries.problems(summary)
    if found:
        first, more = found[0].sentence, len(found) - 1
        rest = (
            f" {more} more statement{'s' if more > 1 else ''} need{'' if more > 1 else 's'} attention." if more else ""
        )
        raise Refused(f"{first}{rest}")


@transaction.atomic
def send_to_review(summary_id: int, *, actor: Any) -> Summary:
    """Ask somebody else to approve it. Refused while a statement is uncited, stale or may not be quoted."""
    summary = _locked(summary_id)
    if not summary.findings.exists():
        raise Refused("The summary is empty. Add a statement first.")
    _demand_sound(summary)
    summary.move_to(State.IN_REVIEW)
    summary.save(update_fields=["state", "updated_at"])
    _record(summary, "sent_to_review", actor)
    return summary


@transaction.atomic
def send_back(summary_id: int, *, actor: Any, reason: str) -> Summary:
    """Back to its author, with what should change."""
    if not reason.strip():
        raise Refused("Say what should change.", field="reason")
    summary = _locked(summary_id)
    if summary.state not in {State.IN_REVIEW, State.APPROVED}:
        raise Refused("This summary is not in review, so there is nobody to send it back to.")
    summary.move_to(State.DRAFT)
    summary.review_note = reason.strip()
    summary.approved_by = summary.approved_at = None
    summary.save(update_fields=["state", "review_note", "approved_by", "approved_at", "updated_at"])
    _record(summary, "sent_back", actor)
    return summary


@transaction.atomic
def approve(summary_id: int, *, actor: Any) -> Summary:
    """Approve it. Refused to its author, and while a statement is uncited, stale or may not be quoted."""
    summary = _locked(summary_id)
    if rules.is_author(actor, summary):
        raise Refused("You wrote this summary, so somebody else has to approve it.")
    if not rules.can_approve(actor, summary):
        raise Refused("Only an administrator can approve a summary.")
    _demand_sound(summary)
    summary.move_to(State.APPROVED)
    summary.approved_by, summary.approved_at, summary.review_note = actor, timezone.now(), ""
    summary.save(update_fields=["state", "approved_by", "approved_at", "review_note", "updated_at"])
    _record(summary, "approved", actor)
    return summary


@transaction.atomic
def publish(summary_id: int, *, actor: Any) -> Summary:
    """Show it to everybody; the one published before is superseded. Refused when it went stale since its approval."""
    summary = _locked(summary_id)
    if not rules.can_publish(actor, summary):
        raise Refused("Only an administrator can publish a summary.")
    _demand_sound(summary)
    before = Summary.objects.select_for_update(of=("self",)).filter(
        consultation=summary.consultation, state=State.PUBLISHED
    )
    for old in before:
        old.move_to(State.SUPERSEDED)
        old.save(update_fields=["state", "updated_at"])
    summary.move_to(State.PUBLISHED)
    summary.published_at = timezone.now()
    summary.save(update_fields=["state", "published_at", "updated_at"])
    _record(summary, "published", actor)
    return summary
