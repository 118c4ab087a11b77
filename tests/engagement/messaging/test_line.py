"""The way to the mail server: what stops it, and what a restored database must not send."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from engagement.messaging import claims, delivery, lifecycle, line
from engagement.messaging.models import Line, OutgoingMessage, Step
from tests.factories.accounts import UserFactory
from tests.factories.messaging import MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_memory(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def states():
    return list(OutgoingMessage.objects.order_by("pk").values_list("state", flat=True))


def test_switch_stops_everything_and_starts_it_again(outbox):
    staff = UserFactory(engagement=True)
    MessageFactory.create_batch(2)
    lifecycle.stop_sending("The wrong text went out.", actor=staff)

    assert delivery.drain()["sent"] == 0
    assert states() == ["planned", "planned"]

    lifecycle.start_sending(hold_older=False, actor=staff)
    assert delivery.drain()["sent"] == 2
    assert [str(step) for step in Step.objects.filter(message=None)] == [
        "Sending stopped: The wrong text went out.",
        "Sending started again.",
    ]


def test_switch_holds_what_a_process_has_claimed_already():
    message = MessageFactory()
    claims.claim("worker")

    line.stop("Enough.")

    assert not claims.mark(message.pk, "worker")
    assert states() == ["planned"]


def test_what_is_due_can_be_held_when_sending_starts_again(outbox):
    MessageFactory(), MessageFactory(due_at=timezone.now() + timedelta(days=1))
    line.stop("Restored.")

    assert lifecycle.start_sending(hold_older=True, actor=None) == 1
    delivery.drain()

    assert (states(), len(outbox)) == (["held", "planned"], 0)


def test_database_that_was_put_back_sends_nothing(outbox):
    delivery.drain()
    backup = Line.objects.filter(name="mail").values().get()
    message = MessageFactory()
    delivery.drain()
    assert len(outbox) == 1
    # The backup of before comes back, in which the message is due.
    OutgoingMessage.objects.filter(pk=message.pk).update(state="planned", sent_at=None)
    Line.objects.filter(name="mail").update(**backup)

    for _ in range(2):
        delivery.drain()

    assert (len(outbox), states()) == (1, ["planned"])
    assert Line.objects.get(name="mail").stopped_why == line.RESTORED
    lifecycle.start_sending(hold_older=True, actor=None)
    for _ in range(2):
        delivery.drain()
    assert (len(outbox), states()) == (1, ["held"])
    assert Line.objects.get(name="mail").stopped_at is None


def test_another_database_and_a_broken_memory_are_no_restored_backup(outbox, settings):
    for text in ("somebody-else 999999", "nonsense", ""):
        Path(settings.VAR_DIR, "outbox-looks").write_text(text)
        MessageFactory()
        assert delivery.drain()["sent"] == 1


def test_command_stops_sending_after_a_restore(outbox, capsys):
    call_command("hold_messages")
    MessageFactory()

    assert "Sending is stopped." in capsys.readouterr().out
    call_command("send_due", "--once")
    said = capsys.readouterr()
    assert '"sent": 0' in said.out
    assert said.err.startswith("All sending is stopped since")
    assert len(outbox) == 0


def test_server_that_refuses_us_is_left_alone(sink):
    MessageFactory.create_batch(30)
    sink.answer = lambda stage, address: "554 5.7.1 You are on a list" if stage == "RCPT" else ""

    delivery.drain()
    delivery.drain()

    assert states().count("failed") == line.REFUSALS_BEFORE_STOP
    assert states().count("planned") == 30 - line.REFUSALS_BEFORE_STOP
    assert Line.objects.get().stopped_why.startswith("The mail server refused 5 of 5 messages.")


def test_list_of_dead_addresses_holds_its_own_mailing_only(sink):
    MessageFactory.create_batch(30, rule="invitations.invite:1", due_at=timezone.now() - timedelta(hours=1))
    other = MessageFactory()
    sink.answer = lambda stage, address: "550 5.1.1 Nobody" if stage == "RCPT" and address != other.to_email else ""

    delivery.drain()
    delivery.drain()

    assert states().count("failed") == line.REFUSALS_BEFORE_STOP
    assert states().count("held") == 30 - line.REFUSALS_BEFORE_STOP
    other.refresh_from_db()
    assert other.state == "sent"
    # Staff let it go on, and are not asked again.
    assert lifecycle.release_all("invitations.invite:1", actor=UserFactory(engagement=True)) == 25
    delivery.drain()
    assert states().count("failed") == 30


def test_a_few_refusals_among_many_stop_nothing():
    refusals, message = line.Refusals(), MessageFactory.build()
    for number in range(400):
        refusals.note(message, refused=number % 25 == 0, is_address=False)

    assert not line.is_stopped()


def test_pauses_double_to_a_quarter_of_an_hour():
    Line.objects.create(name="mail")
    now, waits = timezone.now(), []
    for _ in range(12):
        line.fails("Connection refused", now)
        paused = Line.objects.get(name="mail").paused_until
        waits.append(int((paused - now).total_seconds() // 60) if paused else 0)

    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15]


def test_an_hour_without_a_mail_server(settings, sink, time_machine_at):
    """Everything that is not too late leaves within a quarter of an hour, once."""
    lasting = MessageFactory.create_batch(3)
    short = MessageFactory(expires_at=timezone.now() + timedelta(minutes=30))
    right, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    for _ in range(60):
        delivery.drain()
        time_machine_at.shift(timedelta(minutes=1))
    settings.EMAIL_PORT = right
    back = timezone.now()
    while set(states()) & {"planned"} and timezone.now() - back < timedelta(minutes=20):
        delivery.drain()
        time_machine_at.shift(timedelta(minutes=1))

    assert timezone.now() - back <= timedelta(minutes=16)
    assert states() == ["sent", "sent", "sent", "expired"]
    assert dict(sink.copies()) == {message.message_id: 1 for message in lasting}
    assert short.message_id not in sink.copies()
