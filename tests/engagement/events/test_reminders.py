"""What the clock does beside the plan, done twice, and what is still wanted when its moment comes."""

from datetime import UTC, datetime, timedelta

import pytest

from engagement.audit.models import Entry
from engagement.events import lifecycle, reminders, tasks
from engagement.messaging.models import OutgoingMessage
from tests.factories.events import EventFactory, RegistrationFactory

pytestmark = pytest.mark.django_db


def twice():
    for _ in range(2):
        tasks.sweep()


def test_booking_closes_at_its_time(time_machine):
    closes = EventFactory(
        booking_closes_at=datetime(2027, 5, 1, 22, 59, 59, tzinfo=UTC), starts_at=datetime(2027, 5, 9, 9, tzinfo=UTC)
    )
    begins = EventFactory(starts_at=datetime(2027, 5, 1, 9, tzinfo=UTC))
    later = EventFactory(starts_at=datetime(2027, 6, 1, 9, tzinfo=UTC))
    time_machine.move_to(datetime(2027, 5, 1, 23, tzinfo=UTC))

    twice()

    states = []
    for event in (closes, begins, later):
        event.refresh_from_db()
        states.append(event.state)
    assert states == ["booking_closed", "booking_closed", "booking"]
    assert Entry.objects.filter(verb="event.booking_closed", actor=None).count() == 2


def test_needs_are_deleted_two_weeks_after_the_end_with_proof(time_machine):
    event = EventFactory(over=True)
    person = RegistrationFactory(event=event, access_needs="A ramp", dietary_needs="Vegan")
    diet = RegistrationFactory(event=event, dietary_needs="Vegan")
    RegistrationFactory(event=event)
    other = RegistrationFactory(event=EventFactory(starts_at=event.starts_at + timedelta(days=1)), access_needs="Kept")
    time_machine.move_to(event.ends_at + timedelta(days=14, seconds=-5))
    twice()
    person.refresh_from_db()
    assert person.access_needs == "A ramp"

    time_machine.move_to(event.ends_at + timedelta(days=14))
    twice()

    for one in (person, diet, other, event):
        one.refresh_from_db()
    assert (person.access_needs, person.dietary_needs, diet.dietary_needs, other.access_needs) == ("", "", "", "Kept")
    assert event.needs_purged_at is not None
    assert [entry.facts for entry in Entry.objects.filter(verb="event.needs_purged")] == [{"people": 2, "tasks": 0}]


def test_a_message_is_dropped_with_a_reason_once_it_is_not_wanted():
    event = EventFactory(capacity=1)
    ada = lifecycle.register(event.pk, name="Ada", email="ada@partner.example")
    ben = lifecycle.register(event.pk, name="Ben", email="ben@partner.example")
    confirmed = OutgoingMessage.objects.get(rule="events.confirmed")
    waiting = OutgoingMessage.objects.get(rule="events.waiting")
    assert (reminders.why_not(confirmed), reminders.why_not(waiting)) == ("", "")

    lifecycle.cancel(ada.pk)
    assert reminders.why_not(confirmed) == "The booking was given up."
    assert reminders.why_not(waiting) == "The person has a place by now."

    promoted = OutgoingMessage.objects.get(rule="events.confirmed", recipient=str(ben.public_id))
    lifecycle.change(event.pk, {"venue_name": "Elsewhere"})
    assert reminders.why_not(promoted) == "The event was moved after this was written."
    lifecycle.cancel_event(event.pk, "Snow")
    assert reminders.why_not(OutgoingMessage.objects.get(rule="events.moved")) == "The event was cancelled."
