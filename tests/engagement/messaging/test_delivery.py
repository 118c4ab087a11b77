"""What becomes of a message, whatever the mail server answers."""

from datetime import timedelta

import pytest
from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError
from django.utils import timezone

from engagement.messaging import claims, delivery, line, results
from engagement.messaging.models import Line, Suppression, address_hash
from engagement.messaging.transports import Outcome, Result, open_transport
from engagement.messaging.wanted import Wishes
from tests.factories.messaging import MessageFactory

pytestmark = pytest.mark.django_db


def at(stage, answer):
    return lambda now, address: answer if now == stage else ""


def test_message_is_sent_once_and_as_it_was_written(sink):
    message = MessageFactory(text_body="Line one\n.\n..dots at the front\n")

    for _ in range(2):
        delivery.drain()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.reason) == ("sent", 1, "")
    assert dict(sink.copies()) == {message.message_id: 1}
    assert b"\r\n..\r\n...dots at the front\r\n" in sink.contents[0]


@pytest.mark.parametrize(
    ("stage", "answer", "state", "reason"),
    [
        ("RCPT", "451 4.7.1 Try later", "planned", "The mail server asked to wait: 451 4.7.1 Try later"),
        ("DATA", "421 4.3.2 Busy", "planned", "The mail server asked to wait: 421 4.3.2 Busy"),
        ("DOT", "452 4.3.1 Full", "planned", "The mail server asked to wait: 452 4.3.1 Full"),
        ("RCPT", "550 5.1.1 Nobody here", "failed", "The mail server refused it: 550 5.1.1 Nobody here"),
        ("DATA", "554 5.7.1 Not from you", "failed", "The mail server refused it: 554 5.7.1 Not from you"),
        ("DOT", "552 5.3.4 Too large", "failed", "The mail server refused it: 552 5.3.4 Too large"),
        ("DOT", "drop", "uncertain", "The line broke after the message was handed over, before the answer: "),
        ("DOT", "accept and drop", "uncertain", "The line broke after the message was handed over, before the answer"),
        ("DOT", "333 What", "uncertain", "The mail server gave an answer that means nothing: 333 What"),
    ],
)
def test_answer_of_the_server_decides(sink, stage, answer, state, reason):
    message = MessageFactory()
    sink.answer = at(stage, answer)

    counts = delivery.drain()
    sink.answer = at("", "")
    delivery.drain()

    message.refresh_from_db()
    assert message.state == state
    assert message.reason.startswith(reason)
    assert counts.get(state, 0) == (0 if state == "planned" else 1)
    assert message.attempts == (0 if state == "failed" and stage != "DOT" else 1)
    assert sink.copies().total() == (1 if answer == "accept and drop" else 0)
    assert [step.text for step in message.steps.all()] == [message.reason]


def test_message_put_off_is_tried_again_after_a_minute_then_more(sink, time_machine_at):
    message = MessageFactory()
    sink.answer = at("RCPT", "451 later")
    waits = []
    for _ in range(9):
        now = timezone.now()
        delivery.drain()
        message.refresh_from_db()
        waits.append((message.retry_at - now).total_seconds())
        time_machine_at.move_to(message.retry_at + timedelta(seconds=1))

    assert 30 <= waits[0] <= 61
    assert 1800 <= waits[-1] <= 3601
    sink.answer = at("", "")
    delivery.drain()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 10)


def test_message_without_an_end_is_given_up_after_four_days(sink):
    message = MessageFactory(due_at=timezone.now() - timedelta(days=5))
    sink.answer = at("RCPT", "451 4.2.2 Mailbox full")

    delivery.drain()

    message.refresh_from_db()
    assert (message.state, message.reason) == (
        "failed",
        "Given up after four days. The mail server asked to wait: 451 4.2.2 Mailbox full",
    )


