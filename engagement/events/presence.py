"""Who is here: what the people at the door look at, on the page and on a device that loses its network.

A device keeps names, organisations and hashes of codes, and nothing about needs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from engagement.core.templatetags.ui import clock
from engagement.events import codes, queries
from engagement.events.models import Attendance, EntryCode, Event, Registration, Scan

Status = Attendance.Status
# A device forgets who was to come this long after the end of the event.
KEPT_ON_DEVICES = timedelta(hours=24)
FOUND_AT_MOST = 20
SHOWN_REFUSED = 50


def wiped_at(event: Event) -> datetime:
    return event.ends_at + KEPT_ON_DEVICES


def organisation_of(person: Registration) -> str:
    return person.organisation.name if person.organisation else person.organisation_name


def found(event: Event, words: str) -> QuerySet[Registration]:
    """The few people whom these words fit, by name; a code fits one. Needs are deferred; one query."""
    people = expected(event)
    if codes.is_code(words):
        return people.filter(entry_codes__code_hash=codes.hash_of(words), entry_codes__revoked_at=None)
    for word in words.split():
        people = people.filter(
            Q(name__icontains=word) | Q(organisation_name__icontains=word) | Q(organisation__name__icontains=word)
        )
    return people[: FOUND_AT_MOST + 1]


def counts(event: Event) -> dict[str, int]:
    """People expected, here, gone early, walk-ins, and in the room beyond its places; one query."""
    came, inside = Q(attendance__status=Status.ATTENDED), Q(attendance__left_at=None)
    numbers = (
        Registration.objects.filter(event=event)
        .confirmed()
        .aggregate(
            expected=Count("pk"),
            came=Count("pk", filter=came),
            here=Count("pk", filter=came & inside),
            in_room=Count("pk", filter=came & inside & Q(is_online=False)),
            walk_ins=Count("pk", filter=came & Q(source=Registration.Source.WALK_IN)),
        )
    )
    return {**numbers, "gone": numbers["came"] - numbers["here"], "over": max(0, numbers["in_room"] - event.capacity)}


def refused(event: Event) -> QuerySet[Scan]:
    """The last reports that could not be followed, for whoever puts right what the door could not."""
    rows = Scan.objects.filter(event=event, answer=Scan.Answer.REFUSED).select_related("registration")
    return rows.order_by("-at", "-pk")[:SHOWN_REFUSED]


def snapshot(event: Event) -> dict[str, Any]:
    """Everything a device needs to work without a network, as JSON; a fixed number of queries."""
    live = Prefetch("entry_codes", EntryCode.objects.filter(revoked_at=None), to_attr="live_codes")
    people = expected(event).prefetch_related(live)
    return {
        "event": str(event.public_id),
        "title": event.title,
        "capacity": event.capacity,
        "wiped_at": _milliseconds(wiped_at(event)),
        "server_time": _milliseconds(timezone.now()),
        "counts": counts(event),
        "people": [_person(person) for person in people],
    }


def _person(person: Registration) -> dict[str, Any]:
    attendance = getattr(person, "attendance", None)
    return {
        "id": str(person.public_id),
        "name": person.name,
        "organisation": organisation_of(person),
        "table": table_of(person),
        "code": person.live_codes[0].code_hash if person.live_codes else "",  # type: ignore[attr-defined]
        "state": attendance.status if attendance else "",
        "at": clock(attendance.arrived_at) if attendance and attendance.arrived_at else "",
        "left": bool(attendance and attendance.left_at),
    }


def table_of(person: Registration) -> str:
    """The table at which they sit; empty where nobody was seated."""
    seat = getattr(person, "seat", None)
    return seat.table.name if seat else ""


def expected(event: Event) -> Any:
    """Everybody with a place, by name, with organisation, table and attendance at hand; one query."""
    return queries.roster(event).select_related("kind__sector", "organisation", "attendance", "seat__table")


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
