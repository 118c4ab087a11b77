"""Messages about events that go out by the clock: to whom, when, and never twice."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.core.templatetags.ui import moment
from engagement.events import lifecycle, plan, tasks
from engagement.events.models import EventStep, Invitee
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage, address_hash
from engagement.plans import actions
from tests.factories.accounts import UserFactory
from tests.factories.events import AttendanceFactory, EventFactory, RegistrationFactory

pytestmark = pytest.mark.django_db


def only(event, kind, anchor="starts", days=-2, **facts):
    """The event with a plan of one step."""
    return EventStep.objects.create(event=event, kind=kind, anchor=anchor, days=days, local_time=time(9), **facts)


def twice():
    for _ in range(2):
        tasks.sweep()


def written(kind):
    return OutgoingMessage.objects.filter(rule__startswith=f"events.{kind}:").exclude(state="skipped")


@pytest.mark.parametrize(
    ("starts", "shown", "reminded"),
    [
        # The clocks go forward on 28 March 2027 at 1am, back on 31 October 2027 at 2am.
        (
            datetime(2027, 3, 27, 10, tzinfo=UTC),
            "Saturday 27 March 2027, 10am (GMT)",
            datetime(2027, 3, 25, 9, tzinfo=UTC),
        ),
        (
            datetime(2027, 3, 29, 9, tzinfo=UTC),
            "Monday 29 March 2027, 10am (BST)",
            datetime(2027, 3, 27, 9, tzinfo=UTC),
        ),
        (
            datetime(2027, 3, 30, 9, tzinfo=UTC),
            "Tuesday 30 March 2027, 10am (BST)",
            datetime(2027, 3, 28, 8, tzinfo=UTC),
        ),
        (
            datetime(2027, 10, 30, 9, tzinfo=UTC),
            "Saturday 30 October 2027, 10am (BST)",
            datetime(2027, 10, 28, 8, tzinfo=UTC),
        ),
        (
            datetime(2027, 11, 1, 10, tzinfo=UTC),
            "Monday 1 November 2027, 10am (GMT)",
            datetime(2027, 10, 30, 8, tzinfo=UTC),
        ),
        (
            datetime(2027, 11, 2, 10, tzinfo=UTC),
            "Tuesday 2 November 2027, 10am (GMT)",
            datetime(2027, 10, 31, 9, tzinfo=UTC),
        ),
    ],
)
def test_people_are_reminded_at_9_in_the_morning_whatever_the_clocks_do(time_machine, starts, shown, reminded):
    time_machine.move_to(starts - timedelta(days=20), tick=False)
    event = EventFactory(starts_at=starts)
    registration = RegistrationFactory(event=event)
    only(event, "reminder")
    time_machine.move_to(reminded - timedelta(days=7, seconds=1), tick=False)
    twice()
    assert OutgoingMessage.objects.count() == 0

    time_machine.move_to(reminded - timedelta(days=7), tick=False)
    twice()

    message = OutgoingMessage.objects.get()
    assert (message.to_email, message.due_at, message.expires_at) == (registration.email, reminded, starts)
    assert moment(starts) == shown
    assert shown in message.text_body


def test_who_books_late_gets_the_joining_instructions_and_no_reminder_of_yesterday(time_machine, outbox):
    event = EventFactory()
    only(event, "joining", days=-7)
    only(event, "reminder", days=-2)
    early = RegistrationFactory(event=event)
    RegistrationFactory(event=event, state="waiting")
    RegistrationFactory(event=event, source="walk_in")
    time_machine.move_to(plan.PLAN.due_at(event.steps.get(kind="reminder")) + timedelta(hours=1))
    late = RegistrationFactory(event=event)

    twice()
    delivery.drain()

    assert list(written("reminder").values_list("to_email", flat=True)) == [early.email]
    assert set(written("joining").values_list("to_email", "state")) == {(early.email, "sent"), (late.email, "sent")}
    assert len(outbox.messages) == 3


def test_a_moved_event_moves_what_is_ahead(time_machine, outbox):
    event = EventFactory()
    only(event, "reminder")
    RegistrationFactory(event=event)
    time_machine.move_to(event.starts_at - timedelta(days=4))
    twice()
    before = written("reminder").get()

    day = timedelta(days=14)
    lifecycle.change(event.pk, {"starts_at": event.starts_at + day, "ends_at": event.ends_at + day})
    twice()
    before.refresh_from_db()
    assert before.state == "skipped"
    assert "made anew" in before.reason

    time_machine.move_to(before.due_at + day)
    twice()
    delivery.drain()
    assert [message.due_at for message in written("reminder")] == [before.due_at + day]
    assert [one for one in outbox.subjects if one.startswith("On ")] == [written("reminder").get().subject]


@pytest.mark.parametrize("again", [True, False])
def test_who_had_a_reminder_has_it_again_for_another_day_only_if_the_step_says_so(time_machine, again):
    event = EventFactory()
    only(event, "reminder", again_when_moved=again)
    RegistrationFactory(event=event)
    time_machine.move_to(plan.PLAN.due_at(event.steps.get()))
    twice()
    delivery.drain()

    hour, day = timedelta(hours=1), timedelta(days=14)
    lifecycle.change(event.pk, {"starts_at": event.starts_at + hour})
    twice()
    assert written("reminder").count() == 1, "The same day: the news of the change is enough."
    lifecycle.change(event.pk, {"starts_at": event.starts_at + day, "ends_at": event.ends_at + day})
    event.refresh_from_db()
    time_machine.move_to(plan.PLAN.due_at(event.steps.get()))
    twice()

    assert written("reminder").count() == (2 if again else 1)


def test_thanks_go_to_those_who_came_and_regrets_to_those_who_did_not(time_machine, outbox):
    event = EventFactory(over=True)
    only(event, "thanks", "ends", 1)
    only(event, "missed", "ends", 1)
    came, absent, excused, _ = RegistrationFactory.create_batch(4, event=event)
    AttendanceFactory(registration=came)
    AttendanceFactory(registration=absent, status="absent")
    AttendanceFactory(registration=excused, status="excused")
    time_machine.move_to(plan.PLAN.due_at(event.steps.first()))

    twice()
    delivery.drain()

    assert {(message.to[0].split("<")[1][:-1], message.subject.split(" ")[0]) for message in outbox.messages} == {
        (came.email, "Thank"),
        (absent.email, "We"),
    }


def test_whoever_cannot_come_frees_the_place_from_the_message(time_machine, outbox, client):
    event = EventFactory(capacity=1)
    only(event, "confirm", days=-3)
    first = lifecycle.register(event.pk, name="Ada", email="ada@partner.example")
    second = lifecycle.register(event.pk, name="Ben", email="ben@partner.example")
    time_machine.move_to(plan.PLAN.due_at(event.steps.get()))
    twice()
    delivery.drain()
    asked = [message for message in outbox.messages if message.subject.startswith("Do you still come")]
    assert [message.to for message in asked] == [["Ada <ada@partner.example>"]]

    address = next(line for line in asked[0].body.splitlines() if line.endswith("/give-up/"))
    client.post("/" + address.partition("://")[2].partition("/")[2])

    for person in (first, second):
        person.refresh_from_db()
    assert (first.state, second.state) == ("cancelled", "confirmed")


def test_the_organiser_is_asked_to_write_it_up_until_it_is(time_machine, outbox):
    organiser = UserFactory(engagement=True)
    event = EventFactory(over=True, created_by=organiser)
    only(event, "write_up", "ends", 7)
    only(event, "write_up", "ends", 21)
    for step in plan.steps_of(event):
        time_machine.move_to(plan.PLAN.due_at(step))
        twice()
        delivery.drain()
        type(event).objects.update(state="written_up")

    assert [message.to for message in outbox.messages] == [[f"{organiser} <{organiser.email}>"]]


def test_usual_plan_is_made_once_and_completed_on_request():
    event = EventFactory()
    twice()
    held = [(step.kind, step.anchor, step.days) for step in plan.steps_of(event)]
    assert ("joining", "starts", -7) in held
    assert ("confirm", "starts", -3) in held
    assert ("thanks", "ends", 1) in held
    EventStep.objects.filter(kind="thanks").delete()

    added = [actions.make_plan(event, plan.add_usual_steps, scope="", actor=UserFactory()) for _ in range(2)]

    assert added == [1, 0]
    assert sorted((step.kind, step.anchor, step.days) for step in plan.steps_of(event)) == sorted(held)


def test_link_to_join_is_in_what_leaves_when_it_may_be_seen(time_machine):
    event = EventFactory(joining_link="https://meet.example/abc", starts_at=timezone.now() + timedelta(days=9))
    only(event, "joining", days=-7)
    only(event, "reminder", days=-1)
    RegistrationFactory(event=event)
    time_machine.move_to(event.starts_at - timedelta(days=7, hours=2))

    twice()

    assert "https://meet.example/abc" not in written("joining").get().text_body
    assert "https://meet.example/abc" in written("reminder").get().text_body


def test_staff_read_and_change_the_plan_of_an_event(signed_in):
    event = EventFactory()
    person = RegistrationFactory(event=event, confirmed_at=timezone.now() - timedelta(days=3))
    step = only(event, "reminder", days=-1)
    client = signed_in(UserFactory(engagement=True))

    def url(name, *more):
        return reverse(f"events:{name}", args=[event.public_id, *more])

    page = client.get(url("plan")).text
    assert "The day before the event, at 9:00am: Reminder" in page
    assert "To people with a place. It stops for whoever gives up the place, and when the event is called off." in page
    assert "See the 1 recipient and the text" in page
    assert "When somebody gets a place, with a calendar file." in page
    preview = client.get(url("preview", step.public_id)).text
    assert f"The text, as {person.name} gets it" in preview

    typed = {"kind": "thanks", "days": "2", "side": "after", "anchor": "ends", "local_time": "10:00"}
    assert client.post(url("new_step"), typed).headers["Location"] == url("plan")
    client.post(url("stop_all"))
    assert {one.kind: one.stopped_at is not None for one in EventStep.objects.all()} == {
        "reminder": True,
        "thanks": True,
    }
    client.post(url("make_plan"))
    assert EventStep.objects.filter(kind="joining").exists()
    assert client.get(url("history", step.public_id)).status_code == 200
    assert signed_in(UserFactory()).get(url("plan")).status_code == 403


def test_invited_people_who_have_not_answered_are_reminded(time_machine, outbox):
    event = EventFactory(starts_at=timezone.now() + timedelta(days=20))
    step = only(event, "unanswered", days=-14)
    facts = {"event": event, "sent_at": timezone.now()}
    for name in ("ada", "ben", "cy"):
        address = f"{name}@partner.example"
        Invitee.objects.create(name=name, email=address, email_key=address_hash(address), **facts)
    time_machine.move_to(plan.PLAN.due_at(step) - timedelta(hours=1))
    twice()
    assert written("unanswered").count() == 3
    Invitee.objects.filter(name="ben").update(state="declined", answered_at=timezone.now())
    RegistrationFactory(event=event, email="cy@partner.example")

    time_machine.move_to(plan.PLAN.due_at(step))
    twice()
    delivery.drain()

    assert [message.to for message in outbox.messages] == [["ada <ada@partner.example>"]]
    reasons = OutgoingMessage.objects.filter(state="skipped").values_list("reason", flat=True)
    assert set(reasons) == {"They have answered, or the invitation was taken back."}
    assert [one.who for one in plan.PLAN.kind(step).left_out(step, step.event.starts_at)] == ["ben", "cy"]
