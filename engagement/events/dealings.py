"""Bookings, attendance and what was said at the tables, as part of what passed between us and one organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse

from engagement.accounts.rules import is_staff_member
from engagement.events.models import Invitee, Note, Registration
from engagement.stakeholders.dealings import Dealing
from engagement.stakeholders.models import Organisation


def with_organisation(organisation: Organisation, user: Any, most: int) -> list[Dealing]:
    """Who of it was asked, booked and came, and the points that name it where they may be attributed. For staff."""
    if not is_staff_member(user):
        return []
    return [*_asked(organisation, most), *_places(organisation, most), *_notes(organisation, most)]


def asks(organisations: list[int], since: datetime) -> dict[int, int]:
    """To how many events each of these organisations was invited since then."""
    rows = Invitee.objects.filter(organisation__in=organisations, sent_at__gte=since).order_by()
    return dict(rows.values_list("organisation").annotate(number=Count("event", distinct=True)))


def _asked(organisation: Organisation, most: int) -> list[Dealing]:
    rows = Invitee.objects.filter(organisation=organisation).select_related("event").order_by("-sent_at", "-pk")[:most]
    return [
        Dealing(
            at=row.sent_at,
            side="asked",
            what=f"Invited {row.name} to an event",
            about=row.event.title,
            url=reverse("events:staff_event", args=[row.event.public_id]),
            lines=(f"{row.get_state_display()}{f': {row.reason}' if row.reason else ''}",),
        )
        for row in rows
    ]


def _places(organisation: Organisation, most: int) -> list[Dealing]:
    rows = (
        Registration.objects.filter(organisation=organisation)
        .select_related("event", "attendance")
        .order_by("-event__starts_at", "-pk")[:most]
    )
    return [
        Dealing(
            at=row.event.starts_at,
            side="told",
            what=f"{row.name}: {_outcome(row)}",
            about=row.event.title,
            url=reverse("events:staff_event", args=[row.event.public_id]),
        )
        for row in rows
    ]


def _outcome(row: Registration) -> str:
    if hasattr(row, "attendance"):
        return row.attendance.get_status_display().lower()
    return {"confirmed": "has a place"}.get(row.state, row.get_state_display().lower())


def _notes(organisation: Organisation, most: int) -> list[Dealing]:
    rows = (
        Note.objects.filter(organisations=organisation, is_attributable=True)
        .exclude(state__in=[Note.State.DRAFT, Note.State.DISPUTED])
        .select_related("event")
        .order_by("-event__starts_at", "-pk")[:most]
    )
    return [
        Dealing(
            at=row.event.ends_at,
            side="told",
            what=f"Said at a table ({row.get_point_display().lower()}; {row.get_state_display().lower()})",
            about=row.event.title,
            url=reverse("events:notes", args=[row.event.public_id]),
            lines=(row.text,),
        )
        for row in rows
    ]