def test_address_that_does_not_exist_gets_nothing_any_more(sink):
    first = MessageFactory(to_email="gone@partners.example")
    sink.answer = at("RCPT", "550 5.1.1 No such mailbox")
    delivery.drain()
    second = MessageFactory(to_email="Gone@partners.example", occurrence="again")
    sink.answer = at("", "")

    delivery.drain()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("failed", "skipped")
    assert second.reason == "Nothing is sent to this address: the address does not exist."
    assert sink.contents == []


def test_refusal_that_is_not_about_the_address_suppresses_nothing(sink):
    MessageFactory()
    sink.answer = at("RCPT", "550 5.7.1 Policy")

    delivery.drain()

    assert not Suppression.objects.exists()


def test_message_whose_time_has_passed_is_not_sent(sink):
    message = MessageFactory(expires_at=timezone.now() - timedelta(seconds=1))

    assert delivery.drain()["skipped"] == 1

    message.refresh_from_db()
    assert (message.state, message.reason) == ("expired", "Its time had passed before it could be sent.")


@pytest.mark.parametrize(
    ("category", "stopped", "cause", "state"),
    [
        ("consultation", "consultation", "unsubscribed", "skipped"),
        ("event", "consultation", "unsubscribed", "sent"),
        ("transactional", "consultation", "unsubscribed", "sent"),
        ("transactional", "", "complained", "sent"),
        ("news", "", "complained", "skipped"),
        ("transactional", "", "bounced", "skipped"),
    ],
)
def test_what_people_stopped_is_not_sent_and_what_they_did_is_confirmed(sink, category, stopped, cause, state):
    message = MessageFactory(category=category)
    Suppression.objects.create(address_key=message.address_key, category=stopped, cause=cause)

    delivery.drain()

    message.refresh_from_db()
    assert message.state == state


def test_question_is_asked_at_the_moment_of_sending(sink, settings):
    settings.MESSAGE_CHECKS = {"tests.wanted": f"{__name__}.not_wanted"}
    message = MessageFactory(check_name="tests.wanted", to_name="Ada")

    delivery.drain()

    message.refresh_from_db()
    assert (message.state, message.reason) == ("skipped", "Ada has answered meanwhile.")
    assert sink.contents == []


def not_wanted(message):
    return f"{message.to_name} has answered meanwhile."


def broken(message):
    raise ZeroDivisionError


def test_question_that_breaks_neither_loses_the_message_nor_stops_the_others(sink, settings):
    settings.MESSAGE_CHECKS = {"tests.broken": f"{__name__}.broken"}
    message, other = MessageFactory(check_name="tests.broken"), MessageFactory()

    delivery.drain()

    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.state, other.state) == ("planned", "sent")
    assert message.reason == "The question whether it is still wanted failed: ZeroDivisionError"


def test_address_that_is_none_fails_with_a_reason(sink):
    message = MessageFactory(to_email="not an address")

    assert delivery.drain()["failed"] == 1

    message.refresh_from_db()
    assert message.reason == "It cannot be written as a message: the address is not complete"


def test_urgent_messages_leave_first(sink):
    slow = MessageFactory(priority=9, due_at=timezone.now() - timedelta(days=1))
    quick = MessageFactory(priority=1)

    delivery.drain()

    assert list(sink.copies()) == [quick.message_id, slow.message_id]


def test_rows_left_by_a_dead_process_are_taken_up_again_or_shown(sink):
    now = timezone.now()
    claimed = MessageFactory(state="claimed", owner="dead", lease_until=now - timedelta(seconds=1))
    sending = MessageFactory(state="sending", owner="dead", lease_until=now - timedelta(seconds=1))
    alive = MessageFactory(state="claimed", owner="alive", lease_until=now + timedelta(seconds=20))

    assert delivery.drain() == {"sent": 1, "skipped": 0, "failed": 0, "uncertain": 1}

    for message in (claimed, sending, alive):
        message.refresh_from_db()
    assert (claimed.state, sending.state, alive.state) == ("sent", "uncertain", "claimed")
    assert dict(sink.copies()) == {claimed.message_id: 1}


