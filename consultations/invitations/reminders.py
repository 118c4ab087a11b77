"""What is planned by the clock, and whether it is still wanted when its moment comes.

The planner writes rows of the outbox up to a week ahead, so that staff see them coming. Whether each is sent is
decided by `why_not` at the moment of sending: whatever happened in between counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from consultations.invitations import emails, queries
from consultations.invitations.models import Invitation, ReminderPlan
from consultations.programme.models import Consultation
from engagement.core import walltime
from engagement.core.templatetags.ui import moment
from engagement.messaging import outbox
from engagement.messaging.models import OutgoingMessage

DEFAULT_TIME = time(9)
# How far ahead rows are written, and how late a step may still begin.
HORIZON = timedelta(days=7)
GRACE = timedelta(hours=12)
# Nobody is reminded of something that they were asked, or reminded of, less than this before.
LEAST_GAP = timedelta(hours=20)
# A pass looks at invitations that changed since the pass before it, and this much longer for slow transactions;
# once in an hour it looks at all of them.
OVERLAP, FULL_LOOK = timedelta(minutes=10), timedelta(hours=1)
BATCH = 200
PLANNED_STATES = (Consultation.State.SCHEDULED, Consultation.State.OPEN, Consultation.State.PAUSED)


# --- the plan -------------------------------------------------------------------------------------------


def ensure_default_plan(consultation: Consultation) -> None:
    """Give a consultation without any step those of settings.REMINDER_DAYS, at 9am; otherwise change nothing."""
    if not ReminderPlan.objects.filter(consultation=consultation).exists():
        ReminderPlan.objects.bulk_create(
            [
                ReminderPlan(consultation=consultation, days_before_close=days, local_time=DEFAULT_TIME)
                for days in sorted(set(settings.REMINDER_DAYS), reverse=True)
            ],
            ignore_conflicts=True,
        )


def due_at(plan: ReminderPlan) -> datetime | None:
    """The instant of a step; None while its consultation has no closing time."""
    closes_at = plan.consultation.closes_at
    if closes_at is None:
        return None
    return walltime.days_before(closes_at, plan.days_before_close, plan.local_time)


def audience(plan: ReminderPlan) -> QuerySet[Invitation]:
    """The invitations that this step concerns as things stand now, with contact and organisation at hand."""
    states = {
        ReminderPlan.Audience.NOT_SUBMITTED: Invitation.OUTSTANDING,
        ReminderPlan.Audience.NOT_STARTED: Invitation.NOT_STARTED,
        ReminderPlan.Audience.STARTED: ("started",),
    }[ReminderPlan.Audience(plan.audience)]
    return (
        Invitation.objects.filter(consultation=plan.consultation, state__in=states)
        .filter(contact__opted_out_at=None, contact__bounced_at=None)
        .select_related("contact__user", "organisation", "consultation")
        .order_by("organisation__name", "pk")
    )


@dataclass(frozen=True)
class Step:
    """A step with its moment and the people it would reach as things stand now."""

    plan: ReminderPlan
    due_at: datetime | None
    recipients: list[Invitation]
    example: OutgoingMessage | None

    @property
    def words(self) -> str:
        """The step as one says it: “14 days before the close, at 9am, to everyone invited who has not answered”."""
        days = self.plan.days_before_close
        when = {0: "On the day of the close", 1: "The day before the close"}.get(days, f"{days} days before the close")
        to = self.plan.get_audience_display()
        at = walltime.spoken(self.plan.local_time)
        return f"{when}, at {at}, to {to[0].lower()}{to[1:]}"

    @property
    def is_over(self) -> bool:
        return self.due_at is not None and self.due_at <= timezone.now()


def steps(consultation: Consultation, now: datetime | None = None) -> list[Step]:
    """The whole plan in order of time; future steps with their recipients and the text that the first would get."""
    now = now or timezone.now()
    found = []
    for plan in ReminderPlan.objects.filter(consultation=consultation).order_by(
        "-days_before_close", "local_time", "pk"
    ):
        plan.consultation = consultation
        due = due_at(plan)
        is_ahead = due is not None and due > now and plan.stopped_at is None
        people = list(audience(plan)) if is_ahead else []
        example = emails.reminder_draft(people[0], plan, due_at=due) if people and due else None
        found.append(Step(plan, due, people, example))
    return found


# --- the planner ----------------------------------------------------------------------------------------


def plan(now: datetime | None = None) -> int:
    """Write what falls due within a week: one row per step, closing time and contact. Returns how many were new.

    Called every few seconds; twice, late or from two processes at once it makes the same rows.
    """
    now = now or timezone.now()
    for consultation in Consultation.objects.filter(
        state__in=PLANNED_STATES, closes_at__gt=now, reminder_plans__isnull=True
    ).order_by("pk"):
        ensure_default_plan(consultation)
    written = 0
    for step in (
        ReminderPlan.objects.filter(
            stopped_at=None, consultation__state__in=PLANNED_STATES, consultation__closes_at__gt=now
        )
        .select_related("consultation")
        .order_by("pk")
    ):
        _forget_earlier_close(step)
        due = due_at(step)
        if due is not None and now - GRACE <= due <= now + HORIZON:
            written += _write(step, due, now)
    return written


def _forget_earlier_close(step: ReminderPlan) -> None:
    """The closing time moved: what was written for the earlier one is not sent."""
    earlier = step.planned_revision
    if earlier is not None and earlier != step.consultation.schedule_revision:
        outbox.withdraw(
            emails.remind_rule(step.consultation_id),
            f"{step.pk}.{step.revision}:{earlier}",
            reason="The closing time has moved; the plan was made anew.",
        )
        ReminderPlan.objects.filter(pk=step.pk).update(planned_at=None, planned_revision=None)
        step.planned_at = step.planned_revision = None


def _write(step: ReminderPlan, due: datetime, now: datetime) -> int:
    rows = audience(step).filter(created_at__lte=due - LEAST_GAP)
    is_known = step.planned_at is not None and step.planned_revision == step.consultation.schedule_revision
    is_full = not is_known or step.planned_at is None or now - step.planned_at > FULL_LOOK
    if not is_full and step.planned_at is not None:
        rows = rows.filter(updated_at__gte=step.planned_at - OVERLAP)
    written = 0
    for some in _batches(rows):
        written += _write_some(some, step, due)
    if is_full:
        ReminderPlan.objects.filter(pk=step.pk, revision=step.revision).update(
            planned_at=now, planned_revision=step.consultation.schedule_revision, updated_at=timezone.now()
        )
    return written


@transaction.atomic
def _write_some(invitations: list[Invitation], step: ReminderPlan, due: datetime) -> int:
    present = set(
        OutgoingMessage.objects.filter(
            rule=emails.remind_rule(step.consultation_id),
            occurrence=step.occurrence,
            recipient__in=[str(invitation.contact_id) for invitation in invitations],
        ).values_list("recipient", flat=True)
    )
    drafts = []
    for invitation in invitations:
        if str(invitation.contact_id) not in present:
            # One mail to a person who was invited for two organisations.
            present.add(str(invitation.contact_id))
            drafts.append(emails.reminder_draft(invitation, step, due_at=due))
    if drafts:
        outbox.queue_all(drafts)
    return len(drafts)


def _batches(rows: Iterable[Invitation]) -> Iterator[list[Invitation]]:
    batch: list[Invitation] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


# --- the last question ----------------------------------------------------------------------------------


def why_not(message: OutgoingMessage) -> str:
    """Why this invitation or reminder is no longer wanted, as a sentence for staff; empty while it is."""
    invitation = (
        Invitation.objects.filter(pk=message.about_key)
        .select_related("consultation", "contact__user", "organisation__kind")
        .first()
    )
    if invitation is None:
        return "The invitation does not exist any more."
    return _about_person(invitation) or _about_consultation(invitation, message) or _about_step(invitation, message)


def _about_person(invitation: Invitation) -> str:
    states, contact = Invitation.State, invitation.contact
    who = str(invitation.organisation or contact)
    match invitation.state:
        case states.RESPONDED:
            return f"{who} answered on {moment(invitation.responded_at)}."
        case states.DECLINED:
            return f"{contact} told us on {moment(invitation.declined_at)} that they have no view."
        case states.DELEGATED:
            return f"{contact} passed the invitation on to a colleague on {moment(invitation.delegated_at)}."
        case states.EXPIRED:
            return "The time for an answer is over."
        case states.CANCELLED:
            return f"The invitation was cancelled on {moment(invitation.cancelled_at)}."
    if contact.opted_out_at is not None:
        return f"{contact} wants no invitations or reminders."
    if invitation.organisation is not None and invitation.organisation.closed_at is not None:
        return f"{who} is closed in the register."
    if contact.bounced_at is not None:
        return f"The address of {contact} does not exist."
    if invitation.organisation is not None:
        if queries.answered_organisations(invitation.consultation, [invitation.organisation.pk]):
            return f"An answer of {who} has reached us."
        ended = invitation.contact.memberships.filter(
            organisation=invitation.organisation_id, until_on__lte=timezone.localdate()
        )
        if ended.exists():
            return f"{contact} is no longer at {who}."
    return ""


def _about_consultation(invitation: Invitation, message: OutgoingMessage) -> str:
    consultation, states = invitation.consultation, Consultation.State
    wanted = {states.OPEN}
    if message.rule.startswith("invitations.invite:"):
        # Due at the opening: the sweep that opens it may come by a moment later.
        wanted.add(states.SCHEDULED)
    if consultation.state not in wanted:
        return f"The consultation is “{consultation.get_state_display()}”, so nobody is asked to answer it."
    if consultation.closes_at is not None and consultation.closes_at <= timezone.now():
        return "The consultation has closed."
    return ""


def _about_step(invitation: Invitation, message: OutgoingMessage) -> str:
    if not message.rule.startswith("invitations.remind:"):
        return ""
    step = ReminderPlan.objects.filter(pk=message.occurrence.partition(".")[0]).select_related("consultation").first()
    if step is None or step.stopped_at is not None:
        return "This step of the reminder plan was stopped."
    if step.occurrence != message.occurrence:
        return "The plan or the closing time has changed since; a new reminder takes the place of this one."
    if not audience(step).filter(pk=invitation.pk).exists():
        return f"This step is for “{step.get_audience_display()}”, which no longer fits {invitation.contact}."
    earlier = OutgoingMessage.objects.filter(
        Q(rule=message.rule) | Q(rule=emails.invite_rule(invitation.consultation_id)),
        recipient=message.recipient,
        sent_at__gt=timezone.now() - LEAST_GAP,
    )
    if earlier.exists():
        return f"{invitation.contact} was written to less than {LEAST_GAP.total_seconds() / 3600:.0f} hours ago."
    return ""
