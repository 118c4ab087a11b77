"""Bookings in any order keep the promises, whatever the order."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from engagement.core.errors import Refused
from engagement.events import lifecycle
from engagement.events.models import Event, Registration
from tests.factories.events import EventFactory

PEOPLE = st.integers(0, 11)


class Door(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        Registration.objects.all().delete()
        Event.objects.all().delete()
        self.event = EventFactory(capacity=3)
        self.order = []  # who waits, in the order in which they came

    def _live(self, person):
        return self.event.registrations.live().filter(email=f"p{person}@door.example").first()

    @rule(person=PEOPLE)
    def register(self, person):
        had_one = self._live(person)
        registration = lifecycle.register(self.event.pk, name=f"P{person}", email=f"p{person}@door.example")
        if had_one:
            assert registration == had_one
        elif registration.state == "waiting":
            self.order.append(registration.pk)

    @rule(person=PEOPLE)
    def cancel(self, person):
        if registration := self._live(person):
            lifecycle.cancel(registration.pk)
            if registration.pk in self.order:
                self.order.remove(registration.pk)

    @rule(capacity=st.integers(1, 8))
    def resize(self, capacity):
        taken = Event.objects.get(pk=self.event.pk).taken
        try:
            lifecycle.change_capacity(self.event.pk, capacity)
        except Refused:
            assert capacity < taken

    @rule(person=PEOPLE)
    def walk_in(self, person):
        registration = lifecycle.walk_in(self.event.pk, name=f"P{person}", email=f"p{person}@door.example")
        if registration.pk in self.order:
            self.order.remove(registration.pk)

    @invariant()
    def the_counter_counts_and_is_within_capacity(self):
        event = Event.objects.get(pk=self.event.pk)
        assert event.taken == Registration.objects.holding().filter(event=event).count() <= event.capacity

    @invariant()
    def nobody_waits_beside_a_free_place_and_the_queue_keeps_its_order(self):
        event = Event.objects.get(pk=self.event.pk)
        waiting = list(event.registrations.queue().values_list("pk", flat=True))
        assert not waiting or event.taken == event.capacity
        # Who was first may have got a place since; nobody else has left the queue's front.
        assert waiting == self.order[len(self.order) - len(waiting) :]
        self.order = waiting

    @invariant()
    def nobody_has_two_places(self):
        keys = list(self.event.registrations.live().values_list("email_key", flat=True))
        assert len(keys) == len(set(keys))


class DoorTest(TestCase):
    def test_any_order_of_bookings_keeps_the_promises(self):
        run_state_machine_as_test(
            Door,
            settings=settings(
                max_examples=12,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
                database=None,
            ),
        )


pytestmark = pytest.mark.django_db
