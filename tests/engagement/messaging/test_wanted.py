"""Whether a message is still wanted, asked just before it leaves."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from engagement.messaging import building, claims, delivery
from engagement.messaging import outbox as asking
from engagement.messaging.models import OutgoingMessage, address_hash
from tests.factories.messaging import MessageFactory

pytestmark = pytest.mark.django_db
ADA = "ada@partners.example"


def to_ada(**fields):
    return MessageFactory(to_email=ADA, **fields)


def state_of(message):
    message.refresh_from_db()
    return message.state


def test_nobody_gets_more_than_two_a_week_that_they_did_not_cause(settings, outbox, time_machine_at):
    settings.MESSAGES_A_WEEK = 2
    first, second, third = (to_ada(category="consultation", occurrence=str(n)) for n in range(3))
    caused = to_ada(occurrence="receipt")
    somebody_else = MessageFactory(category="consultation")

    delivery.drain()

    assert [state_of(one) for one in (first, second, third, caused, somebody_else)] == [
        "sent", "sent", "planned", "sent", "sent",
    ]  # fmt: skip
    assert third.reason == "This person had 2 messages within a week already. It waits until the next may leave."
    assert abs(third.retry_at - first.sent_at - timedelta(days=7)) < timedelta(seconds=5)
    time_machine_at.shift(timedelta(days=7, seconds=1))
    delivery.drain()
    assert state_of(third) == "sent"


def test_a_message_that_would_be_too_late_by_then_says_so(settings, outbox):
    settings.MESSAGES_A_WEEK = 1
    to_ada(category="event", sent=True, occurrence="before")
    message = to_ada(category="event", expires_at=timezone.now() + timedelta(days=3))

    delivery.drain()

    assert state_of(message) == "skipped"
    assert message.reason.endswith("When the next may leave, it would be too late.")


def test_a_loop_ends_at_the_daily_limit(settings, outbox):
    settings.MESSAGES_A_DAY = 5
    for number in range(9):
        to_ada(occurrence=str(number))

    delivery.drain()

    assert len(outbox.to(f"Reader <{ADA}>") or outbox.messages) == 5


def test_trial_site_writes_only_to_those_it_names(settings, outbox):
    settings.MESSAGES_ONLY_TO = ["Ada@Partners.example", "@trial.example"]
    settings.SUBJECT_PREFIX = "[TRIAL]"
    to_ada(subject="To Ada")
    MessageFactory(to_email="bob@trial.example", subject="To Bob")
    message = MessageFactory(to_email="cleo@partners.example", subject="To Cleo")

    delivery.drain()

    assert sorted(outbox.subjects) == ["[TRIAL] To Ada", "[TRIAL] To Bob"]
    assert state_of(message) == "skipped"
    assert message.reason.startswith("This is a trial site")


# --- messages of one calendar entry stay in order ---------------------------------------------------------


def entry(method, **fields):
    return MessageFactory(
        rule=f"tests.{method.lower()}",
        to_email=ADA,
        calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        calendar_method=method,
        calendar_uid="event-1@soundings.example",
        **fields,
    )


def test_cancellation_waits_while_the_invitation_is_on_its_way(outbox):
    request = entry("REQUEST", state="sending", owner="other", lease_until=timezone.now() + timedelta(seconds=60))
    cancel = entry("CANCEL", priority=1)

    delivery.drain()

    assert (state_of(request), state_of(cancel), len(outbox)) == ("sending", "planned", 0)
    OutgoingMessage.objects.filter(pk=request.pk).update(state="sent", sent_at=timezone.now())
    OutgoingMessage.objects.filter(pk=cancel.pk).update(retry_at=None)
    delivery.drain()
    assert state_of(cancel) == "sent"


@pytest.mark.parametrize("before", ["planned", "held"])
def test_invitation_that_was_never_sent_and_its_cancellation_are_both_left_out(outbox, before):
    request = entry("REQUEST", state=before, due_at=timezone.now() + timedelta(hours=1))
    cancel = entry("CANCEL")

    delivery.drain()

    assert (state_of(request), state_of(cancel), len(outbox)) == ("skipped", "skipped", 0)
    assert cancel.reason == "It takes back an invitation that was never sent, so both were left out."


def test_both_in_one_batch_whatever_their_urgency(outbox):
    request, cancel = entry("REQUEST", priority=5), entry("CANCEL", priority=1)

    delivery.drain()

    assert (state_of(request), state_of(cancel), len(outbox)) == ("skipped", "skipped", 0)


def test_news_that_must_arrive_goes_without_its_calendar_file(outbox):
    request = entry("REQUEST", state="planned", due_at=timezone.now() + timedelta(hours=1))
    cancel = entry("CANCEL", on_uncertain="resend_once")

    delivery.drain()

    assert (state_of(request), state_of(cancel)) == ("skipped", "sent")
    assert outbox.only().attachments == []


@pytest.mark.parametrize("fate", ["sent", "uncertain"])
def test_cancellation_of_what_may_have_arrived_leaves(outbox, fate):
    entry("REQUEST", **{fate: True})
    cancel = entry("CANCEL")

    delivery.drain()

    assert state_of(cancel) == "sent"
    assert len(outbox.only().attachments) == 1


def test_uid_is_read_from_the_file_and_the_policy_from_the_rule():
    text = (
        "BEGIN:VCALENDAR\r\nUID:event-7f0c1f7e-aaaa-bbbb-cccc-0123456789ab-7f0c1f7e-aaaa-bbb\r\n b@x\r\nEND:VCALENDAR"
    )

    assert building.uid_of(text) == "event-7f0c1f7e-aaaa-bbbb-cccc-0123456789ab-7f0c1f7e-aaaa-bbbb@x"
    assert building.uid_of("") == ""
    assert (asking._policy("events.called_off"), asking._policy("invitations.remind:1")) == ("resend_once", "hold")


def test_what_must_arrive_is_sent_once_more_as_the_same_message(sink):
    message = MessageFactory(on_uncertain="resend_once")
    sink.answer = lambda stage, address: "accept and drop" if stage == "DOT" else ""

    for _ in range(3):
        delivery.drain()
        OutgoingMessage.objects.update(retry_at=None)

    assert state_of(message) == "uncertain"
    assert message.resent_at is not None
    assert dict(sink.copies()) == {message.message_id: 2}


def test_lease_that_ran_out_while_sending_follows_the_policy():
    now = timezone.now()
    gone = {"state": "sending", "owner": "dead", "lease_until": now - timedelta(seconds=1)}
    held, resent = MessageFactory(**gone), MessageFactory(on_uncertain="resend_once", **gone)

    claims.reap(now)

    assert (state_of(held), state_of(resent)) == ("uncertain", "planned")
    assert address_hash(resent.to_email) == resent.address_key


def test_messages_from_before_get_the_uid_of_their_file():
    fill = import_module("engagement.messaging.migrations.0003_fill_calendar_uid").fill
    text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:event-1-\r\n 2@soundings.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    old, other = MessageFactory(calendar=text), MessageFactory()
    broken = MessageFactory(calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")

    for _ in range(2):
        fill(apps, None)

    for message in (old, other, broken):
        message.refresh_from_db()
    assert (old.calendar_uid, other.calendar_uid, broken.calendar_uid) == ("event-1-2@soundings.example", "", "")
