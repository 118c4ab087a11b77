"""Bookings in any order keep the promises, whatever the order: pools, sectors, parties, offers, times."""

import contextlib
from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from engagement.core.errors import Refused
from engagement.events import lifecycle
from engagement.events.lifecycle import Guest
from engagement.events.models import Allocation, Event, Party, Registration
from tests.factories.events import EventFactory
from tests.factories.stakeholders import KindFactory

PEOPLE = st.integers(0, 11)
LIVE = Q(state__in=Registration.LIVE)


def address(person):
    return f"p{person}@door.example"


class Door(RuleBasedStateMachine):
    """People 0 to 5 are of one sector, 6 to 8 of another, the others of none."""

    def __init__(self):
        super().__init__()
        for table in (Registration, Party, Allocation, Event):
            table.objects.all().delete()
        self.kinds = [KindFactory(), KindFactory()]
        assert self.kinds[0].sector_id != self.kinds[1].sector_id

    @initialize(
        promotion=st.sampled_from(["first_come", "sector", "manual"]),
        offers=st.sampled_from([0, 24]),
        keep_turn=st.booleans(),
        cap=st.sampled_from([None, 2]),
    )
    def open(self, promotion, offers, keep_turn, cap):
        self.event = EventFactory(
            capacity=4,
            mode="hybrid",
            online_capacity=2,
            promotion=promotion,
            offer_hours=offers,
            parties_keep_turn=keep_turn,
            organisation_cap=cap,
        )
        # A house that is full with some who wait: nearly every step from here on frees or fills something.
        for person in range(9):
            self.register(person=person, companions=0, online=person % 3 == 2)

    def kind(self, person):
        return self.kinds[0] if person < 6 else self.kinds[1] if person < 9 else None

    def live(self, person):
        return self.event.registrations.filter(LIVE, email=address(person)).first()

    @rule(person=PEOPLE, companions=st.integers(0, 2), online=st.booleans())
    def register(self, person, companions, online):
        had_one = self.live(person)
        try:
            found = lifecycle.register(
                self.event.pk,
                name=f"P{person}",
                email=address(person),
                organisation_name=f"Body {person % 4}",
                kind=self.kind(person),
                companions=0 if online else companions,
                is_online=online,
            )
        except Refused as refused:
            # What can never be had: more chairs than there are, or than the sector may have.
            assert refused.field in {"guests", "is_online"}  # noqa: PT017 - no other refusal may be
            return
        assert had_one is None or found == had_one

    @rule(person=PEOPLE, size=st.integers(1, 3), online=st.booleans())
    def register_party(self, person, size, online):
        guests = [Guest(f"P{one % 12}", address(one % 12)) for one in range(person + 1, person + 1 + size)]
        had_one = self.live(person)
        try:
            first = lifecycle.register(
                self.event.pk,
                name=f"P{person}",
                email=address(person),
                organisation_name="Party house",
                kind=self.kind(person),
                is_online=online,
                guests=guests,
            )
        except Refused:
            return
        if had_one is None:
            assert len({one.state for one in first.party.people.all()}) == 1  # all or none

    @rule(person=PEOPLE, whole=st.booleans())
    def cancel(self, person, whole):
        if registration := self.live(person):
            lifecycle.cancel(registration.pk, whole_party=whole)

    @rule(person=PEOPLE, to=PEOPLE)
    def hand_on(self, person, to):
        if (registration := self.live(person)) and self.live(to) is None and registration.source != "walk_in":
            assert lifecycle.hand_on(registration.pk, name=f"P{to}", email=address(to)).state == registration.state

    @rule(capacity=st.integers(1, 7), online=st.sampled_from([None, 0, 1, 3]))
    def resize(self, capacity, online):
        event = Event.objects.get(pk=self.event.pk)
        try:
            lifecycle.change(event.pk, {"capacity": capacity, "online_capacity": online})
        except Refused:
            kept = sum(row.reserved for row in event.allocations.all())
            assert capacity < event.taken or capacity < kept or (online or 0) < event.online_taken

    @rule(
        which=st.integers(0, 1), reserved=st.integers(0, 2), most=st.sampled_from([None, 2, 4]), days=st.integers(1, 5)
    )
    def allocate(self, which, reserved, most, days):
        until = timezone.now() + timedelta(days=days)
        values = {"reserved": reserved, "most": most, "target": 3 * which, "release_at": until}
        with contextlib.suppress(Refused):
            lifecycle.allocate(self.event.pk, {self.kinds[which].sector_id: values})

    @rule()
    def release(self):
        Allocation.objects.update(release_at=timezone.now())
        lifecycle.release_due()

    @rule(person=PEOPLE)
    def take_up(self, person):
        registration = self.live(person)
        if registration and registration.state == "offered":
            assert lifecycle.accept_offer(registration.pk).state == "confirmed"

    @rule()
    def let_offers_end(self):
        Registration.objects.filter(state="offered").update(offer_expires_at=timezone.now())
        lifecycle.expire_due()
        # What is offered now was offered to the next ones.
        assert all(one.offer_is_open for one in Registration.objects.filter(state="offered"))

    @rule(person=PEOPLE)
    def give_by_hand(self, person):
        registration = self.live(person)
        if registration and registration.state == "waiting":
            try:
                lifecycle.give_by_hand(registration.pk, "They speak for the whole quay", actor=None)
            except Refused as refused:
                assert "Raise" in refused.message  # noqa: PT017 - the only refusal there may be

    @rule(person=PEOPLE)
    def walk_in(self, person):
        lifecycle.walk_in(self.event.pk, name=f"P{person}", email=address(person))

    # --- what holds -------------------------------------------------------------------------------------

    @invariant()
    def every_counter_counts_and_is_within_its_limit(self):
        event = Event.objects.get(pk=self.event.pk)
        held = list(Registration.objects.holding().filter(event=event).select_related("kind"))
        room = [one for one in held if not one.is_online]
        assert event.taken == sum(one.chairs for one in room) <= event.capacity
        assert event.online_taken == sum(one.chairs for one in held if one.is_online) <= (event.online_capacity or 0)
        sectors = Counter()
        for one in room:
            sectors[one.kind.sector_id if one.kind else None] += one.chairs
        for row in event.allocations.all():
            assert row.taken == sectors[row.sector_id]
            assert row.most is None or row.taken <= row.most

    @invariant()
    def no_chair_is_free_while_somebody_waits_who_may_have_it(self):
        """Told from the tables alone, by rules that are written down here a second time."""
        event = Event.objects.get(pk=self.event.pk)
        if event.promotion == "manual":
            return
        parties = {}
        for one in event.registrations.filter(state="waiting").select_related("kind").order_by("queue_number"):
            parties.setdefault(one.party_id or f"alone {one.pk}", []).append(one)
        held = list(Registration.objects.holding().filter(event=event))
        rows = {row.sector_id: row for row in event.allocations.all()}
        blocked = set()
        for people in parties.values():
            first, chairs = people[0], sum(one.chairs for one in people)
            sector = first.kind.sector_id if first.kind else None
            if first.is_online in blocked:
                continue
            kept = sum(row.kept_free for key, row in rows.items() if key != sector)
            free = event.online_left if first.is_online else event.room_left
            fits = free >= chairs
            own = rows.get(sector)
            is_kept = fits and not first.is_online and event.room_left - kept < chairs
            is_full = not first.is_online and own and own.most is not None and own.taken + chairs > own.most
            same = [one for one in held if one.organisation_name == first.organisation_name]
            is_many = event.organisation_cap and len(same) + len(people) > event.organisation_cap
            assert not fits or is_kept or is_full or is_many, (first, chairs, free)
            if event.parties_keep_turn and not fits and not is_kept and not is_many:
                blocked.add(first.is_online)

    @invariant()
    def nobody_has_two_places_and_a_party_is_whole(self):
        keys = list(self.event.registrations.live().values_list("email_key", flat=True))
        assert len(keys) == len(set(keys))
        for party in Party.objects.filter(event=self.event):
            states = party.people.filter(LIVE).exclude(source="walk_in").values_list("state", flat=True)
            assert len(set(states)) <= 1


class DoorTest(TestCase):
    def test_any_order_of_bookings_keeps_the_promises(self):
        run_state_machine_as_test(
            Door,
            settings=settings(
                max_examples=7,
                stateful_step_count=22,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
                # A long run says what is wrong well enough; shortening one takes minutes.
                phases=[Phase.explicit, Phase.generate],
                database=None,
            ),
        )


pytestmark = pytest.mark.django_db
