"""Places: booked, given back, handed on. Everybody who changes them holds the event's row lock first.

Inside the lock the counters are the chairs held in each pool (see `ledger`), at most what each has, and nobody who
may have a free chair waits. On SQLite the transaction begins IMMEDIATE, so the database's one write lock does the
same. The CHECK of each table refuses what a forgotten path might do.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import emails, queries
from engagement.events.lifecycle import locking, waiting
from engagement.events.lifecycle.asking import keep_consents
from engagement.events.lifecycle.invitations import note_answer
from engagement.events.lifecycle.ledger import Claim, Ledger
from engagement.events.lifecycle.needs import note_needs
from engagement.events.models import ConsentText, Event, Party, Registration, Seat, Slot
from engagement.messaging.models import address_hash
from engagement.stakeholders.models import Kind

# Carers and interpreters that one person may bring.
MOST_COMPANIONS = 3
lock = locking.lock


@dataclass(frozen=True)
class Guest:
    """Somebody who comes with the person who books; without an address they are told by that person."""

    name: str
    email: str = ""


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
    companions: int = 0,
    is_online: bool = False,
    slot: Slot | None = None,
    guests: Sequence[Guest] = (),
    is_invited: bool = False,
    needs: Iterable[str] = (),
    answers: Mapping[str, Any] | None = None,
    consents: Iterable[ConsentText] = (),
    actor: Any = None,
) -> Registration:
    """Give a place, or the next number in the queue, and ask for the message that says which.

    Who has one already keeps it: the same form sent again changes nothing, another form with the same address
    sends the person a reminder of their booking. A place is given only when nobody waits for it. With `guests` all
    of them get places or none does; a guest who has a booking already keeps that one and is left out. Raises Refused
    when booking is not open; staff may enter people until the event begins. `language` is the one that they read in.
    """
    # Looked up before the lock: whoever waits behind it waits for as little as possible.
    contact = queries.known_contact(email)
    organisation = queries.known_organisation(contact, organisation_name)
    event = lock(event_id)
    _refuse_unless_open(event, source)
    if event.by_invitation and not is_invited and source == Registration.Source.BOOKED:
        raise Refused(gettext("This event is for people who were invited. Use the link in your invitation."))
    key = address_hash(email)
    existing = event.registrations.live().filter(email_key=key).first()
    if existing is not None:
        existing.event = event
        if form_key is None or existing.form_key != form_key:
            emails.booked_again(existing)
        return existing

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
        companions=companions,
        is_online=is_online,
        slot=slot,
        access_needs=access_needs,
        dietary_needs=dietary_needs,
        answers=dict(answers or {}),
        consent_version=consent_version,
        consented_at=timezone.now() if consent_version else None,
    )
    claim = Claim([registration, *_newcomers(registration, guests, key)])
    ledger = Ledger(event)
    _refuse_what_can_never_be(ledger, claim)
    is_free = not ledger.lacks(claim) and not waiting.would_pass_somebody(ledger, claim)
    if guests:
        party = Party.objects.create(event=event, organisation_name=organisation_name)
        for person in claim.people:
            person.party = party
    for person in claim.people:
        _settle(event, person, is_free=is_free)
    if is_free:
        ledger.take(claim)
    ledger.save()
    note_needs(registration, needs)
    keep_consents(registration, consents)
    note_answer(registration)
    for person in claim.people:
        trail.record(
            "registration.created",
            subject=person,
            actor=actor,
            scope=event.context_reference,
            event=event.pk,
            state=person.state,
            source=person.source,
        )
    for person in claim.people:
        if is_free:
            emails.confirmed(person)
        elif person is registration:
            emails.waiting(person)
    return registration


def _newcomers(first: Registration, guests: Sequence[Guest], first_key: str) -> list[Registration]:
    """The guests who have no booking of their own yet, as rows not saved."""
    keys = [address_hash(guest.email) if guest.email else uuid.uuid4().hex for guest in guests]
    booked = {one.email_key: one for one in first.event.registrations.live().filter(email_key__in=keys)}
    people, taken = [], {first_key}
    for guest, key in zip(guests, keys, strict=True):
        if key in booked:
            booked[key].event = first.event
            emails.booked_again(booked[key])
        elif key not in taken:
            taken.add(key)
            people.append(
                Registration(
                    event=first.event,
                    contact=queries.known_contact(guest.email) if guest.email else None,
                    organisation=first.organisation,
                    organisation_name=first.organisation_name,
                    kind=first.kind,
                    name=guest.name,
                    email=guest.email.strip(),
                    email_key=key,
                    source=first.source,
                    language=first.language,
                    is_online=first.is_online,
                    slot=first.slot,
                )
            )
    return people


def _settle(event: Event, person: Registration, *, is_free: bool) -> None:
    if is_free:
        person.state = Registration.State.CONFIRMED
        person.confirmed_at = timezone.now()
    else:
        person.state = Registration.State.WAITING
        person.queue_number = event.next_queue_number
        event.next_queue_number += 1
    person.save()


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


def _refuse_what_can_never_be(ledger: Ledger, claim: Claim) -> None:
    """Somebody who could wait for ever is told now."""
    event, first = ledger.event, claim.first
    if first.is_online and not event.has_two_pools:
        raise Refused(gettext("This event has no places online."), field="is_online")
    if first.is_online and first.companions:
        raise Refused(gettext("Only who comes in person needs a chair for somebody else."), field="companions")
    if first.companions > MOST_COMPANIONS:
        raise Refused(gettext("Write to us if more than three people have to come along."), field="companions")
    if len(claim.people) > event.party_limit:
        raise Refused(
            ngettext(
                "One booking is for one person at this event.",
                "One booking is for at most %(most)d people at this event.",
                event.party_limit,
            )
            % {"most": event.party_limit},
            field="guests",
        )
    if event.organisation_cap and claim.organisation and len(claim.people) > event.organisation_cap:
        raise Refused(
            ngettext(
                "An organisation may send one person to this event.",
                "An organisation may send at most %(most)d people to this event.",
                event.organisation_cap,
            )
            % {"most": event.organisation_cap},
            field="guests",
        )
    places = [event.online_capacity or 0 if first.is_online else event.capacity]
    if first.slot_id:
        if first.slot_id not in ledger.slots:
            raise Refused(gettext("Choose one of the times of this event."), field="slot")
        places.append(ledger.slots[first.slot_id].capacity)
    row = ledger.allocations.get(claim.sector_id or 0)
    if row is not None and row.most is not None and not first.is_online:
        places.append(row.most)
    if claim.chairs > min(places):
        raise Refused(
            gettext("You ask for %(chairs)d places, and at most %(most)d can be had.")
            % {"chairs": claim.chairs, "most": min(places)},
            field="guests",
        )


def promote(event: Event) -> int:
    """Give free places to those who wait, by the event's rule; returns to how many. The caller holds the lock."""
    return waiting.promote(Ledger(event))


