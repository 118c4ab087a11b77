"""Whatever dies, and whenever: no message is accepted twice, and none is lost.

The assertions are on the log of the mail server, not on our own table alone.
"""

import os
import random
import signal
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from engagement.messaging import claims, delivery, faults
from engagement.messaging.models import OutgoingMessage
from engagement.messaging.transports import open_transport
from engagement.messaging.wanted import Wishes
from tests.factories.messaging import MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)
POINTS = {
    "in claim": 0,
    "after claim": 0,
    "before mark": 0,
    "after mark": 1,
    "after payload": 1,
    "after answer": 1,
    "before result": 1,
    "after result": 0,
}
# Connections that a child must not close by dropping them.
KEPT = []
FINAL = {"sent", "uncertain", "failed"}


def forget_connections():
    """In a child: leave the parent's connections alone, neither using nor closing them.

    While a browser runs, the parent's own connection stands in another context than the one that a child finds, so
    closing before the fork is not enough: the child would die inside a transaction that the parent keeps open.
    """
    for one in connections.all(initialized_only=True):
        KEPT.append(one.connection)
        one.connection = None


def drain_in_a_process_that_dies(at, passes=0):
    """Drain in a child that kills itself at the named point, after passing it so many times; returns whether it did."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        forget_connections()
        left = [passes]

        def fault(name):
            if name == at:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        faults.fault = fault
        try:
            delivery.drain(seconds=30)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def outlive_leases():
    OutgoingMessage.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))
    OutgoingMessage.objects.filter(retry_at__isnull=False).update(retry_at=None)


@pytest.mark.parametrize(("point", "uncertain"), POINTS.items())
def test_process_killed_at_any_point_sends_no_second_copy_and_loses_nothing(sink, point, uncertain):
    messages = MessageFactory.create_batch(5)

    assert drain_in_a_process_that_dies(at=point, passes=0 if point == "in claim" else 2)
    outlive_leases()
    delivery.drain()

    states = Counter(OutgoingMessage.objects.values_list("state", flat=True))
    assert states == Counter({"sent": 5 - uncertain, "uncertain": uncertain})
    copies = sink.copies()
    assert max(copies.values()) == 1
    sent = set(OutgoingMessage.objects.filter(state="sent").values_list("message_id", flat=True))
    assert sent <= set(copies)
    assert len(copies) == len(messages) - (point in {"after mark", "after payload"})


@pytest.mark.parametrize("seed", [1, 2])
def test_many_kills_and_a_faulty_server(sink, seed):
    dice = random.Random(seed)
    MessageFactory.create_batch(60)
    answers = {
        "RCPT": ["451 later"] * 3 + ["550 5.7.1 no"],
        "DATA": ["drop"],
        "DOT": ["452 later", "drop", "accept and drop"],
    }
    cut = []

    def answer(stage, address):
        said = dice.choice(answers[stage]) if dice.random() < 0.06 else ""
        if stage == "DOT" and "drop" in said:
            cut.append(said)
        return said

    sink.answer = answer
    kills = 0
    for _ in range(200):
        outlive_leases()
        if not OutgoingMessage.objects.exclude(state__in=FINAL).exists():
            break
        kills += drain_in_a_process_that_dies(at=dice.choice(list(POINTS)), passes=dice.randrange(6))

    states = Counter(OutgoingMessage.objects.values_list("state", flat=True))
    assert kills > 5
    assert set(states) <= FINAL, states
    assert max(sink.copies().values()) == 1
    sent = set(OutgoingMessage.objects.filter(state="sent").values_list("message_id", flat=True))
    assert sent <= set(sink.copies())
    assert states["uncertain"] <= kills + len(cut)


def test_without_the_state_uncertain_there_are_second_copies(sink, monkeypatch):
    """The negative control: a reaper that takes every row left in flight for unsent, as other systems do."""

    def take_for_unsent(now):
        OutgoingMessage.objects.filter(state="sending", lease_until__lt=now).update(state="planned", owner="")
        return 0

    monkeypatch.setattr(claims, "reap", take_for_unsent)
    MessageFactory.create_batch(5)

    assert drain_in_a_process_that_dies(at="after answer", passes=2)
    outlive_leases()
    delivery.drain()

    assert max(sink.copies().values()) == 2


def test_two_processes_share_the_work(sink):
    MessageFactory.create_batch(50)
    connections.close_all()
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            forget_connections()
            try:
                delivery.drain(seconds=30)
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)

    assert sink.copies().total() == len(sink.copies()) == 50
    assert set(OutgoingMessage.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize("point", ["before mark", "after payload", "after answer"])
def test_process_frozen_for_longer_than_its_lease_sends_no_second_copy(sink, point):
    """Another one takes over meanwhile; when the first wakes up, it finds that nothing is its own any more."""
    (message,) = MessageFactory.create_batch(1)
    connections.close_all()
    child = os.fork()
    if child == 0:
        forget_connections()
        stopped = []

        def fault(name):
            if name == point and not stopped:
                stopped.append(name)
                os.kill(os.getpid(), signal.SIGSTOP)

        faults.fault = fault
        try:
            delivery.drain(seconds=30)
        finally:
            os._exit(0)
    os.waitpid(child, os.WUNTRACED)

    outlive_leases()
    delivery.drain()
    message.refresh_from_db()
    between = message.state
    os.kill(child, signal.SIGCONT)
    os.waitpid(child, 0)

    message.refresh_from_db()
    assert between == ("sent" if point == "before mark" else "uncertain")
    assert message.state == "sent"
    assert dict(sink.copies()) == {message.message_id: 1}


def test_claims_without_a_fence_send_second_copies(sink, monkeypatch):
    """The negative control: who woke up late goes on as if the row were still its own."""
    monkeypatch.setattr(claims, "mark", lambda key, owner: True)
    MessageFactory()
    (claimed,) = claims.claim("slow")
    outlive_leases()
    delivery.drain()

    with closing(open_transport()) as transport:
        delivery.Run(transport, owner="slow").process(claimed, Wishes("slow", [claimed]))

    assert max(sink.copies().values()) == 2