def test_process_that_slept_longer_than_its_lease_sends_nothing(sink):
    """The attempt mark is won by one owner only."""
    message = MessageFactory()

    def steal(stage, address):
        if stage == "RCPT":
            type(message).objects.filter(pk=message.pk).update(state="planned", owner="")
        return ""

    (claimed,) = claims.claim("slow")
    delivery.Run(Interrupted(steal), owner="slow").process(claimed, Wishes("slow", [claimed]))

    message.refresh_from_db()
    assert (message.state, sink.contents) == ("planned", [])


class Interrupted(open_transport().__class__):
    """A transport during which something happens before the mark."""

    def __init__(self, happen):
        super().__init__()
        self.happen = happen

    def send(self, email, mark):
        self.happen("RCPT", "")
        return super().send(email, mark)


def test_late_answer_settles_an_uncertain_message():
    message = MessageFactory(state="uncertain", owner="slow", attempts=1)

    results.store(message, "slow", Outcome(Result.SENT))

    message.refresh_from_db()
    assert message.state == "sent"


def test_server_out_of_reach_blames_no_message(settings, sink, time_machine_at):
    messages = MessageFactory.create_batch(3)
    right = settings.EMAIL_PORT
    settings.EMAIL_PORT = 9
    for _ in range(line.FAILURES_BEFORE_PAUSE + 1):
        assert delivery.drain() == {"sent": 0, "skipped": 0, "failed": 0, "uncertain": 0}

    out = Line.objects.get()
    assert out.failures == line.FAILURES_BEFORE_PAUSE
    assert out.paused_until > timezone.now()
    settings.EMAIL_PORT = right
    assert delivery.drain()["sent"] == 0

    time_machine_at.shift(timedelta(minutes=2))
    assert delivery.drain()["sent"] == 3
    out.refresh_from_db()
    assert (out.failures, out.paused_until) == (0, None)
    assert [message.attempts for message in type(messages[0]).objects.all()] == [1, 1, 1]


def test_sweep_with_nothing_to_do_is_cheap(django_assert_num_queries):
    delivery.drain()

    with django_assert_num_queries(6):  # four, and a savepoint around one of them
        delivery.drain()

    assert timezone.now() - Line.objects.get().looked_at < timedelta(minutes=1)


def test_key_is_a_hash():
    assert len(address_hash("ada@partners.example")) == 64


def files_that_break(message):
    if message.subject == "broken":
        raise ZeroDivisionError
    return []


def test_message_that_cannot_be_written_keeps_nobody_else(sink, settings):
    settings.MESSAGE_FILES = [f"{__name__}.files_that_break"]
    message, other = MessageFactory(subject="broken"), MessageFactory()

    delivery.drain()

    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.state, other.state) == ("planned", "sent")
    assert message.reason == "Writing it as a message failed: ZeroDivisionError"


class Provider:
    """A mail provider that answers what the test says."""

    error = None

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        if self.error:
            raise self.error


def refused(status):
    response = type("Response", (), {"status_code": status, "reason": "No", "text": "", "request": None, "url": ""})()
    return AnymailRequestsAPIError("Refused", response=response)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (None, "sent"),
        (refused(422), "failed"),
        (refused(429), "planned"),
        (refused(401), "planned"),
        (refused(500), "uncertain"),
        (AnymailRecipientsRefused("Nobody"), "failed"),
        (ConnectionResetError(), "uncertain"),
    ],
)
def test_answer_of_a_provider_decides(settings, monkeypatch, error, state):
    settings.EMAIL_BACKEND = f"{__name__}.Provider"
    monkeypatch.setattr(Provider, "error", error)
    message = MessageFactory()

    delivery.drain()

    message.refresh_from_db()
    assert message.state == state
