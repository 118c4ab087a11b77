"""A plan as it is read: every step with its moment, whom it would reach, and what it has sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from engagement.messaging.models import OutgoingMessage
from engagement.plans import planner
from engagement.plans.models import Step, Wording
from engagement.plans.steps import Kind, LeftOut, Person, Plan

State = OutgoingMessage.State
# How staff read what became of the messages of a step.
OUTCOMES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("waiting", "waiting", (State.PLANNED, State.CLAIMED, State.SENDING)),
    ("sent", "sent", (State.SENT,)),
    ("skipped", "not sent", (State.SKIPPED, State.EXPIRED)),
    ("problems", "with a problem", (State.FAILED, State.UNCERTAIN, State.HELD)),
)


@dataclass(frozen=True)
class Row:
    """One step on the page of a plan. `reach` is None for a step that is over or stopped."""

    step: Step
    kind: Kind
    when: str
    due_at: datetime | None
    is_over: bool
    reach: int | None
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def is_ahead(self) -> bool:
        return not self.is_over and self.step.stopped_at is None

    @property
    def history(self) -> list[tuple[str, int]]:
        """What became of its messages: words and number, without zeros."""
        return [(words, self.outcomes[name]) for name, words, _ in OUTCOMES if self.outcomes.get(name)]


def rows(plan: Plan, steps: Iterable[Step], now: datetime | None = None) -> list[Row]:
    """The steps with what is known of each, in the order given."""
    now, steps = now or timezone.now(), list(steps)
    outcomes = _outcomes(plan, steps)
    found = []
    for step in steps:
        kind, due = plan.kind(step), plan.due_at(step)
        is_over = due is not None and now > due and (not kind.catches_up or now > kind.last_moment(step, due))
        is_ahead = due is not None and not is_over and step.stopped_at is None
        reach = len({person.key for person in kind.people(step, due)}) if is_ahead and due else None
        found.append(Row(step, kind, plan.when(step), due, is_over, reach, outcomes.get(step.pk, {})))
    return found


def _outcomes(plan: Plan, steps: list[Step]) -> dict[int, dict[str, int]]:
    """Numbers of messages by step and outcome; one query. What a later version of a step replaced is not counted."""
    rules = {plan.kind(step).rule(step) for step in steps}
    counted = (
        OutgoingMessage.objects.filter(rule__in=rules)
        .values_list("occurrence", "state", "reason")
        .annotate(many=Count("pk"))
    )
    names = {state: name for name, _, states in OUTCOMES for state in states}
    found: dict[int, dict[str, int]] = {}
    for occurrence, state, reason, many in counted:
        key = occurrence.partition(".")[0]
        if key.isdigit() and not (state == State.SKIPPED and reason in planner.REPLACED):
            of_step = found.setdefault(int(key), {})
            of_step[names[state]] = of_step.get(names[state], 0) + many
    return found


def recipients(plan: Plan, step: Step) -> tuple[list[Person], list[LeftOut]]:
    """Whom a step would reach as things stand now, each once, and who gets nothing and why."""
    due = plan.due_at(step)
    if due is None:
        return [], []
    kind = plan.kind(step)
    people = {person.key: person for person in reversed(list(kind.people(step, due)))}
    return list(reversed(people.values())), kind.left_out(step, due)


def messages_of(plan: Plan, step: Step) -> QuerySet[OutgoingMessage]:
    """What a step has written, the newest first, without the texts."""
    rows = OutgoingMessage.objects.filter(rule=plan.kind(step).rule(step), occurrence__startswith=f"{step.pk}.")
    return rows.defer("text_body", "html_body", "calendar").order_by("-due_at", "to_name", "pk")


def versions(template: str, scope: str, language: str) -> QuerySet[Wording]:
    """Every version of the words of one kind of message, the newest first."""
    rows = Wording.objects.filter(template=template, scope=scope, language=language)
    return rows.select_related("author").order_by("-version")
