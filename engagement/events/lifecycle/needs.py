"""What people need to take part: a task each, arranged, told, and deleted when its time is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import emails, queries
from engagement.events.lifecycle.locking import lock
from engagement.events.models import Event, Need, Registration
from engagement.messaging.hours import is_working_day


def note_needs(registration: Registration, types: Iterable[str]) -> None:
    """A task for each thing that was ticked; words alone are a task too. Asking again adds nothing."""
    wanted = set(types)
    if registration.access_needs and not wanted:
        wanted = {Need.Type.OTHER.value}
    Need.objects.bulk_create(
        [
            Need(registration=registration, type=kind, due_on=due_on(registration.event, kind))
            for kind in sorted(wanted)
            if kind in Need.Type.values
        ],
        ignore_conflicts=True,
    )


def due_on(event: Event, kind: str) -> date:
    """The working day by which it has to be asked for; it may lie in the past, and then is due at once."""
    day, left = timezone.localdate(event.starts_at), Need.LEAD_DAYS[kind]
    while left:
        day -= timedelta(days=1)
        left -= is_working_day(day)
    return day


def move_with(event: Event) -> None:
    """Set the days anew after the event moved; the caller holds its lock."""
    for need in Need.objects.filter(registration__event=event).order_by("pk"):
        need.due_on = due_on(event, need.type)
        need.save(update_fields=["due_on", "updated_at"])


@transaction.atomic
def take_up(need_id: int, *, state: str, owner: Any, answer: str = "", tell: bool = False, actor: Any) -> Need:
    """Say how far it is and who sees to it. What came of it is told to the person on their own page.

    The record of acts says that a need of the event was taken up, never whose or what. Raises Refused for telling
    while nothing is settled.
    """
    need = Need.objects.select_for_update(of=("self",)).get(pk=need_id)
    need.registration = Registration.objects.select_related("event").get(pk=need.registration_id)
    if state != need.state:
        need.move_to(state)
        need.told_at = None
    need.owner = owner
    need.answer = answer.strip()
    is_settled = need.state in {Need.State.ARRANGED, Need.State.NOT_POSSIBLE}
    if tell and not is_settled:
        raise Refused("There is nothing to tell yet. Say first that it is arranged or not possible.", field="state")
    if need.state == Need.State.NOT_POSSIBLE and not need.answer:
        raise Refused("Say why it is not possible and what you offer instead.", field="answer")
    if tell:
        need.told_at = timezone.now()
    need.save()
    event = need.registration.event
    trail.record("need.changed", subject=event, actor=actor, scope=event.context_reference, state=need.state)
    if tell:
        emails.booking_news(need.registration)
    return need


@transaction.atomic
def set_keepers(event_id: int, users: Iterable[Any], *, actor: Any) -> None:
    """Choose the few who see needs; whoever made the event is one of them always."""
    event = lock(event_id)
    chosen = sorted(users, key=lambda user: user.pk)
    event.keepers.set(chosen)
    names = ", ".join(str(user) for user in chosen) or "nobody else"
    trail.record("event.keepers_set", subject=event, actor=actor, scope=event.context_reference, people=names)


def purge_due(now: datetime | None = None) -> int:
    """Delete needs two weeks after the end of their event, words and tasks; returns of how many people."""
    now = now or timezone.now()
    told = Registration.objects.filter(_told()).values("event")
    due = Event.objects.filter(pk__in=told, ends_at__lte=now - queries.NEEDS_KEPT).order_by("pk")
    return sum(_purge(pk, now) for pk in due.values_list("pk", flat=True))


def _told() -> Q:
    return ~Q(access_needs="", dietary_needs="") | Q(pk__in=Need.objects.values("registration"))


@transaction.atomic
def _purge(event_id: int, now: datetime) -> int:
    event = lock(event_id)
    people = list(event.registrations.filter(_told()).values_list("pk", flat=True))
    tasks, _ = Need.objects.filter(registration__in=people).delete()
    event.registrations.filter(pk__in=people).update(access_needs="", dietary_needs="", updated_at=now)
    if people:
        event.needs_purged_at = now
        event.needs_purged_people += len(people)
        event.needs_purged_tasks += tasks
        event.save(update_fields=["needs_purged_at", "needs_purged_people", "needs_purged_tasks", "updated_at"])
        trail.record(
            "event.needs_purged", subject=event, scope=event.context_reference, people=len(people), tasks=tasks
        )
    return len(people)
