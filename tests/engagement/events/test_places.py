"""Places, the waiting list and the messages that say which."""

import uuid

import pytest
from django.db import IntegrityError

from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events import lifecycle
from engagement.events.models import Attendance, Event, Registration
from engagement.messaging.models import OutgoingMessage
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.stakeholders import ContactFactory, KindFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def asked(rule: str) -> list[str]:
    return list(OutgoingMessage.objects.filter(rule=f"events.{rule}").order_by("pk").values_list("to_email", flat=True))


def book(event, name, **values):
    return lifecycle.register(event.pk, name=name.title(), email=f"{name}@partner.example", **values)


def test_a_booking_takes_a_place_and_asks_for_one_message_with_a_calendar_file():
    event = EventFactory(capacity=2)

    registration = book(event, "ada", access_needs="A ramp", consent_version="1")

    event.refresh_from_db()
    assert (registration.state, event.taken) == ("confirmed", 1)
    assert registration.consented_at is not None
    message = OutgoingMessage.objects.get()
    assert (message.rule, message.to_email, message.calendar_method) == (
        "events.confirmed",
        "ada@partner.example",
        "REQUEST",
    )
    assert "ramp" not in message.text_body + message.html_body + message.calendar
    assert Entry.objects.get(verb="registration.created").facts["state"] == "confirmed"


def test_the_same_form_sent_twice_is_one_booking_and_one_message():
    event, key = EventFactory(), uuid.uuid4()

    first, second = (book(event, "ada", form_key=key) for _ in range(2))

    assert first == second
    assert OutgoingMessage.objects.count() == 1


def test_booking_again_keeps_the_booking_and_tells_only_the_mailbox_once_a_day():
    event = EventFactory()
    first = book(event, "ada", form_key=uuid.uuid4())

    for _ in range(3):
        assert (
            lifecycle.register(event.pk, name="Somebody", email="ADA@partner.example", form_key=uuid.uuid4()) == first
        )

    first.refresh_from_db()
    event.refresh_from_db()
    assert (first.name, event.taken) == ("Ada", 1)
    assert (asked("confirmed"), asked("booked_again")) == (["ada@partner.example"], ["ada@partner.example"])


def test_a_place_that_frees_goes_to_the_first_who_waits_in_the_same_act():
    event = EventFactory(capacity=1)
    ada, ben, cleo = (book(event, name) for name in ("ada", "ben", "cleo"))
    assert [one.queue_number for one in (ada, ben, cleo)] == [None, 1, 2]

    for _ in range(2):
        lifecycle.cancel(ada.pk)

    states = dict(event.registrations.values_list("name", "state"))
    assert states == {"Ada": "cancelled", "Ben": "confirmed", "Cleo": "waiting"}
    assert asked("confirmed") == ["ada@partner.example", "ben@partner.example"]
    assert asked("waiting") == ["ben@partner.example", "cleo@partner.example"]
    assert asked("given_up") == ["ada@partner.example"]
    gone = OutgoingMessage.objects.get(rule="events.given_up")
    assert (gone.calendar_method, "SEQUENCE:1" in gone.calendar) == ("CANCEL", True)


def test_nobody_jumps_the_queue():
    event = EventFactory(capacity=2)
    RegistrationFactory(event=event)
    first = RegistrationFactory(event=event, state="waiting")  # a queue beside a free place: only by a forgotten path

    newcomer = book(event, "late")

    assert (newcomer.state, newcomer.queue_number > first.queue_number) == ("waiting", True)


def test_who_leaves_the_queue_frees_no_place_and_gets_no_calendar_file():
    event = EventFactory(capacity=1)
    book(event, "ada")
    ben = book(event, "ben")

    lifecycle.cancel(ben.pk)

    event.refresh_from_db()
    assert event.taken == 1
    assert OutgoingMessage.objects.get(rule="events.given_up").calendar == ""


def test_cancelling_deletes_needs_and_booking_again_is_a_new_booking():
    event = EventFactory()
    first = book(event, "ada", access_needs="A ramp", dietary_needs="Vegan")
    lifecycle.cancel(first.pk)
    first.refresh_from_db()

    second = book(event, "ada")

    assert (first.access_needs, first.dietary_needs) == ("", "")
    assert (second.pk != first.pk, second.public_id != first.public_id, second.state) == (True, True, "confirmed")


def test_more_places_go_to_those_who_wait_and_fewer_than_taken_are_refused():
    event = EventFactory(capacity=1)
    for name in ("ada", "ben", "cleo", "dan"):
        book(event, name)

    lifecycle.change_capacity(event.pk, 3)

    event.refresh_from_db()
    assert (event.capacity, event.taken) == (3, 3)
    assert list(event.registrations.queue().values_list("name", flat=True)) == ["Dan"]
    with pytest.raises(Refused, match="3 places are taken, so there cannot be fewer"):
        lifecycle.change_capacity(event.pk, 2)


@pytest.mark.parametrize(
    ("state", "words"),
    [("draft", "draft"), ("announced", "announced"), ("booking_closed", "booking closed"), ("cancelled", "cancelled")],
)
def test_booking_is_refused_in_words_unless_it_is_open(state, words):
    event = EventFactory(state=state, state_reason="A reason")
    with pytest.raises(Refused, match=f"“{words}”"):
        book(event, "ada")
    assert (Registration.objects.count(), OutgoingMessage.objects.count()) == (0, 0)


def test_the_clock_closes_booking_even_before_the_sweep_comes(time_machine):
    event = EventFactory()
    time_machine.move_to(event.starts_at)
    with pytest.raises(Refused, match="has closed"):
        book(event, "ada")


def test_after_the_beginning_there_is_no_place_to_give_back(time_machine):
    event = EventFactory()
    registration = book(event, "ada")
    time_machine.move_to(event.starts_at)
    with pytest.raises(Refused, match="has begun"):
        lifecycle.cancel(registration.pk)


def test_a_known_contact_is_matched_quietly_and_the_register_decides_the_sector():
    event, organisation = EventFactory(), OrganisationFactory(name="Wear Wind")
    contact = ContactFactory(email="ada@partner.example")
    MembershipFactory(contact=contact, organisation=organisation)

    matched = book(event, "ada", organisation_name="my firm", kind=KindFactory())
    stranger = book(event, "ben", organisation_name="Wear Wind")

    assert (matched.contact, matched.organisation, matched.kind) == (contact, organisation, organisation.kind)
    assert (stranger.contact, stranger.organisation) == (None, None)


def test_a_walk_in_takes_no_place_from_anybody():
    event = EventFactory(capacity=1)
    ada, ben = book(event, "ada"), book(event, "ben")

    door = lifecycle.walk_in(event.pk, name="Cleo")
    from_queue = lifecycle.walk_in(event.pk, name="Ben", email="ben@partner.example")
    booked = lifecycle.walk_in(event.pk, name="Ada", email="ada@partner.example")

    event.refresh_from_db()
    assert (event.capacity, event.taken) == (1, 1)
    assert (from_queue, booked) == (ben, ada)
    assert set(Attendance.objects.values_list("registration_id", "status")) == {
        (one.pk, "attended") for one in (door, ben, ada)
    }
    lifecycle.cancel(door.pk)
    event.refresh_from_db()
    assert event.taken == 1


def test_the_table_itself_refuses_one_place_too_many():
    event = EventFactory(capacity=1)
    with pytest.raises(IntegrityError):
        Event.objects.filter(pk=event.pk).update(taken=2)
