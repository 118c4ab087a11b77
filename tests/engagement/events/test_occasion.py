"""The event's own states: what each asks for, and who hears of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events import actions, lifecycle
from engagement.events.models import Attendance, Event, Note, Topic
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, NoteFactory, RegistrationFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ({"venue_name": ""}, "Say where the event is"),
        ({"access_information": ""}, "Say how people can get in"),
        ({"starts_at": timezone.now() - timedelta(days=1)}, "lies in the past"),
        ({"booking_closes_at": timezone.now() - timedelta(days=1)}, "Set a later one"),
    ],
)
def test_booking_opens_only_when_people_can_know_what_they_book(lacking, sentence):
    event = EventFactory(state="draft", **lacking)
    with pytest.raises(Refused, match=sentence):
        lifecycle.open_booking(event.pk)
    event.refresh_from_db()
    assert event.state == "draft"


def test_an_online_event_needs_no_venue():
    event = EventFactory(state="draft", mode="online", venue_name="", access_information="")
    assert lifecycle.open_booking(event.pk).state == "booking"


def test_closing_twice_changes_nothing():
    event = EventFactory()
    for _ in range(2):
        lifecycle.close_booking(event.pk)
    assert Entry.objects.filter(verb="event.booking_closed").count() == 1


def test_postponing_keeps_places_and_a_new_date_tells_everybody():
    event = EventFactory(capacity=1)
    place = RegistrationFactory(event=event)
    queued = RegistrationFactory(event=event, state="waiting")

    lifecycle.postpone(event.pk, "Snow is forecast.")
    lifecycle.change(
        event.pk, {"starts_at": event.starts_at + timedelta(days=30), "ends_at": event.ends_at + timedelta(days=30)}
    )
    lifecycle.open_booking(event.pk)

    said = OutgoingMessage.objects.filter(recipient=str(place.public_id)).order_by("pk")
    assert [(one.rule, one.calendar_method) for one in said] == [
        ("events.called_off", "CANCEL"),
        ("events.moved", "REQUEST"),
    ]
    assert "Snow is forecast." in said[0].text_body
    place.refresh_from_db()
    queued.refresh_from_db()
    assert (place.state, queued.state) == ("confirmed", "waiting")
    event.refresh_from_db()
    assert "SEQUENCE:1\r\n" in said[0].calendar
    assert f"SEQUENCE:{event.schedule_revision}\r\n" in said[1].calendar
    assert event.schedule_revision > 1


def test_a_reason_is_asked_for_and_a_draft_is_cancelled_silently():
    event = EventFactory(state="draft")
    with pytest.raises(Refused, match="Say why"):
        lifecycle.cancel_event(event.pk, "  ")
    lifecycle.cancel_event(event.pk, "A double.")
    assert OutgoingMessage.objects.count() == 0


def test_an_event_is_held_only_after_it_began(time_machine):
    event = EventFactory()
    with pytest.raises(Refused, match="not begun yet"):
        lifecycle.mark_held(event.pk)
    time_machine.move_to(event.starts_at)
    assert lifecycle.mark_held(event.pk).state == "held"
    with pytest.raises(Refused, match="stay as they were"):
        lifecycle.change(event.pk, {"venue_name": "Elsewhere"})


def test_a_changed_wording_tells_nobody_and_fewer_places_than_taken_change_nothing():
    event = EventFactory(capacity=2)
    RegistrationFactory.create_batch(2, event=event)
    lifecycle.change(event.pk, {"title": "A better title"})
    with pytest.raises(Refused, match="2 places are taken"):
        lifecycle.change(event.pk, {"title": "Smaller", "venue_name": "Smaller hall", "capacity": 1})
    event.refresh_from_db()
    assert (event.title, event.schedule_revision, OutgoingMessage.objects.count()) == ("A better title", 0, 0)


def test_making_and_copying_an_event_for_the_app_above():
    user = UserFactory(engagement=True)
    starts = timezone.now() + timedelta(days=20)
    values = {"title": "Manage", "starts_at": starts, "ends_at": starts + timedelta(hours=1), "capacity": 5}

    event = actions.create_event(
        values,
        topics=["Skills", " Transport ", "Skills", ""],
        actor=user,
        context_title="Growing together",
        context_url="/consultations/growing/",
        context_reference="growing",
    )
    RegistrationFactory(event=event)
    copy = actions.copy_event(event.pk, values, actor=user)

    assert [topic.title for topic in copy.topics.all()] == ["Skills", "Transport"]
    assert (copy.context_title, copy.state, copy.taken) == ("Growing together", "draft", 0)
    assert len({event.slug, copy.slug, "manage"}) == 3
    assert Entry.objects.filter(verb="event.created", scope="growing", actor=user).count() == 2


def test_topics_keep_their_key_when_renamed_and_stay_while_they_have_notes():
    event = EventFactory()
    kept, gone = TopicFactory(event=event, title="Skils"), TopicFactory(event=event)

    actions.set_topics(event.pk, {kept.pk: "Skills", gone.pk: ""}, ["Transport"])

    assert Topic.objects.get(pk=kept.pk).title == "Skills"
    assert [topic.title for topic in event.topics.all()] == ["Skills", "Transport"]
    NoteFactory(event=event, topic=kept)
    with pytest.raises(Refused, match="has notes"):
        actions.set_topics(event.pk, {kept.pk: ""})
    with pytest.raises(Refused, match="same title"):
        actions.set_topics(event.pk, {kept.pk: "transport"}, ["Transport"])


def test_attendance_is_marked_from_the_day_on_and_the_rest_at_once(time_machine):
    event, user = EventFactory(), UserFactory(engagement=True)
    came, sorry, silent = RegistrationFactory.create_batch(3, event=event)
    waiting = RegistrationFactory(event=event, state="waiting")

    actions.mark(sorry.pk, "excused", actor=user)
    with pytest.raises(Refused, match="later day"):
        actions.mark(came.pk, "attended", actor=user)
    with pytest.raises(Refused, match="not begun"):
        actions.mark_rest_absent(event.pk, actor=user)
    with pytest.raises(Refused, match="has no place"):
        actions.mark(waiting.pk, "excused", actor=user)
    time_machine.move_to(event.starts_at)
    for _ in range(2):
        actions.mark(came.pk, "attended", actor=user)
    assert [actions.mark_rest_absent(event.pk, actor=user) for _ in range(2)] == [1, 0]

    assert dict(Attendance.objects.values_list("registration_id", "status")) == {
        came.pk: "attended",
        sorry.pk: "excused",
        silent.pk: "absent",
    }
    actions.mark(came.pk, "", actor=user)
    assert not Attendance.objects.filter(registration=came).exists()


def test_written_up_means_that_no_note_is_open():
    event = EventFactory(over=True)
    note = NoteFactory(event=event)
    with pytest.raises(Refused, match="1 note is not agreed yet"):
        lifecycle.write_up(event.pk)
    Note.objects.filter(pk=note.pk).update(state="agreed", agreed_at=timezone.now())
    assert lifecycle.write_up(event.pk).state == Event.State.WRITTEN_UP
