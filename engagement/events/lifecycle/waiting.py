"""The waiting list: who gets a place that frees, offers with a deadline, and what staff decide by hand.

A claim that does not fit, because it is a party, because its sector has all it may have or because the organisation
has, lets those behind it pass, unless the event says that parties keep their turn. Who was passed over stands in the
record of acts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import emails
from engagement.events.lifecycle.ledger import KEPT, LIMIT, ORGANISATION, SPACE, Claim, Ledger, claims_of
from engagement.events.lifecycle.locking import lock, lock_of
from engagement.events.models import Event, Registration
from engagement.stakeholders.models import Sector


def claims_in_queue(event: Event) -> list[Claim]:
    """Who waits, first come first; one query."""
    return claims_of(event.registrations.queue().select_related("kind__sector", "organisation"))


def would_pass_somebody(ledger: Ledger, newcomer: Claim) -> bool:
    """Whether giving this claim its places now would pass over somebody who waits for the same ones."""
    for claim in claims_in_queue(ledger.event):
        if claim.pool != newcomer.pool:
            continue
        lacks = ledger.lacks(claim)
        if not lacks or (ledger.event.parties_keep_turn and SPACE.issuperset(lacks)):
            return True
    return False


def promote(ledger: Ledger) -> int:
    """Give free places to those who wait, by the event's rule; returns to how many people. Saves the ledger.

    The caller holds the event's lock.
    """
    event = ledger.event
    given = 0
    is_closed = not event.is_ahead or event.has_begun or event.promotion == Event.Promotion.MANUAL
    if not is_closed and ledger.has_room:
        claims = claims_in_queue(event)
        shares = Shares(event) if event.promotion == Event.Promotion.SECTOR and claims else None
        while (eligible := _eligible(ledger, claims)) and ledger.has_room:
            claim = shares.furthest_below(eligible) if shares else eligible[0]
            reason = shares.words(claim) if shares else "First of those who waited and fit."
            passed = [other for other in claims if other.number < claim.number]
            give(ledger, claim, reason, passed=sum(len(other.people) for other in passed))
            if shares:
                shares.count(claim)
            claims.remove(claim)
            given += len(claim.people)
    ledger.save()
    return given


def _eligible(ledger: Ledger, claims: list[Claim]) -> list[Claim]:
    found, blocked = [], set()
    for claim in claims:
        if claim.pool in blocked:
            continue
        lacks = ledger.lacks(claim)
        if not lacks:
            found.append(claim)
        elif ledger.event.parties_keep_turn and SPACE.issuperset(lacks):
            blocked.add(claim.pool)
    return found


class Shares:
    """What each sector should have of an event's places, and what it has: people, room and online together.

    A share is the sector's part of all targets; without targets every sector has the same.
    """

    def __init__(self, event: Event) -> None:
        targets = {row.sector_id: row.target for row in event.allocations.all()}
        self.names: dict[int | None, str] = dict(Sector.objects.values_list("pk", "name"))
        total = sum(targets.values())
        if total:
            self.shares = {pk: Fraction(event.all_places * target, total) for pk, target in targets.items()}
        else:
            self.shares = dict.fromkeys(filter(None, self.names), Fraction(event.all_places, len(self.names) or 1))
        held = event.registrations.holding().values("kind__sector").annotate(people=Count("pk")).order_by()
        self.held: dict[int | None, int] = {row["kind__sector"]: row["people"] for row in held}

    def _below(self, sector_id: int | None) -> Fraction:
        return self.shares.get(sector_id or 0, Fraction(0)) - self.held.get(sector_id, 0)

    def furthest_below(self, claims: list[Claim]) -> Claim:
        return max(claims, key=lambda claim: (self._below(claim.sector_id), -claim.number))

    def words(self, claim: Claim) -> str:
        pk = claim.sector_id
        share = float(self.shares.get(pk or 0, Fraction(0)))
        name = self.names.get(pk, "Who gave no sector")
        return f"{name} held {self.held.get(pk, 0)} of its share of {share:.1f} places, the furthest below."

    def count(self, claim: Claim) -> None:
        self.held[claim.sector_id] = self.held.get(claim.sector_id, 0) + len(claim.people)


def give(ledger: Ledger, claim: Claim, reason: str, *, passed: int = 0, actor: Any = None) -> None:
    """Confirm the claim, or hold its places by an offer; the caller has asked whether they are free."""
    event, now = ledger.event, timezone.now()
    until = now + timedelta(hours=event.offer_hours)
    # So close to the beginning nobody could take up what the first person leaves: places are given at once.
    is_offer = event.offer_hours > 0 and until < event.starts_at
    ledger.take(claim)
    for person in claim.people:
        person.event = event
        person.promotion_reason = reason
        if is_offer:
            person.move_to(Registration.State.OFFERED)
            person.offer_expires_at = until
        else:
            person.move_to(Registration.State.CONFIRMED)
            person.confirmed_at = now
        person.save(
            update_fields=["state", "promotion_reason", "offer_expires_at", "confirmed_at", "updated_at"],
        )
        trail.record(
            "registration.offered" if is_offer else "registration.promoted",
            subject=person,
            actor=actor,
            scope=event.context_reference,
            event=event.pk,
            reason=reason,
            passed_over=passed,
        )
    for person in claim.people:
        if not is_offer:
            emails.confirmed(person, was_waiting=True)
        elif person == claim.first:
            emails.offered(person)


def _claim_of(event: Event, registration: Registration, state: str) -> Claim:
    people = event.registrations.filter(state=state).select_related("kind__sector", "organisation").order_by("pk")
    same = people.filter(party=registration.party_id) if registration.party_id else people.filter(pk=registration.pk)
    return Claim(list(same))


@transaction.atomic
def accept(registration_id: int, *, actor: Any = None) -> Registration:
    """Take up an offer, for the whole party where there is one. Doing it twice changes nothing.

    Raises Refused when the offer has ended.
    """
    event = lock_of(registration_id)
    registration = Registration.objects.get(pk=registration_id)
    if registration.state == Registration.State.CONFIRMED:
        return registration
    if not registration.offer_is_open or not event.is_ahead:
        raise Refused(gettext("This offer has ended, and the place goes to the next person."))
    for person in _claim_of(event, registration, Registration.State.OFFERED).people:
        person.event = event
        person.move_to(Registration.State.CONFIRMED)
        person.confirmed_at = timezone.now()
        person.offer_expires_at = None
        person.save(update_fields=["state", "confirmed_at", "offer_expires_at", "updated_at"])
        trail.record(
            "registration.accepted", subject=person, actor=actor, scope=event.context_reference, event=event.pk
        )
        emails.confirmed(person, was_waiting=True)
    registration.refresh_from_db()
    return registration


def expire_due(now: datetime | None = None) -> int:
    """End the offers whose time is over and offer their places to the next; returns how many people lost one.

    Those of a postponed event wait for its new date.
    """
    late = Registration.objects.filter(state=Registration.State.OFFERED, offer_expires_at__lte=now or timezone.now())
    # While an event is postponed everybody keeps what they have.
    late = late.filter(event__state__in=Event.AHEAD)
    return sum(_expire(pk) for pk in late.order_by("event").values_list("event", flat=True).distinct())


@transaction.atomic
def _expire(event_id: int) -> int:
    event = lock(event_id)
    late = event.registrations.filter(state=Registration.State.OFFERED, offer_expires_at__lte=timezone.now())
    people = list(late.select_related("kind__sector").order_by("pk"))
    ledger = Ledger(event)
    for person in people:
        person.event = event
        ledger.give_back(person)
        person.move_to(Registration.State.EXPIRED)
        person.access_needs = person.dietary_needs = ""
        person.save()
        person.needs.all().delete()
        trail.record("registration.expired", subject=person, scope=event.context_reference, event=event.pk)
        if event.is_ahead and not event.has_begun:
            emails.expired(person)
    promote(ledger)
    return len(people)


@transaction.atomic
def give_by_hand(registration_id: int, reason: str, *, actor: Any) -> Registration:
    """Give somebody who waits a place out of turn, whatever is kept for others; their party comes along.

    Raises Refused without a reason, and where the chair does not exist: nobody over-books.
    """
    event = lock_of(registration_id)
    registration = Registration.objects.get(pk=registration_id)
    if not reason.strip():
        raise Refused("Say why this person gets the place. It is kept with the booking.", field="reason")
    if registration.state != Registration.State.WAITING:
        raise Refused(f"{registration.name} does not wait any more.")
    if not event.is_ahead or event.has_begun:
        raise Refused("Places are given from the announcement until the event begins.")
    ledger, claim = Ledger(event), _claim_of(event, registration, Registration.State.WAITING)
    hard = [lack for lack in ledger.lacks(claim) if lack not in {KEPT, ORGANISATION}]
    if hard:
        raise Refused(
            "The sector has as many places as it may have. Raise its limit first."
            if hard == [LIMIT]
            else "There is no free place for them. Raise the number of places first."
        )
    give(ledger, claim, f"By hand: {reason.strip()}"[:300], actor=actor)
    promote(ledger)
    registration.refresh_from_db()
    return registration
