"""The plan of a consultation: what can be said, from which dates, and what a plan holds that nobody made."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from consultations.notices.kinds import followers, invited, owners, respondents
from consultations.notices.models import PlannedStep
from consultations.programme.models import Consultation
from engagement.messaging.models import OutgoingMessage
from engagement.plans import planner
from engagement.plans.steps import Anchor, Plan

DEFAULT_TIME = time(9)
# So many days lie between two of the usual reminders at least.
DAYS_BETWEEN = 4
# In these the clock plans for a consultation. What is archived says nothing more.
PLANNED_STATES = (
    Consultation.State.SCHEDULED,
    Consultation.State.OPEN,
    Consultation.State.PAUSED,
    Consultation.State.CLOSED,
    Consultation.State.ANALYSING,
    Consultation.State.REPORTED,
)
PLAN = Plan(
    kinds={kind.code: kind for kinds in (invited, respondents, followers, owners) for kind in kinds.KINDS},
    anchors={
        anchor.code: anchor
        for anchor in (
            Anchor("opens", "the opening", is_beginning=True),
            Anchor("midway", "the middle of the time"),
            Anchor("closes", "the close"),
            Anchor("reported", "the results", is_beginning=True),
        )
    },
)


def usual_steps(consultation: Consultation) -> list[PlannedStep]:
    """The steps of a plan that nobody made; reminders of the close on the days of settings.REMINDER_DAYS."""
    dates = [("closing", "closes", -days) for days in sorted(set(settings.REMINDER_DAYS), reverse=True)]
    dates += [(kind.code, anchor, days) for kind in PLAN.kinds.values() for anchor, days in kind.usual]
    made = [
        PlannedStep(
            consultation=consultation,
            kind=kind,
            anchor=anchor,
            days=days,
            local_time=DEFAULT_TIME,
            again_when_moved=PLAN.kinds[kind].again_when_moved,
        )
        for kind, anchor, days in dates
    ]
    return [step for step in made if step.kind != "midway" or not _is_near_a_reminder(step)]


def _is_near_a_reminder(midway: PlannedStep) -> bool:
    """Whether the middle of the time is about the day of another reminder, so that one of the two says enough."""
    middle, closes_at = midway.anchor_moment(), midway.consultation.closes_at
    if middle is None or closes_at is None:
        return False
    left = (timezone.localdate(closes_at) - timezone.localdate(middle)).days
    return any(abs(left - days) < DAYS_BETWEEN for days in settings.REMINDER_DAYS)


def steps_of(consultation: Consultation) -> list[PlannedStep]:
    """The whole plan in order of time; steps whose date is not known yet at the end."""
    found = []
    for step in PlannedStep.objects.filter(consultation=consultation):
        step.consultation = consultation
        found.append(step)
    return sorted(found, key=_by_time)


def _by_time(step: PlannedStep) -> tuple[bool, datetime, int]:
    due = PLAN.due_at(step)
    return due is None, due or timezone.now(), step.pk


def ensure_default_plan(consultation: Consultation) -> int:
    """Give a consultation without any step the usual ones; otherwise change nothing. Returns how many were made."""
    if PlannedStep.objects.filter(consultation=consultation).exists():
        return 0
    return add_usual_steps(consultation)


def add_usual_steps(consultation: Consultation) -> int:
    """Add what a usual plan holds and this one lacks; returns how many."""
    held = set(PlannedStep.objects.filter(consultation=consultation).values_list("kind", "anchor", "days"))
    lacking = [one for one in usual_steps(consultation) if (one.kind, one.anchor, one.days) not in held]
    PlannedStep.objects.bulk_create(lacking, ignore_conflicts=True)
    return len(lacking)


def live_steps() -> QuerySet[PlannedStep]:
    """The steps that the clock looks at."""
    rows = PlannedStep.objects.filter(stopped_at=None, consultation__state__in=PLANNED_STATES)
    return rows.select_related("consultation").order_by("pk")


def write_due(now: datetime | None = None) -> int:
    """Write what falls due within a week; returns how many messages were new. See `engagement.plans.planner`."""
    now = now or timezone.now()
    for consultation in Consultation.objects.filter(
        state__in=("scheduled", "open", "paused"), closes_at__gt=now, planned_steps__isnull=True
    ).order_by("pk"):
        ensure_default_plan(consultation)
    return planner.write_due(PLAN, live_steps(), now)


def why_not(message: OutgoingMessage) -> str:
    """Why this message of a plan is no longer wanted, as a sentence for staff; empty while it is."""
    step = PlannedStep.objects.filter(pk=planner.step_key(message)).select_related("consultation").first()
    return planner.why_not(PLAN, step, message)
