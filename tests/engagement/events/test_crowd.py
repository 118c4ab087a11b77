"""A hundred people at once. Runs on whichever database the suite runs on; both are real files or servers."""

import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from engagement.events import lifecycle
from engagement.events.lifecycle import Guest, places
from engagement.events.models import Event, Registration
from engagement.messaging.models import OutgoingMessage
from tests.factories.events import EventFactory
from tests.factories.stakeholders import KindFactory

PEOPLE = 100


def crowd(act, jobs):
    """Run `act(job)` for all jobs at once, a thread and a connection each; returns the errors."""
    barrier, errors = threading.Barrier(len(jobs)), []

    def run(job):
        try:
            connection.ensure_connection()
            barrier.wait(120)
            act(job)
        except Exception as error:  # noqa: BLE001 - every kind is a failure here
            errors.append(repr(error))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(run, jobs))
    return errors


def booking(event, number, key=None):
    return lambda: lifecycle.register(
        event.pk, name=f"Person {number}", email=f"person{number}@crowd.example", form_key=key
    )


def counted(event):
    """Confirmed, waiting, and the counter, as the database has them now."""
    event.refresh_from_db()
    people = Registration.objects.filter(event=event)
    return people.confirmed().count(), people.queue().count(), event.taken


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("capacity", [1, 30, 99, 100])
def test_a_hundred_people_at_once_get_exactly_the_places_there_are(capacity):
    event = EventFactory(capacity=capacity)
    # Every tenth person clicks twice.
    keys = {number: uuid.uuid4() for number in range(PEOPLE)}
    jobs = [booking(event, number, keys[number]) for number in range(PEOPLE)]
    jobs += [booking(event, number, keys[number]) for number in range(0, PEOPLE, 10)]

    errors = crowd(lambda job: job(), jobs)

    assert errors == []
    assert counted(event) == (capacity, PEOPLE - capacity, capacity)
    numbers = Registration.objects.queue().values_list("queue_number", flat=True)
    assert list(numbers) == list(range(1, PEOPLE - capacity + 1))
    told = OutgoingMessage.objects.values_list("rule", flat=True)
    assert sorted(told) == ["events.confirmed"] * capacity + ["events.waiting"] * (PEOPLE - capacity)


@pytest.mark.django_db(transaction=True)
def test_places_given_up_in_the_crowd_go_to_those_who_wait():
    event = EventFactory(capacity=30)
    there = [booking(event, f"early{number}")() for number in range(30)]
    jobs = [booking(event, number) for number in range(60)]
    jobs += [lambda pk=one.pk: lifecycle.cancel(pk) for one in there[:20]]
    jobs += [lambda: lifecycle.change_capacity(event.pk, 35)]

    errors = crowd(lambda job: job(), jobs)

    assert errors == []
    assert counted(event) == (35, 35, 35)
    # First come, first served: whoever waits has a later number than everybody who was promoted.
    promoted = Registration.objects.confirmed().exclude(queue_number=None).values_list("queue_number", flat=True)
    assert max(promoted) < Registration.objects.queue().first().queue_number


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_crowd_over_books(monkeypatch):
    """The negative control: if this did not over-book, the tests above would prove nothing."""
    event = EventFactory(capacity=30)

    def unlocked(event_id):
        found = Event.objects.get(pk=event_id)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(places, "lock", unlocked)
    # Without the decorator there is no transaction either, which on SQLite is the lock.
    naked = places.register.__wrapped__
    errors = crowd(
        lambda number: naked(event.pk, name=f"Person {number}", email=f"person{number}@crowd.example"),
        list(range(PEOPLE)),
    )

    assert Registration.objects.filter(event=event).confirmed().count() > 30, errors


def in_every_pool(event):
    """What the counters say and what they should say, told from the rows alone."""
    event.refresh_from_db()
    held = list(Registration.objects.holding().filter(event=event).select_related("kind"))
    room = [one for one in held if not one.is_online]
    sectors = Counter(one.kind.sector_id for one in room if one.kind)
    rows = list(event.allocations.all())
    said = (event.taken, event.online_taken, {row.sector_id: row.taken for row in rows})
    return said, (len(room), len(held) - len(room), {row.sector_id: sectors[row.sector_id] for row in rows})


@pytest.mark.django_db(transaction=True)
def test_a_crowd_in_two_pools_with_parties_offers_and_a_limit_fills_each_exactly():
    kind = KindFactory()
    event = EventFactory(capacity=20, mode="hybrid", online_capacity=10, offer_hours=24)
    values = {"reserved": 4, "most": 6, "target": 0, "release_at": None}
    lifecycle.allocate(event.pk, {kind.sector_id: values})
    early = [booking(event, f"early{number}")() for number in range(10)]
    jobs = [
        lambda number=number: lifecycle.register(
            event.pk,
            name=f"P{number}",
            email=f"p{number}@crowd.example",
            kind=kind if number % 3 == 0 else None,
            is_online=number % 4 == 1,
            guests=[Guest(f"With P{number}")] if number % 10 == 2 else [],
        )
        for number in range(60)
    ]
    jobs += [lambda pk=one.pk: lifecycle.cancel(pk) for one in early[:5]]

    errors = crowd(lambda job: job(), jobs)

    assert errors == []
    said, counted_ = in_every_pool(event)
    assert said == counted_
    assert (said[0], said[1]) == (20, 10)
    # A party of two may not fit under the last chair of its sector.
    assert 4 <= said[2][kind.sector_id] <= 6
    # Offers run out and are taken up at once by many hands.
    offered = list(Registration.objects.filter(state="offered").values_list("pk", flat=True))
    late = set(offered[::2])
    Registration.objects.filter(pk__in=late).update(offer_expires_at=timezone.now())
    taking = [lambda pk=pk: lifecycle.accept_offer(pk) for pk in offered if pk not in late]

    assert crowd(lambda job: job(), [*taking, lifecycle.expire_due, lifecycle.expire_due]) == []

    said, counted_ = in_every_pool(event)
    assert said == counted_
    assert (said[0], said[1]) == (20, 10)
    parties = {}
    for one in Registration.objects.exclude(party=None):
        parties.setdefault(one.party_id, set()).add(one.state)
    assert {len(states) for states in parties.values()} == {1}
