"""What staff change about a plan: its steps, whether they go out, and a test to themselves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import time
from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.templatetags.ui import moment
from engagement.messaging import outbox
from engagement.plans import planner
from engagement.plans.models import Step, Wording
from engagement.plans.steps import Person, Plan, Writer


@transaction.atomic
def save_step(
    plan: Plan,
    step: Step,
    *,
    kind: str,
    anchor: str,
    days: int,
    local_time: time,
    message: str,
    again_when_moved: bool,
    actor: Any,
) -> Step:
    """Add a step (one without a key, for its consultation or event) or change one.

    What was written for the step as it was is taken back. Raises Refused for a step whose moment has passed, before
    or after the change, and for a second step of the same kind on the same day.
    """
    if step.pk is not None:
        step = _locked(step)
        if step.stopped_at is None:
            _refuse_past(plan, step, "This message has gone out already, so it cannot be changed. Add another step.")
        _take_back(plan, step, planner.CHANGED)
    step.kind, step.anchor, step.days, step.local_time = kind, anchor, days, local_time
    step.message, step.again_when_moved = message.strip(), again_when_moved
    if type(step)._default_manager.filter(**step.same_day()).exclude(pk=step.pk).exists():
        raise Refused("There is a message of this kind on this day already.", field="days")
    _refuse_past(plan, step, "This moment has passed already. Choose a later one.", field="days")
    _set(step, step.stopped_at)
    trail.record(
        "reminder.planned",
        subject=step,
        actor=actor,
        scope=step.scope,
        message_kind=plan.kind(step).label,
        planned=plan.words(step),
    )
    return step


@transaction.atomic
def make_plan(thing: Any, add: Callable[[Any], int], *, scope: str, actor: Any) -> int:
    """Add what a usual plan holds and the plan of this thing lacks; returns how many steps that were."""
    thing = type(thing)._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
    if added := add(thing):
        trail.record("reminder_plan.made", subject=thing, actor=actor, scope=scope, number=added)
    return added


@transaction.atomic
def stop_step(plan: Plan, step: Step, *, actor: Any) -> Step:
    """Stop a step: nothing of it goes out. Stopping it again changes nothing."""
    step = _locked(step)
    if step.stopped_at is None:
        _refuse_past(plan, step, "This message has gone out already.")
        _stop(plan, step)
        trail.record("reminder.stopped", subject=step, actor=actor, scope=step.scope, planned=plan.words(step))
    return step


@transaction.atomic
def restart_step(plan: Plan, step: Step, *, actor: Any) -> Step:
    """Let a stopped step go out after all."""
    step = _locked(step)
    if step.stopped_at is not None:
        _refuse_past(plan, step, "The moment of this message has passed. Change its day instead.")
        _set(step, None)
        trail.record("reminder.restarted", subject=step, actor=actor, scope=step.scope, planned=plan.words(step))
    return step


@transaction.atomic
def stop_all(plan: Plan, steps: list[Step], *, actor: Any) -> int:
    """Stop every step that is still ahead; returns how many. Each can be let out again."""
    now, stopped = timezone.now(), []
    for known in steps:
        step = _locked(known)
        due = plan.due_at(step)
        if step.stopped_at is None and (due is None or now <= plan.kind(step).last_moment(step, due)):
            _stop(plan, step)
            stopped.append(step)
    if stopped:
        trail.record(
            "reminder_plan.stopped", subject=stopped[0].thing, actor=actor, scope=stopped[0].scope, number=len(stopped)
        )
    return len(stopped)


def send_test(plan: Plan, step: Step, person: Person, *, actor: Any) -> None:
    """Send the text that this person would get to the member of staff who asks, with links that do nothing."""
    due = plan.due_at(step)
    if due is None:
        raise Refused("The date of this step is not known yet, so there is nothing to show.")
    message = Writer(plan.kind(step), step, due).test(person, actor, str(uuid.uuid4()))
    message.due_at = timezone.now()
    outbox.queue_all([message])


@transaction.atomic
def save_words(template: str, scope: str, language: str, subject: str, body: str, *, actor: Any) -> Wording:
    """Put own words in place as the next version; empty ones bring the usual words back.

    What was written with other words and has not left is made anew by the planner.
    """
    rows = Wording.objects.select_for_update().filter(template=template, scope=scope, language=language)
    last = rows.order_by("-version").first()
    if last is not None and (last.subject, last.body) == (subject, body):
        return last
    rows.filter(is_current=True).update(is_current=False, updated_at=timezone.now())
    wording = Wording.objects.create(
        template=template,
        scope=scope,
        language=language,
        version=last.version + 1 if last else 1,
        subject=subject,
        body=body,
        author=actor,
    )
    if body:
        trail.record("wording.saved", subject=wording, actor=actor, scope=scope, version=wording.version)
    else:
        trail.record("wording.reset", subject=wording, actor=actor, scope=scope, version=wording.version)
    return wording


def _locked(step: Step) -> Any:
    """The row under its lock, with its consultation or event at hand."""
    known = type(step)._default_manager.select_for_update(of=("self",)).select_related(step.THING)
    return known.get(pk=step.pk)


def _stop(plan: Plan, step: Step) -> None:
    _take_back(plan, step, planner.STOPPED)
    _set(step, timezone.now())


def _set(step: Step, stopped_at: Any) -> None:
    step.stopped_at = stopped_at
    step.revision += 1
    step.planned_as, step.planned_at = "", None
    step.save()


def _take_back(plan: Plan, step: Step, reason: str) -> None:
    outbox.withdraw(plan.kind(step).rule(step), step.occurrence, reason=reason)


def _refuse_past(plan: Plan, step: Step, sentence: str, *, field: str | None = None) -> None:
    """A step without a date yet, such as the results, has not passed."""
    due = plan.due_at(step)
    if due is not None and due <= timezone.now():
        raise Refused(f"{sentence} (It is the message of {moment(due)}.)", field=field)
