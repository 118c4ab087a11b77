"""Places and the waiting list. Everybody who changes them holds the event's row lock first.

Inside the lock `event.taken` is the number of places held, at most `event.capacity`, and nobody waits while a
place is free. On SQLite the transaction begins IMMEDIATE, so the database's one write lock does the same. The
CHECK of the table refuses what a forgotten path might do.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import emails, queries
from engagement.events.models import Attendance, Event, Registration
from engagement.messaging.models import address_hash
from engagement.stakeholders.models import Kind


def lock(event_id: int) -> Event:
    """The event as it is now; nobody else changes it or its places before this transaction ends."""
    return Event.objects.select_for_update(of=("self",)).get(pk=event_id)


@transaction.atomic
def register(
    event_id: int,
    *,
    name: str,
    email: str,
    organisation_name: str = "",
    kind: Kind | None = None,
    access_needs: str = "",
    dietary_needs: str = "",
    consent_version: str = "",
    form_key: uuid.UUID | None = None,
    source: str = Registration.Source.BOOKED,
    language: str = "",
    actor: Any = None,
) -> Registration:
    """Give a place, or the next number in the queue, and ask for the message that says which.

    Who has one already keeps it: the same form sent again changes nothing, another form with the same address
    sends the person a reminder of their booking. A place is given only when nobody waits for it. Raises Refused
    when booking is not open; staff may enter people until the event begins. `language` is the one that they read in.
    """
    # Looked up before the lock: whoever waits behind it waits for as little as possible.
    contact = queries.known_contact(email)
    organisation = queries.known_organisation(contact, organisation_name)
    event = lock(event_id)
    _refuse_unless_open(event, source)
    key = address_hash(email)
    existing = event.registrations.live().filter(email_key=key).first()
    if existing is not None:
        existing.event = event
        if form_key is None or existing.form_key != form_key:
            emails.booked_again(existing)
        return existing

    now = timezone.now()
    is_free = event.taken < event.capacity and not event.registrations.queue().exists()
    registration = Registration(
        event=event,
        contact=contact,
        organisation=organisation,
        organisation_name=organisation_name,
        # A sector that disagrees with the register's would be counted twice.
        kind=organisation.kind if organisation else kind,
        name=name,
        email=email.strip(),
        email_key=key,
        form_key=form_key,
        source=source,
        language=language,
        access_needs=access_needs,
        dietary_needs=dietary_needs,
        consent_version=consent_version,
        consented_at=now if consent_version else None,
    )
    if is_free:
        registration.state = Registration.State.CONFIRMED
        registration.confirmed_at = now
        event.taken += 1
    else:
        registration.state = Registration.State.WAITING
        registration.queue_number = event.next_queue_number
        event.next_queue_number += 1
    registration.save()
    event.save(update_fields=["taken", "next_queue_number", "updated_at"])
    trail.record(
        "registration.created",
        subject=registration,
        actor=actor,
        scope=event.context_reference,
        event=event.pk,
        state=registration.state,
        source=registration.source,
    )
    if is_free:
        emails.confirmed(registration)
    else:
        emails.waiting(registration)
    return registration


def _refuse_unless_open(event: Event, source: str) -> None:
    if source == Registration.Source.STAFF:
        if not event.is_ahead or event.has_begun:
            raise Refused(gettext("People can be entered from the announcement until the event begins."))
    elif event.state == Event.State.BOOKING and not event.takes_bookings:
        raise Refused(gettext("Booking for this event has closed."))
    elif not event.takes_bookings:
        raise Refused(
            gettext("This event is “%(state)s”, so it takes no bookings.")
            % {"state": event.get_state_display().lower()}
        )


def promote(event: Event) -> int:
    """Give free places to those who wait, first come first; returns to how many. The caller holds the lock."""
    if not event.is_ahead or event.has_begun:
        return 0
    given = 0
    while event.taken < event.capacity and (registration := event.registrations.queue().first()):
        registration.event = event
        registration.move_to(Registration.State.CONFIRMED)
        registration.confirmed_at = timezone.now()
        registration.save(update_fields=["state", "confirmed_at", "updated_at"])
        event.taken += 1
        trail.record("registration.promoted", subject=registration, scope=event.context_reference, event=event.pk)
        emails.confirmed(registration, was_waiting=True)
        given += 1
    if given:
        event.save(update_fields=["taken", "updated_at"])
    return given


@transaction.atomic
def cancel(registration_id: int, *, actor: Any = None) -> Registration:
    """Give up a place or a place in the queue; the first of those who wait gets it in the same transaction.

    Doing it twice changes nothing. Needs are deleted at once. Raises Refused once the event has begun.
    """
    event = lock(Registration.objects.values_list("event_id", flat=True).get(pk=registration_id))
    registration = Registration.objects.get(pk=registration_id)
    registration.event = event
    if registration.state == Registration.State.CANCELLED:
        return registration
    if event.has_begun or event.is_over:
        raise Refused(gettext("The event has begun, so there is no place to give back."))
    held_a_place = registration.state in Registration.HOLDING and registration.source != Registration.Source.WALK_IN
    registration.move_to(Registration.State.CANCELLED)
    registration.cancelled_at = timezone.now()
    registration.calendar_sequence += 1
    registration.access_needs = registration.dietary_needs = ""
    registration.save()
    trail.record(
        "registration.cancelled", subject=registration, actor=actor, scope=event.context_reference, event=event.pk
    )
    if event.state != Event.State.CANCELLED:
        emails.given_up(registration)
    if held_a_place:
        event.taken -= 1
        event.save(update_fields=["taken", "updated_at"])
        promote(event)
    return registration


@transaction.atomic
def change_capacity(event_id: int, capacity: int, *, actor: Any = None) -> Event:
    """Set the number of places; those who wait get the new ones at once. Raises Refused below what is taken."""
    event = lock(event_id)
    set_capacity(event, capacity, actor=actor)
    event.save(update_fields=["capacity", "taken", "updated_at"])
    return event


def set_capacity(event: Event, capacity: int, *, actor: Any = None) -> None:
    """The same inside a lock that the caller holds and a save that the caller makes."""
    if capacity == event.capacity:
        return
    if capacity < max(event.taken, 1):
        taken = f"{event.taken} {'place is' if event.taken == 1 else 'places are'} taken"
        raise Refused(f"{taken}, so there cannot be fewer. Cancel bookings first.", field="capacity")
    before, event.capacity = event.capacity, capacity
    event.save(update_fields=["capacity", "updated_at"])
    promoted = promote(event)
    trail.record(
        "event.resized",
        subject=event,
        actor=actor,
        scope=event.context_reference,
        before=before,
        after=capacity,
        promoted=promoted,
    )


@transaction.atomic
def walk_in(
    event_id: int,
    *,
    name: str,
    email: str = "",
    organisation_name: str = "",
    kind: Kind | None = None,
    actor: Any = None,
) -> Registration:
    """Record somebody who came without booking as present.

    Software does not turn people away at the door, and it does not rewrite what was promised either: a walk-in
    stands outside of `taken`, so the capacity keeps its meaning, no booking is touched, and taking a mistaken
    walk-in out frees no place. Who had booked is marked as present; who was waiting leaves the queue.
    """
    event = lock(event_id)
    if not (event.is_ahead or event.is_over):
        raise Refused(
            gettext("This event is “%(state)s”, so nobody can come in.") % {"state": event.get_state_display().lower()}
        )
    key = address_hash(email) if email else uuid.uuid4().hex
    registration = event.registrations.live().filter(email_key=key).first()
    if registration is None:
        contact = queries.known_contact(email) if email else None
        organisation = queries.known_organisation(contact, organisation_name)
        registration = Registration.objects.create(
            event=event,
            contact=contact,
            organisation=organisation,
            organisation_name=organisation_name,
            kind=organisation.kind if organisation else kind,
            name=name,
            email=email,
            email_key=key,
            state=Registration.State.CONFIRMED,
            confirmed_at=timezone.now(),
            source=Registration.Source.WALK_IN,
        )
    elif registration.state == Registration.State.WAITING:
        registration.move_to(Registration.State.CONFIRMED)
        registration.confirmed_at = timezone.now()
        registration.source = Registration.Source.WALK_IN
        registration.save(update_fields=["state", "confirmed_at", "source", "updated_at"])
    Attendance.objects.update_or_create(
        registration=registration, defaults={"status": Attendance.Status.ATTENDED, "marked_by": actor}
    )
    trail.record(
        "registration.walked_in", subject=registration, actor=actor, scope=event.context_reference, event=event.pk
    )
    return registration
