"""Changing the plan of reminders."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations.invitations import emails, reminders
from consultations.invitations.models import ReminderPlan
from consultations.programme.models import Consultation
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.templatetags.ui import moment
from engagement.messaging import outbox


@transaction.atomic
def make_plan(consultation: Consultation, *, actor: Any) -> None:
    """Make the usual steps now, without waiting for the clock."""
    reminders.ensure_default_plan(consultation)
    trail.record("reminder_plan.made", subject=consultation, actor=actor, scope=consultation.reference)


@transaction.atomic
def save_step(
    consultation: Consultation,
    step_id: int | None,
    *,
    days_before_close: int,
    local_time: time,
    audience: str,
    message: str,
    actor: Any,
) -> ReminderPlan:
    """Add a step to the plan (`step_id` None) or change one.

    What was written for the step as it was is taken back. Raises Refused for a step whose moment has passed, before
    or after the change, and for a second step of the same day and audience.
    """
    step = _locked_step(step_id) if step_id is not None else ReminderPlan(consultation=consultation)
    if step_id is not None:
        if step.stopped_at is None:
            _refuse_past(step, "This reminder has gone out already, so it cannot be changed. Add another step instead.")
        _take_back(step, "The reminder was changed; a new one takes its place.")
    twin = ReminderPlan.objects.filter(
        consultation=consultation, days_before_close=days_before_close, audience=audience
    ).exclude(pk=step.pk)
    if twin.exists():
        raise Refused("There is a reminder on this day for these people already.", field="days_before_close")
    step.days_before_close, step.local_time = days_before_close, local_time
    step.audience, step.message = audience, message.strip()
    _refuse_past(step, "This moment has passed already. Choose a later one.", field="days_before_close")
    step.revision += 1
    step.planned_at = step.planned_revision = None
    step.save()
    trail.record(
        "reminder.planned",
        subject=step,
        actor=actor,
        scope=consultation.reference,
        days_before_close=days_before_close,
        local_time=f"{local_time:%H:%M}",
        audience=audience,
    )
    return step


@transaction.atomic
def stop_step(step_id: int, *, actor: Any) -> ReminderPlan:
    """Stop a step: nothing of it goes out. Stopping it again changes nothing."""
    step = _locked_step(step_id)
    if step.stopped_at is None:
        _refuse_past(step, "This reminder has gone out already.")
        _take_back(step, "This step of the reminder plan was stopped.")
        _set_stopped(step, timezone.now())
        trail.record("reminder.stopped", subject=step, actor=actor, scope=step.consultation.reference)
    return step


@transaction.atomic
def restart_step(step_id: int, *, actor: Any) -> ReminderPlan:
    """Let a stopped step go out after all."""
    step = _locked_step(step_id)
    if step.stopped_at is not None:
        _refuse_past(step, "The moment of this reminder has passed. Change its day instead.")
        _set_stopped(step, None)
        trail.record("reminder.restarted", subject=step, actor=actor, scope=step.consultation.reference)
    return step


def _locked_step(step_id: int) -> ReminderPlan:
    rows = ReminderPlan.objects.select_for_update(of=("self",)).select_related("consultation")
    return rows.get(pk=step_id)


def _set_stopped(step: ReminderPlan, stopped_at: datetime | None) -> None:
    step.stopped_at = stopped_at
    step.revision += 1
    step.planned_at = step.planned_revision = None
    step.save(update_fields=["stopped_at", "revision", "planned_at", "planned_revision", "updated_at"])


def _take_back(step: ReminderPlan, reason: str) -> None:
    outbox.withdraw(emails.remind_rule(step.consultation_id), step.occurrence, reason=reason)


def _refuse_past(step: ReminderPlan, sentence: str, *, field: str | None = None) -> None:
    due = reminders.due_at(step)
    if due is None:
        raise Refused("Set the closing date of the consultation first; reminders are counted back from it.")
    if due <= timezone.now():
        raise Refused(f"{sentence} (It is the reminder of {moment(due)}.)", field=field)
