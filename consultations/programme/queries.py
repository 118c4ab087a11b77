"""Which consultations exist for whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from consultations.programme.models import Assignment, Consultation, StateChange, Theme
from engagement.accounts.rules import is_administrator, is_staff_member
from engagement.events.models import Event


def visible_to(user: Any) -> QuerySet[Consultation]:
    """The consultations that a person works on: assigned staff their own, administrators all, others none."""
    if is_administrator(user):
        return Consultation.objects.all()
    if not is_staff_member(user):
        return Consultation.objects.none()
    return Consultation.objects.filter(Exists(Assignment.objects.filter(consultation=OuterRef("pk"), user=user)))


def public(now: datetime | None = None) -> QuerySet[Consultation]:
    """What everybody may know of. Scheduled ones are announced, with the day on which they open."""
    return Consultation.objects.filter(state__in=Consultation.PUBLIC_STATES)


def readable_by(user: Any) -> QuerySet[Consultation]:
    """Public consultations, and those that the person works on, whatever their state."""
    return Consultation.objects.filter(Q(pk__in=public().values("pk")) | Q(pk__in=visible_to(user).values("pk")))


def open_now(now: datetime | None = None) -> QuerySet[Consultation]:
    """Public consultations that take answers at this moment, the first to close first."""
    now = now or timezone.now()
    return public(now).filter(state=Consultation.State.OPEN, closes_at__gt=now).order_by("closes_at", "pk")


def came_of_it(now: datetime | None = None) -> QuerySet[Consultation]:
    """Consultations that are over and in the open, the last to close first."""
    return (
        public(now)
        .filter(state__in=[Consultation.State.CLOSED, Consultation.State.ANALYSING, Consultation.State.REPORTED])
        .order_by(F("closed_at").desc(nulls_last=True), "-closes_at", "-pk")
    )


def public_events(consultation: Consultation) -> list[Event]:
    """The events that outsiders may know of, in order of time."""
    ids = consultation.event_links.values("event_id")
    return list(Event.objects.filter(pk__in=ids, state__in=Event.PUBLIC).order_by("starts_at", "pk"))


def linked_events(consultation: Consultation) -> QuerySet[Event]:
    """All events of a consultation with the names of their topics at hand, in order of time."""
    ids = consultation.event_links.values("event_id")
    return Event.objects.filter(pk__in=ids).prefetch_related("topics").order_by("starts_at", "pk")


def themes_of_event(consultation: Consultation, event: Event) -> list[Theme]:
    """The themes that the topics of this event speak to."""
    return list(consultation.themes.filter(topic_links__topic__event=event).distinct())


def announced(now: datetime | None = None) -> QuerySet[Consultation]:
    """Public consultations that are still to open, the next one first."""
    return public(now).filter(state=Consultation.State.SCHEDULED).order_by("opens_at", "pk")


def last_extension(consultation: Consultation) -> StateChange | None:
    """The extension by which the present closing time came about; None when it is the one first announced."""
    rows = consultation.changes.filter(what="extended", is_public=True, closes_after=consultation.closes_at)
    return rows.order_by("-at", "-pk").first()