@transaction.atomic
def cancel(registration_id: int, *, whole_party: bool = False, actor: Any = None) -> Registration:
    """Give up a place or a place in the queue; who waits gets it in the same transaction.

    Doing it twice changes nothing. Needs are deleted at once. Raises Refused once the event has begun.
    """
    event = lock(Registration.objects.values_list("event_id", flat=True).get(pk=registration_id))
    registration = Registration.objects.select_related("kind__sector").get(pk=registration_id)
    registration.event = event
    if registration.state in {Registration.State.CANCELLED, Registration.State.EXPIRED}:
        return registration
    if event.has_begun or event.is_over:
        raise Refused(gettext("The event has begun, so there is no place to give back."))
    people = [registration]
    if whole_party and registration.party_id:
        others = event.registrations.live().filter(party=registration.party_id).exclude(pk=registration.pk)
        people += others.select_related("kind__sector").order_by("pk")
    ledger, held = Ledger(event), 0
    for person in people:
        person.event = event
        held += leave(ledger, person)
        trail.record(
            "registration.cancelled", subject=person, actor=actor, scope=event.context_reference, event=event.pk
        )
        if event.state != Event.State.CANCELLED:
            emails.given_up(person)
    # A party that is smaller now may fit where it did not.
    if held or registration.party_id:
        waiting.promote(ledger)
    return registration


def leave(ledger: Ledger, person: Registration) -> bool:
    """Take somebody out of the places or the queue; whether that frees a chair."""
    held = person.state in Registration.HOLDING and person.source != Registration.Source.WALK_IN
    if held:
        ledger.give_back(person)
    person.move_to(Registration.State.CANCELLED)
    person.cancelled_at = timezone.now()
    person.calendar_sequence += 1
    person.access_needs = person.dietary_needs = ""
    person.save()
    person.needs.all().delete()
    Seat.objects.filter(registration=person).delete()
    return held
