"""Every change of a consultation's state. Each takes an id, reads the row under its own lock, and records the move."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from consultations.programme.models import Consultation, StateChange
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.templatetags.ui import moment

State = Consultation.State


def missing(consultation: Consultation, state: str) -> list[str]:
    """What the consultation still lacks before it can become `state`, in sentences that say what to do."""
    lacks = []
    if state == State.SCHEDULED:
        if not consultation.purpose.strip():
            lacks.append("Say in two sentences what you ask about and why an answer matters.")
        if not consultation.decision_owner.strip():
            lacks.append("Say who decides on the strength of the answers.")
        if consultation.closes_at is None:
            lacks.append("Set the closing date.")
        elif consultation.closes_at <= timezone.now():
            lacks.append("Set a closing date that is still to come.")
        if not consultation.privacy_notice.strip():
            lacks.append("Write the privacy notice.")
    for name in settings.READINESS_CHECKS.get(str(state), []):
        lacks += import_string(name)(consultation)
    return lacks


def _locked(consultation_id: int) -> Consultation:
    return Consultation.objects.select_for_update(of=("self",)).get(pk=consultation_id)


def _demand_reason(reason: str) -> str:
    if not reason.strip():
        raise Refused("Give the reason: it stands on the public timeline.", field="reason")
    return reason.strip()


def _demand_complete(consultation: Consultation, state: str) -> None:
    if lacks := missing(consultation, state):
        raise Refused("Something is still missing. " + " ".join(lacks))


def _record(
    consultation: Consultation,
    verb: str,
    what: str,
    *,
    actor: Any,
    reason: str = "",
    is_public: bool = True,
    span: tuple[datetime | None, datetime | None] = (None, None),
    **facts: Any,
) -> None:
    StateChange.objects.create(
        consultation=consultation,
        what=what,
        reason=reason,
        actor=actor,
        is_public=is_public,
        closes_before=span[0],
        closes_after=span[1],
    )
    trail.record(
        f"consultation.{verb}",
        subject=consultation,
        actor=actor,
        scope=consultation.reference,
        **({"reason": reason} if reason else {}),
        **facts,
    )


@transaction.atomic
def submit_for_review(consultation_id: int, *, actor: Any) -> Consultation:
    """Ask a second person to look at it."""
    consultation = _locked(consultation_id)
    consultation.move_to(State.IN_REVIEW)
    consultation.submitted_for_review_by, consultation.reviewed_by = actor, None
    consultation.save(update_fields=["state", "submitted_for_review_by", "reviewed_by", "updated_at"])
    _record(consultation, "submitted_for_review", State.IN_REVIEW, actor=actor, is_public=False)
    return consultation


@transaction.atomic
def return_to_draft(consultation_id: int, *, actor: Any, reason: str) -> Consultation:
    """Give it back to be changed; what was scheduled disappears from the public pages until it is scheduled again."""
    consultation = _locked(consultation_id)
    if not reason.strip():
        raise Refused("Say what has to change, so that the author can do it.", field="reason")
    consultation.move_to(State.DRAFT)
    consultation.submitted_for_review_by = consultation.reviewed_by = None
    consultation.save(update_fields=["state", "submitted_for_review_by", "reviewed_by", "updated_at"])
    _record(consultation, "returned", State.DRAFT, actor=actor, reason=reason.strip(), is_public=False)
    return consultation


@transaction.atomic
def schedule(consultation_id: int, *, actor: Any) -> Consultation:
    """Approve and announce it. Raises Refused for its own author, and while something is missing.

    Without an opening time it opens at once, that is with the next sweep of the clock.
    """
    consultation = _locked(consultation_id)
    if consultation.submitted_for_review_by_id == actor.pk:
        raise Refused("You sent this for review, so somebody else has to approve it.")
    consultation.move_to(State.SCHEDULED)
    _demand_complete(consultation, State.SCHEDULED)
    consultation.reviewed_by = actor
    if consultation.opens_at is None:
        consultation.opens_at = timezone.now()
    consultation.save(update_fields=["state", "reviewed_by", "opens_at", "updated_at"])
    _record(consultation, "scheduled", State.SCHEDULED, actor=actor, opens_at=consultation.opens_at.isoformat())
    return consultation


@transaction.atomic
def open_now(consultation_id: int, *, actor: Any) -> Consultation:
    """Open before the announced time."""
    consultation = _locked(consultation_id)
    _demand_complete(consultation, State.SCHEDULED)
    _open(consultation, timezone.now(), actor)
    return consultation


def on_opening(consultation: Consultation) -> list[str]:
    """What else happens when it opens, in sentences for those who open or announce it."""
    return [sentence for name in settings.OPENING_WORDS for sentence in import_string(name)(consultation)]


def _open(consultation: Consultation, at: datetime, actor: Any) -> None:
    if consultation.state != State.SCHEDULED:
        raise Refused("Only a scheduled consultation can be opened.")
    consultation.move_to(State.OPEN)
    consultation.opens_at = at
    consultation.save(update_fields=["state", "opens_at", "updated_at"])
    _record(consultation, "opened", State.OPEN, actor=actor)
    for name in settings.OPENING_ACTS:
        import_string(name)(consultation, actor)


@transaction.atomic
def pause(consultation_id: int, *, actor: Any, reason: str) -> Consultation:
    """Take no answers for a while; the reason is public."""
    consultation = _locked(consultation_id)
    reason = _demand_reason(reason)
    consultation.move_to(State.PAUSED)
    consultation.save(update_fields=["state", "updated_at"])
    _record(consultation, "paused", State.PAUSED, actor=actor, reason=reason)
    return consultation


@transaction.atomic
def resume(consultation_id: int, *, actor: Any) -> Consultation:
    """Take answers again after a pause."""
    consultation = _locked(consultation_id)
    if consultation.state != State.PAUSED:
        raise Refused("Only a paused consultation can be resumed.")
    if consultation.closes_at is not None and consultation.closes_at <= timezone.now():
        raise Refused("Its closing time has passed meanwhile. Extend it instead.")
    consultation.move_to(State.OPEN)
    consultation.save(update_fields=["state", "updated_at"])
    _record(consultation, "resumed", "resumed", actor=actor)
    return consultation


@transaction.atomic
def extend(consultation_id: int, *, actor: Any, closes_at: datetime, reason: str) -> Consultation:
    """Move the closing time to a later one; what is closed opens again.

    The time that was first announced is kept, the reason is public, and the schedule revision goes up so that
    every reminder is planned anew.
    """
    consultation = _locked(consultation_id)
    if consultation.state not in {State.SCHEDULED, State.OPEN, State.PAUSED, State.CLOSED}:
        raise Refused(f"A consultation that is “{consultation.get_state_display()}” cannot be extended.")
    reason = _demand_reason(reason)
    before = consultation.closes_at
    if closes_at <= timezone.now():
        raise Refused("The new closing time has to be still to come.", field="closes_on")
    if before is not None and closes_at <= before:
        raise Refused(f"The new closing time has to be later than {moment(before)}.", field="closes_on")
    if consultation.state == State.CLOSED:
        consultation.move_to(State.OPEN)
        consultation.closed_at = None
    consultation.original_closes_at = consultation.original_closes_at or before
    consultation.closes_at = closes_at
    consultation.schedule_revision += 1
    consultation.save(
        update_fields=["state", "closed_at", "original_closes_at", "closes_at", "schedule_revision", "updated_at"]
    )
    _record(
        consultation,
        "extended",
        "extended",
        actor=actor,
        reason=reason,
        span=(before, closes_at),
        closes_at=[before.isoformat() if before else None, closes_at.isoformat()],
    )
    for name in settings.CLOSE_ACTS:
        import_string(name)(consultation)
    return consultation


@transaction.atomic
def close_now(consultation_id: int, *, actor: Any, reason: str) -> Consultation:
    """Close before the announced time; the reason is public, and no reminder goes out any more."""
    consultation = _locked(consultation_id)
    reason = _demand_reason(reason)
    now = timezone.now()
    before = consultation.closes_at
    consultation.move_to(State.CLOSED)
    if before is None or before > now:
        consultation.original_closes_at = consultation.original_closes_at or before
        consultation.closes_at = now
        consultation.schedule_revision += 1
    consultation.closed_at = now
    consultation.save(
        update_fields=["state", "original_closes_at", "closes_at", "schedule_revision", "closed_at", "updated_at"]
    )
    _record(consultation, "closed", State.CLOSED, actor=actor, reason=reason)
    return consultation


@transaction.atomic
def start_analysis(consultation_id: int, *, actor: Any) -> Consultation:
    consultation = _locked(consultation_id)
    consultation.move_to(State.ANALYSING)
    consultation.save(update_fields=["state", "updated_at"])
    _record(consultation, "taken_into_analysis", State.ANALYSING, actor=actor)
    return consultation


@transaction.atomic
def report(consultation_id: int, *, actor: Any) -> Consultation:
    """Say in public that the result is there; refused without an approved summary."""
    consultation = _locked(consultation_id)
    consultation.move_to(State.REPORTED)
    _demand_complete(consultation, State.REPORTED)
    consultation.reported_at = timezone.now()
    consultation.save(update_fields=["state", "reported_at", "updated_at"])
    _record(consultation, "reported", State.REPORTED, actor=actor)
    return consultation


@transaction.atomic
def archive(consultation_id: int, *, actor: Any) -> Consultation:
    """Take it off the public pages; from now on the time runs out for which its answers are kept."""
    consultation = _locked(consultation_id)
    consultation.move_to(State.ARCHIVED)
    consultation.archived_at = timezone.now()
    consultation.save(update_fields=["state", "archived_at", "updated_at"])
    _record(consultation, "archived", State.ARCHIVED, actor=actor, is_public=False)
    return consultation


@transaction.atomic
def propose(consultation_id: int, *, actor: Any, proposal: str) -> Consultation:
    """Staff ask an administrator to publish, extend or close; stands on the timeline that staff see."""
    consultation = _locked(consultation_id)
    if not proposal.strip():
        raise Refused("Say what you propose and why.", field="reason")
    _record(consultation, "proposal_made", "proposed", actor=actor, reason=proposal.strip(), is_public=False)
    return consultation


def keep_time(now: datetime | None = None) -> tuple[int, int]:
    """Open and close what is due by the clock; returns how many of each. Late, early or twice: the same result.

    Opening comes first, so that what was due for both while the site was down goes through both.
    """
    now = now or timezone.now()
    due = Consultation.objects.filter(state=State.SCHEDULED, opens_at__lte=now).order_by("opens_at", "pk")
    opened = sum(_open_by_clock(pk, now) for pk in list(due.values_list("pk", flat=True)))
    over = Consultation.objects.filter(state__in=[State.OPEN, State.PAUSED], closes_at__lte=now)
    closed = sum(_close_by_clock(pk, now) for pk in list(over.order_by("closes_at", "pk").values_list("pk", flat=True)))
    return opened, closed


@transaction.atomic
def _open_by_clock(consultation_id: int, now: datetime) -> bool:
    consultation = _locked(consultation_id)
    if consultation.state != State.SCHEDULED or consultation.opens_at is None or consultation.opens_at > now:
        return False
    _open(consultation, consultation.opens_at, None)
    return True


@transaction.atomic
def _close_by_clock(consultation_id: int, now: datetime) -> bool:
    consultation = _locked(consultation_id)
    if not consultation.may_move_to(State.CLOSED) or consultation.closes_at is None or consultation.closes_at > now:
        return False
    consultation.move_to(State.CLOSED)
    # The moment that was promised, whenever the sweep came by.
    consultation.closed_at = consultation.closes_at
    consultation.save(update_fields=["state", "closed_at", "updated_at"])
    _record(consultation, "closed", State.CLOSED, actor=None)
    return True
