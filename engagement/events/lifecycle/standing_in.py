"""Whose place it is: handed to a colleague, or counted for another organisation."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import emails, queries
from engagement.events.lifecycle import waiting
from engagement.events.lifecycle.ledger import Claim, Ledger
from engagement.events.lifecycle.locking import lock_of
from engagement.events.lifecycle.places import leave
from engagement.events.models import Registration, Seat
from engagement.messaging.models import address_hash
from engagement.stakeholders.models import Organisation


@transaction.atomic
def hand_on(registration_id: int, *, name: str, email: str, actor: Any = None) -> Registration:
    """Give one's place, or number in the queue, to a colleague; returns the colleague's booking.

    The chair is never free in between. What the first person needs to take part goes with them, and so do their
    companions' chairs. Raises Refused once the event has begun, and for an address with a booking of its own.
    """
    event = lock_of(registration_id)
    old = Registration.objects.select_related("kind__sector", "organisation", "party", "slot").get(pk=registration_id)
    old.event = event
    if old.state not in Registration.LIVE or event.has_begun or not event.is_ahead:
        raise Refused(gettext("There is no place to hand on any more."))
    key = address_hash(email)
    if event.registrations.live().filter(email_key=key).exists():
        raise Refused(gettext("The place cannot go to this address. Use another one."), field="email")
    state, number, until = old.state, old.queue_number, old.offer_expires_at
    is_walk_in, companions = old.source == Registration.Source.WALK_IN, old.companions
    if is_walk_in:
        raise Refused(gettext("There is no place to hand on any more."))
    ledger = Ledger(event)
    old.queue_number = None
    seat = Seat.objects.filter(registration=old).first()
    leave(ledger, old)
    new = Registration(
        event=event,
        contact=queries.known_contact(email),
        organisation=old.organisation,
        organisation_name=old.organisation_name,
        kind=old.kind,
        name=name,
        email=email.strip(),
        email_key=key,
        source=old.source,
        language=old.language,
        state=state,
        queue_number=number,
        offer_expires_at=until,
        confirmed_at=timezone.now() if state == Registration.State.CONFIRMED else None,
        is_online=old.is_online,
        slot=old.slot,
        party=old.party,
        promotion_reason=old.promotion_reason,
        stands_in_for=old,
    )
    new.save()
    if seat is not None:
        Seat.objects.create(registration=new, table_id=seat.table_id, by_hand=seat.by_hand)
    if state in Registration.HOLDING:
        ledger.take(Claim([new]))
    trail.record(
        "registration.handed_on",
        subject=new,
        actor=actor,
        scope=event.context_reference,
        event=event.pk,
        registration=old.pk,
    )
    emails.given_up(old)
    if state == Registration.State.CONFIRMED:
        emails.confirmed(new)
    elif state == Registration.State.OFFERED:
        emails.offered(new)
    else:
        emails.waiting(new)
    if companions:
        waiting.promote(ledger)
    ledger.save()
    return new


@transaction.atomic
def describe(
    registration_id: int, *, organisation: Organisation | None, organisation_name: str, kind: Any, actor: Any = None
) -> None:
    """Correct which organisation somebody comes from; one of the register decides the sector too.

    Their chairs are counted for the new sector from now on. Raises Refused where that has all it may have.
    """
    event = lock_of(registration_id)
    person = Registration.objects.select_related("kind__sector", "organisation").get(pk=registration_id)
    ledger = Ledger(event)
    holds = person.state in Registration.HOLDING and person.source != Registration.Source.WALK_IN
    if holds:
        ledger.give_back(person)
    person.organisation = organisation
    person.organisation_name = organisation.name if organisation else organisation_name
    person.kind = organisation.kind if organisation else kind
    if holds:
        row = ledger.allocations.get(Claim([person]).sector_id or 0)
        if row is not None and row.most is not None and not person.is_online and row.taken + person.chairs > row.most:
            raise Refused(f"{row.sector} has as many places as it may have. Raise its limit first.", field="kind")
        ledger.take(Claim([person]))
    person.save(update_fields=["organisation", "organisation_name", "kind", "updated_at"])
    waiting.promote(ledger)
    trail.record("registration.described", subject=person, actor=actor, event=event.pk)
