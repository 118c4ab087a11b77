"""All other changes: events made and copied, topics, attendance, notes written down.

For the app above that holds events for a consultation: `create_event(form.values(), topics=[...], actor=user,
context_title=..., context_url=...)` makes one, `tie(event_id, ...)` changes what an existing one belongs to, and the
returned event's `topics` are in the order given.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import codes, lifecycle
from engagement.events.models import Attendance, Event, Note, Registration, Topic
from engagement.stakeholders.models import Organisation

# Words that stand in addresses where an event's own name would.
TAKEN_SLUGS = {"manage", "bookings", "invitations", "notes", "calendar"}


def _free_slug(title: str) -> str:
    base = slugify(title)[:70].strip("-") or "event"
    slug = base
    while slug in TAKEN_SLUGS or Event.objects.filter(slug=slug).exists():
        slug = f"{base}-{secrets.token_hex(3)}"
    return slug


@transaction.atomic
def create_event(
    values: Mapping[str, Any],
    *,
    topics: Iterable[str] = (),
    actor: Any = None,
    context_title: str = "",
    context_url: str = "",
    context_reference: str = "",
) -> Event:
    """Make a draft out of `EventForm.values()`; `topics` are titles in order, doubled and empty ones dropped."""
    event = Event.objects.create(
        **values,
        slug=_free_slug(values["title"]),
        created_by=actor,
        context_title=context_title,
        context_url=context_url,
        context_reference=context_reference,
    )
    _add_topics(event, topics)
    trail.record("event.created", subject=event, actor=actor, scope=context_reference)
    return event


def _add_topics(event: Event, titles: Iterable[str]) -> None:
    there = set(event.topics.values_list("title", flat=True))
    wanted = [title for title in dict.fromkeys(title.strip()[:150] for title in titles) if title and title not in there]
    Topic.objects.bulk_create(
        Topic(event=event, title=title, order=order) for order, title in enumerate(wanted, len(there) + 1)
    )


@transaction.atomic
def copy_event(event_id: int, values: Mapping[str, Any], *, actor: Any = None) -> Event:
    """A new draft with the topics and the context of another event; no person and no note comes along."""
    other = Event.objects.get(pk=event_id)
    return create_event(
        values,
        topics=other.topics.values_list("title", flat=True),
        actor=actor,
        context_title=other.context_title,
        context_url=other.context_url,
        context_reference=other.context_reference,
    )


@transaction.atomic
def tie(event_id: int, *, title: str, url: str, reference: str = "", actor: Any = None) -> Event:
    """Say what the event is part of, as text; empty texts say that it stands alone."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    event.context_title, event.context_url, event.context_reference = title[:200], url[:300], reference
    event.save(update_fields=["context_title", "context_url", "context_reference", "updated_at"])
    trail.record("event.tied", subject=event, actor=actor, scope=reference)
    return event


def change_event(event_id: int, values: Mapping[str, Any], *, actor: Any = None) -> Event:
    """Change an event out of `EventForm.values()`; see `lifecycle.change` for who hears of it."""
    return lifecycle.change(event_id, values, actor=actor)


@transaction.atomic
def set_topics(event_id: int, titles: Mapping[int, str], new: Iterable[str] = (), *, actor: Any = None) -> None:
    """Rename topics by key, remove those with an empty title, add `new` ones at the end.

    A topic keeps its key, and so its tie to a theme, when it is renamed. Raises Refused for one that has notes.
    """
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    wanted = [title.strip().casefold() for title in (*titles.values(), *new) if title.strip()]
    if len(wanted) != len(set(wanted)):
        raise Refused("Two topics have the same title. Give each its own.")
    for topic in event.topics.filter(pk__in=titles):
        title = titles[topic.pk].strip()
        if title:
            topic.title = title
            topic.save(update_fields=["title"])
        elif Note.objects.filter(topic=topic).exists():
            raise Refused(f"“{topic.title}” has notes, so it stays.")
        else:
            topic.delete()
    _add_topics(event, new)
    trail.record("event.topics_changed", subject=event, actor=actor, scope=event.context_reference)


# --- attendance -----------------------------------------------------------------------------------------


@transaction.atomic
def mark(registration_id: int, status: str, *, actor: Any = None) -> None:
    """Say that somebody came, did not come or sent apologies; an empty status takes the mark away.

    Raises Refused for who has no place, and before the day of the event except for apologies.
    """
    registration = Registration.objects.select_related("event").get(pk=registration_id)
    if registration.state != Registration.State.CONFIRMED:
        raise Refused(f"{registration.name} has no place, so there is nothing to mark. Add them as a walk-in.")
    if status and status != Attendance.Status.EXCUSED:
        _refuse_before_the_day(registration.event)
    if status:
        facts = {"status": status, "marked_by": actor, "known_by": Attendance.Known.STAFF}
        if status != Attendance.Status.ATTENDED:
            facts.update(arrived_at=None, left_at=None, device="")
        Attendance.objects.update_or_create(registration=registration, defaults=facts)
    else:
        Attendance.objects.filter(registration=registration).delete()
    trail.record("attendance.marked", subject=registration, actor=actor, status=status, event=registration.event_id)


@transaction.atomic
def mark_rest_absent(event_id: int, *, actor: Any = None) -> int:
    """Mark everybody who is expected and not marked as absent; returns how many. Raises Refused before it begins."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    if not event.has_begun:
        raise Refused("The event has not begun, so nobody is absent yet.")
    rest = list(event.registrations.confirmed().filter(attendance=None))
    Attendance.objects.bulk_create(
        [Attendance(registration=person, status=Attendance.Status.ABSENT, marked_by=actor) for person in rest],
        ignore_conflicts=True,
    )
    trail.record("attendance.completed", subject=event, actor=actor, scope=event.context_reference, absent=len(rest))
    return len(rest)


def _refuse_before_the_day(event: Event) -> None:
    if not event.day_has_come:
        raise Refused("The event is on a later day. Until then only apologies can be marked.")


def describe_person(
    registration_id: int, *, organisation: Organisation | None, organisation_name: str, kind: Any, actor: Any = None
) -> None:
    """Correct which organisation somebody comes from; one of the register decides the sector too."""
    lifecycle.describe(
        registration_id, organisation=organisation, organisation_name=organisation_name, kind=kind, actor=actor
    )


@transaction.atomic
def renew_code(registration_id: int, *, actor: Any) -> None:
    """Take the code for the door back and make another; see `codes.renew`."""
    registration = Registration.objects.select_for_update(of=("self",)).select_related("event").get(pk=registration_id)
    codes.renew(registration)
    trail.record("registration.code_renewed", subject=registration, actor=actor, event=registration.event_id)


# --- notes ----------------------------------------------------------------------------------------------


@transaction.atomic
def correct_note(note_id: int, values: Mapping[str, Any], *, actor: Any) -> Note:
    """Correct a draft. Raises Refused once it was circulated: from then on amendments keep what changed."""
    note = Note.objects.select_for_update(of=("self",)).get(pk=note_id)
    if note.state != Note.State.DRAFT:
        raise Refused("This note was circulated. Propose an amendment, so that what changed is kept.")
    fields = dict(values)
    note.organisations.set(fields.pop("organisations"))
    for name, value in fields.items():
        setattr(note, name, value)
    note.save()
    trail.record("note.corrected", subject=note.event, actor=actor, note=note.pk)
    return note
