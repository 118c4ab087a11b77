"""Writes what the steps of a plan will send, up to a week ahead, so that staff see it coming.

Called every few seconds; twice, late, in any order or from two processes at once it makes the same rows. Whether
each is sent is decided at the moment of sending: whatever happened in between counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage
from engagement.plans.models import Step, Wording
from engagement.plans.steps import Kind, Person, Plan, Writer

# How far ahead rows are written.
HORIZON = timedelta(days=7)
# A pass looks at those who changed since the pass before it, and this much longer for slow transactions; once in an
# hour it looks at all of them.
OVERLAP, FULL_LOOK = timedelta(minutes=10), timedelta(hours=1)
BATCH = 500
MOVED = "The date or the words have changed; the plan was made anew."
CHANGED = "The step was changed; a new message takes its place."
STOPPED = "This step of the plan was stopped."
# Reasons of messages that nobody misses, because others took their place.
REPLACED = frozenset({MOVED, CHANGED, STOPPED})


def write_due(plan: Plan, steps: Iterable[Step], now: datetime | None = None) -> int:
    """Write what falls due within a week: one row per step, as it is, and person. Returns how many were new."""
    now = now or timezone.now()
    versions = _versions()
    written = 0
    for step in steps:
        kind, due = plan.kind(step), plan.due_at(step)
        present = planned_as(step, kind, due, versions)
        if step.planned_as and step.planned_as != present and not _begin_anew(step, kind):
            continue
        if due is not None and due - HORIZON <= now <= kind.last_moment(step, due):
            written += _write(step, kind, due, now, present)
    return written


def planned_as(step: Step, kind: Kind, due: datetime | None, versions: Iterable[tuple[str, str, str, int]]) -> str:
    """What the rows of a step depend on, as one text: when it changes they are made anew."""
    words = sorted(
        f"{'c' if scope else 's'}{language}{version}"
        for template, scope, language, version in versions
        if template == kind.template and scope in {"", step.scope}
    )
    moment = f"{due.astimezone(UTC):%Y%m%dT%H%M%S}" if due else "-"
    return ".".join([moment, str(step.thing_revision), *words])[:120]


def _versions(template: str = "") -> list[tuple[str, str, str, int]]:
    rows = Wording.objects.filter(is_current=True)
    if template:
        rows = rows.filter(template=template)
    return list(rows.order_by("pk").values_list("template", "scope", "language", "version"))


@transaction.atomic
def _begin_anew(step: Step, kind: Kind) -> bool:
    """A date or the words changed: what was written before is not sent. False when another process was first."""
    rows = type(step)._default_manager.filter(pk=step.pk, revision=step.revision)
    before = step.occurrence
    if not rows.update(revision=F("revision") + 1, planned_as="", planned_at=None, updated_at=timezone.now()):
        return False
    outbox.withdraw(kind.rule(step), before, reason=MOVED)
    step.revision += 1
    step.planned_as, step.planned_at = "", None
    return True


def _write(step: Step, kind: Kind, due: datetime, now: datetime, written_as: str) -> int:
    is_full = step.planned_at is None or now - step.planned_at > FULL_LOOK or step.planned_at > now
    since = None if is_full or step.planned_at is None else step.planned_at - OVERLAP
    present = _present(step, kind, due)
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
            planned_as=written_as, planned_at=now, updated_at=timezone.now()
        )
    return written


def _present(step: Step, kind: Kind, due: datetime) -> set[str]:
    """Who has a row of this step already, or was sent it before: at this very moment with other words, or before the
    date moved where it is not to be repeated."""
    rows = OutgoingMessage.objects.filter(rule=kind.rule(step))
    present = set(rows.filter(occurrence=step.occurrence).values_list("recipient", flat=True))
    states = OutgoingMessage.State
    had = rows.filter(occurrence__startswith=f"{step.pk}.", state__in=[states.SENT, states.SENDING, states.UNCERTAIN])
    if step.again_when_moved:
        had = had.filter(due_at=due)
    return present | set(had.values_list("recipient", flat=True))


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
    kind = plan.kind(step)
    if step.planned_as and step.planned_as != planned_as(step, kind, plan.due_at(step), _versions(kind.template)):
        return MOVED
    return kind.why_not(step, message)


def step_key(message: OutgoingMessage) -> str:
    """The key of the step that a message belongs to; “0” for one that belongs to none."""
    key = message.occurrence.partition(".")[0]
    return key if key.isdigit() else "0"
