"""Writes what the steps of a plan will send, up to a week ahead, so that staff see it coming.

Called every few seconds; twice, late, in any order or from two processes at once it makes the same rows. Whether
each is sent is decided at the moment of sending: whatever happened in between counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage
from engagement.plans.models import Step
from engagement.plans.steps import Kind, Person, Plan, Writer

# How far ahead rows are written.
HORIZON = timedelta(days=7)
# A pass looks at those who changed since the pass before it, and this much longer for slow transactions; once in an
# hour it looks at all of them.
OVERLAP, FULL_LOOK = timedelta(minutes=10), timedelta(hours=1)
BATCH = 500
MOVED = "The date has moved; the plan was made anew."
CHANGED = "The step was changed; a new message takes its place."
STOPPED = "This step of the plan was stopped."
# Reasons of messages that nobody misses, because others took their place.
REPLACED = frozenset({MOVED, CHANGED, STOPPED})


def write_due(plan: Plan, steps: Iterable[Step], now: datetime | None = None) -> int:
    """Write what falls due within a week: one row per step, as it is, and person. Returns how many were new."""
    now = now or timezone.now()
    written = 0
    for step in steps:
        kind, due = plan.kind(step), plan.due_at(step)
        if step.planned_for is not None and step.planned_for != due and not _begin_anew(step, kind):
            continue
        if due is not None and due - HORIZON <= now <= kind.last_moment(step, due):
            written += _write(step, kind, due, now)
    return written


@transaction.atomic
def _begin_anew(step: Step, kind: Kind) -> bool:
    """The date moved: what was written for the earlier one is not sent. False when another process was first."""
    rows = type(step)._default_manager.filter(pk=step.pk, revision=step.revision)
    before = step.occurrence
    if not rows.update(revision=F("revision") + 1, planned_for=None, planned_at=None, updated_at=timezone.now()):
        return False
    outbox.withdraw(kind.rule(step), before, reason=MOVED)
    step.revision += 1
    step.planned_for = step.planned_at = None
    return True


def _write(step: Step, kind: Kind, due: datetime, now: datetime) -> int:
    is_full = step.planned_at is None or now - step.planned_at > FULL_LOOK or step.planned_at > now
    since = None if is_full or step.planned_at is None else step.planned_at - OVERLAP
    present = _present(step, kind)
    writer = Writer(kind, step, due)
    written = 0
    for some in _batches(_new(kind.people(step, due, changed_since=since), present)):
        with transaction.atomic():
            # Whoever changes or stops the step waits for these rows or was before them.
            rows = type(step)._default_manager.select_for_update(of=("self",))
            if not rows.filter(pk=step.pk, revision=step.revision, stopped_at=None).exists():
                return written
            outbox.queue_all(writer.drafts(some))
        written += len(some)
    if is_full:
        type(step)._default_manager.filter(pk=step.pk, revision=step.revision).update(
            planned_for=due, planned_at=now, updated_at=timezone.now()
        )
    return written


def _present(step: Step, kind: Kind) -> set[str]:
    """Who has a row of this step already, or had it before the date moved and is not to have it again."""
    rows = OutgoingMessage.objects.filter(rule=kind.rule(step))
    present = set(rows.filter(occurrence=step.occurrence).values_list("recipient", flat=True))
    if not step.again_when_moved:
        states = OutgoingMessage.State
        had = rows.filter(
            occurrence__startswith=f"{step.pk}.", state__in=[states.SENT, states.SENDING, states.UNCERTAIN]
        )
        present |= set(had.values_list("recipient", flat=True))
    return present


def _new(people: Iterable[Person], present: set[str]) -> Iterator[Person]:
    """Those without a row; one who fits twice, invited for two organisations, gets one message."""
    for person in people:
        if person.key not in present:
            present.add(person.key)
            yield person


def _batches(people: Iterator[Person]) -> Iterator[list[Person]]:
    while some := list(islice(people, BATCH)):
        yield some


def why_not(plan: Plan, step: Step | None, message: OutgoingMessage) -> str:
    """Why a message of a step is no longer wanted, as a sentence for staff; empty while it is."""
    if step is None or step.stopped_at is not None:
        return STOPPED
    if step.occurrence != message.occurrence:
        return "The plan or its date has changed since; a new message takes the place of this one."
    if step.planned_for is not None and plan.due_at(step) != step.planned_for:
        return MOVED
    return plan.kind(step).why_not(step, message)


def step_key(message: OutgoingMessage) -> str:
    """The key of the step that a message belongs to; “0” for one that belongs to none."""
    key = message.occurrence.partition(".")[0]
    return key if key.isdigit() else "0"
