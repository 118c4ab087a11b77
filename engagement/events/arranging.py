"""What an event is made of besides itself: venues, agenda, tables; and the same again on other dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import actions, lifecycle
from engagement.events.models import AgendaItem, Allocation, Event, Series, Table, Topic, Venue

# What a copy takes along besides what its form says.
RULES = ("promotion", "offer_hours", "parties_keep_turn", "organisation_cap", "party_limit")
FIELDS = (
    "title",
    "type",
    "mode",
    "summary",
    "description",
    "venue",
    "venue_name",
    "venue_address",
    "access_information",
    "travel",
    "safety_notes",
    "joining_link",
    "area",
    "capacity",
    "online_capacity",
    "by_invitation",
)


@transaction.atomic
def keep_venue(venue: Venue | None, values: Mapping[str, Any], *, actor: Any) -> Venue:
    """Make a venue, or change one, out of `VenueForm.values()`. Its events keep the name that people were told."""
    is_new = venue is None
    venue = venue or Venue()
    for name, value in values.items():
        setattr(venue, name, value)
    venue.save()
    trail.record("venue.added" if is_new else "venue.changed", subject=venue, actor=actor)
    return venue


@transaction.atomic
def set_agenda(event_id: int, items: Iterable[AgendaItem], *, actor: Any) -> None:
    """Put these items in place of those there."""
    event = lifecycle.lock(event_id)
    event.agenda.all().delete()
    for item in items:
        item.event = event
    made = AgendaItem.objects.bulk_create(items)
    trail.record("event.agenda_set", subject=event, actor=actor, scope=event.context_reference, number=len(made))


@transaction.atomic
def set_tables(event_id: int, rows: Iterable[Mapping[str, Any]], *, actor: Any) -> None:
    """Set the tables of `TablesForm.tables()`; those not named go. Raises Refused for one where people sit."""
    event = lifecycle.lock(event_id)
    wanted = list(rows)
    kept = {row["pk"] for row in wanted if row["pk"]}
    for table in event.tables.exclude(pk__in=kept):
        if table.seats.exists():
            raise Refused(f"People sit at {table.name}. Move them first, or let it be.")
        table.delete()
    there = event.tables.in_bulk()
    # Names may change places; the constraint looks at each row as it is written.
    for table in there.values():
        Table.objects.filter(pk=table.pk).update(name=f"~{table.pk}")
    for order, row in enumerate(wanted, 1):
        values = {name: value for name, value in row.items() if name != "pk"}
        table = there.get(row["pk"]) or Table(event=event)
        for name, value in values.items():
            setattr(table, name, value)
        table.order = order
        table.save()
    trail.record("event.tables_set", subject=event, actor=actor, scope=event.context_reference, tables=len(wanted))


# --- the same again -------------------------------------------------------------------------------------


@transaction.atomic
def copy_event(event_id: int, values: Mapping[str, Any], *, actor: Any) -> Event:
    """A new draft with everything that makes the event, and with no person, no invitation and no note of it."""
    other = Event.objects.get(pk=event_id)
    made = actions.copy_event(event_id, values, actor=actor)
    _take_along(other, made)
    return made


def _take_along(other: Event, made: Event) -> None:
    for name in RULES:
        setattr(made, name, getattr(other, name))
    made.save(update_fields=[*RULES, "updated_at"])
    topics = {topic.title: topic for topic in made.topics.all()}
    AgendaItem.objects.bulk_create(
        AgendaItem(event=made, begins=one.begins, ends=one.ends, title=one.title, is_session=one.is_session)
        for one in other.agenda.all()
    )
    Table.objects.bulk_create(_table(made, table, topics) for table in other.tables.select_related("topic"))
    if made.capacity >= sum(row.reserved for row in other.allocations.all()):
        Allocation.objects.bulk_create(
            Allocation(
                event=made,
                sector_id=row.sector_id,
                reserved=row.reserved,
                most=row.most,
                target=row.target,
                # As long before the event as it was.
                release_at=row.release_at and made.starts_at - (other.starts_at - row.release_at),
            )
            for row in other.allocations.all()
        )
    for path in settings.EVENT_COPIED:
        import_string(path)(other, made)


def _table(made: Event, table: Table, topics: Mapping[str, Topic]) -> Table:
    return Table(
        event=made,
        name=table.name,
        topic=topics.get(table.topic.title) if table.topic else None,
        chairs=table.chairs,
        spare=table.spare,
        facilitator_id=table.facilitator_id,
        note_taker_id=table.note_taker_id,
        order=table.order,
    )


@transaction.atomic
def repeat(event_id: int, rhythm: str, moments: Iterable[tuple[datetime, datetime]], *, actor: Any) -> list[Event]:
    """Drafts of the event on other dates, all of one series; each is its own from then on.

    Raises Refused for a date that the series has already.
    """
    event = lifecycle.lock(event_id)
    series = event.series or Series.objects.create(title=event.title, rhythm=rhythm)
    taken = set(series.events.values_list("starts_at", flat=True)) | {event.starts_at}
    made = []
    for begins, ends in moments:
        if begins in taken:
            raise Refused("The series has an event on one of these dates already. Leave it out.", field="without")
        values = {name: getattr(event, name) for name in FIELDS}
        values.update(starts_at=begins, ends_at=ends, series=series)
        if event.booking_closes_at:
            values["booking_closes_at"] = begins - (event.starts_at - event.booking_closes_at)
        made.append(copy_event(event.pk, values, actor=actor))
    event.series = series
    event.save(update_fields=["series", "updated_at"])
    trail.record("event.repeated", subject=event, actor=actor, scope=event.context_reference, dates=len(made))
    return made
