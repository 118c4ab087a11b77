"""Who gets which place: offers, parties, sectors, times, the two pools, and what staff decide by hand."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events import lifecycle, queries, tasks
from engagement.events.lifecycle import Guest
from engagement.events.models import Allocation, Event, Registration, Slot
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory
from tests.factories.stakeholders import KindFactory

pytestmark = pytest.mark.django_db


def book(event, name, **values):
    return lifecycle.register(event.pk, name=name.title(), email=f"{name}@partner.example", **values)


def states(event):
    return dict(event.registrations.order_by("pk").values_list("name", "state"))


def asked(rule):
    return list(OutgoingMessage.objects.filter(rule=f"events.{rule}").order_by("pk").values_list("to_email", flat=True))


def allow(event, kind, *, reserved=0, most=None, target=0, release_at=None):
    values = {"reserved": reserved, "most": most, "target": target, "release_at": release_at}
    return lifecycle.allocate(event.pk, {kind.sector_id: values})


# --- offers ---------------------------------------------------------------------------------------------


def test_an_offer_holds_the_place_until_its_deadline_and_then_it_is_the_next_ones(time_machine):
    event = EventFactory(capacity=1, offer_hours=24)
    ada, ben, cleo = (book(event, name) for name in ("ada", "ben", "cleo"))
    lifecycle.cancel(ada.pk)

    late = book(event, "dan")
    ben.refresh_from_db()
    assert (ben.state, late.state) == ("offered", "waiting")
    assert ben.promotion_reason == "First of those who waited and fit."

    time_machine.move_to(ben.offer_expires_at - timedelta(seconds=1))
    tasks.sweep()
    assert states(event)["Ben"] == "offered"
    time_machine.move_to(ben.offer_expires_at)
    for _ in range(2):
        tasks.sweep()

    assert states(event) == {"Ada": "cancelled", "Ben": "expired", "Cleo": "offered", "Dan": "waiting"}
    assert (asked("offered"), asked("expired")) == (["ben@partner.example", "cleo@partner.example"], [ben.email])
    with pytest.raises(Refused, match="has ended"):
        lifecycle.accept_offer(ben.pk)
    for _ in range(2):
        lifecycle.accept_offer(cleo.pk)
    event.refresh_from_db()
    assert (states(event)["Cleo"], event.taken) == ("confirmed", 1)
    assert asked("confirmed") == ["ada@partner.example", "cleo@partner.example"]


def test_offers_of_a_postponed_event_wait_for_its_new_date(time_machine):
    event = EventFactory(capacity=1, offer_hours=24)
    ada, ben = book(event, "ada"), book(event, "ben")
    lifecycle.cancel(ada.pk)
    lifecycle.postpone(event.pk, "Snow")
    time_machine.move_to(timezone.now() + timedelta(days=2))
    tasks.sweep()
    assert (states(event)["Ben"], asked("expired")) == ("offered", [])
    assert ben.pk


def test_close_to_the_beginning_a_place_is_given_at_once(time_machine):
    event = EventFactory(capacity=1, offer_hours=24)
    ada, ben = book(event, "ada"), book(event, "ben")
    time_machine.move_to(event.starts_at - timedelta(hours=20))
    lifecycle.cancel(ada.pk)
    assert states(event)["Ben"] == "confirmed"
    assert ben.pk


def test_an_offer_is_taken_up_on_its_own_page_by_a_button_and_not_by_a_look(client):
    event = EventFactory(capacity=1, offer_hours=24)
    ada, ben = book(event, "ada"), book(event, "ben")
    lifecycle.cancel(ada.pk)
    address = reverse("events:take_up", args=[queries.booking_token(ben)])

    assert "Take up my place" in client.get(reverse("events:booking", args=[queries.booking_token(ben)])).text
    assert "Take up your place?" in client.get(address).text
    assert states(event)["Ben"] == "offered"
    assert "You have a place" in client.post(address, follow=True).text
    assert states(event)["Ben"] == "confirmed"


# --- parties --------------------------------------------------------------------------------------------


def test_a_party_gets_places_for_all_or_for_none_and_smaller_bookings_may_pass():
    event = EventFactory(capacity=3)
    ada = book(event, "ada")
    party = book(event, "ben", organisation_name="Wear Wind", guests=[Guest("Cy", "cy@partner.example"), Guest("Di")])
    alone = book(event, "eve")
    assert states(event) == {"Ada": "confirmed", "Ben": "waiting", "Cy": "waiting", "Di": "waiting", "Eve": "confirmed"}

    lifecycle.cancel(ada.pk)
    assert states(event)["Ben"] == "waiting"
    lifecycle.cancel(alone.pk)

    assert [states(event)[name] for name in ("Ben", "Cy", "Di")] == ["confirmed"] * 3
    event.refresh_from_db()
    assert (event.taken, queries.party_names(party)) == (3, ["Cy", "Di"])
    told = OutgoingMessage.objects.filter(rule="events.confirmed").order_by("pk")
    promoted = [one for one in told if "become free" in one.text_body]
    assert [one.to_email for one in promoted] == ["ben@partner.example", "cy@partner.example"]
    assert "- Di" in promoted[0].text_body


def test_where_parties_keep_their_turn_nobody_passes_them():
    event = EventFactory(capacity=2, parties_keep_turn=True)
    book(event, "ada")
    book(event, "ben", guests=[Guest("Cy")])
    late = book(event, "dan")
    assert late.state == "waiting"

    lifecycle.change_capacity(event.pk, 3)

    assert states(event) == {"Ada": "confirmed", "Ben": "confirmed", "Cy": "confirmed", "Dan": "waiting"}


def test_a_smaller_party_fits_where_the_whole_one_did_not():
    event = EventFactory(capacity=2)
    book(event, "ada")
    party = book(event, "ben", guests=[Guest("Cy")])
    lifecycle.cancel(party.party.people.get(name="Cy").pk)
    assert states(event)["Ben"] == "confirmed"


def test_a_guest_with_a_booking_of_their_own_keeps_it_and_the_party_is_smaller():
    event = EventFactory(capacity=5)
    book(event, "ada")
    book(event, "ben", guests=[Guest("Ada", "ADA@partner.example"), Guest("Cy", "cy@partner.example")])
    event.refresh_from_db()
    assert (event.taken, asked("booked_again")) == (3, ["ada@partner.example"])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"party_limit": 2}, "at most 2 people at this event"),
        ({"organisation_cap": 2}, "may send at most 2 people"),
        ({"capacity": 2}, "You ask for 3 places, and at most 2 can be had"),
    ],
)
def test_who_would_wait_for_ever_is_told_now(values, words):
    event = EventFactory(**values)
    with pytest.raises(Refused, match=words):
        book(event, "ada", organisation_name="Wear Wind", guests=[Guest("Ben"), Guest("Cy")])
    assert not Registration.objects.exists()


def test_a_place_is_handed_to_a_colleague_without_ever_being_free():
    event = EventFactory(capacity=1)
    ada, ben = book(event, "ada", organisation_name="Wear Wind", access_needs="A ramp"), book(event, "ben")

    new = lifecycle.hand_on(ada.pk, name="Cleo", email="cleo@partner.example")

    ada.refresh_from_db()
    assert states(event) == {"Ada": "cancelled", "Ben": "waiting", "Cleo": "confirmed"}
    assert (new.stands_in_for, new.organisation_name, ada.access_needs, new.access_needs) == (ada, "Wear Wind", "", "")
    gone = OutgoingMessage.objects.get(rule="events.given_up")
    assert (gone.to_email, gone.calendar_method) == ("ada@partner.example", "CANCEL")
    with pytest.raises(Refused, match="cannot go to this address"):
        lifecycle.hand_on(new.pk, name="Ben", email=ben.email)


# --- chairs, pools and times ----------------------------------------------------------------------------


def test_a_carer_takes_a_chair_and_is_no_participant():
    event = EventFactory(capacity=3)
    book(event, "ada", companions=1)
    book(event, "ben", companions=1)
    event.refresh_from_db()
    assert (event.taken, states(event)) == (2, {"Ada": "confirmed", "Ben": "waiting"})
    assert queries.attendance_counts(event)["expected"] == 1


def test_the_room_and_online_are_counted_apart():
    event = EventFactory(mode="hybrid", capacity=1, online_capacity=1)
    book(event, "ada")
    book(event, "ben", is_online=True)
    book(event, "cleo")
    dan = book(event, "dan", is_online=True)
    assert dan.state == "waiting"

    lifecycle.change(event.pk, {"capacity": 1, "online_capacity": 2})

    assert states(event) == {"Ada": "confirmed", "Ben": "confirmed", "Cleo": "waiting", "Dan": "confirmed"}
    with pytest.raises(Refused, match="2 places are taken online, so there cannot be fewer"):
        lifecycle.change(event.pk, {"capacity": 1, "online_capacity": None})
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(online_taken=3)


def test_a_time_of_a_drop_in_has_places_of_its_own():
    event = EventFactory(type="drop_in", capacity=9)
    ten = event.starts_at
    lifecycle.set_slots(event.pk, {ten + timedelta(hours=n): (ten + timedelta(hours=n, minutes=30), 1) for n in (0, 1)})
    early, late = event.slots.all()
    ada = book(event, "ada", slot=early)
    book(event, "ben", slot=early)
    book(event, "cleo", slot=late)
    assert states(event) == {"Ada": "confirmed", "Ben": "waiting", "Cleo": "confirmed"}

    lifecycle.cancel(ada.pk)

    assert states(event)["Ben"] == "confirmed"
    with pytest.raises(Refused, match="People have booked for"):
        lifecycle.set_slots(event.pk, {early.starts_at: (early.ends_at, 1)})
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=late.pk).update(taken=2)


# --- sectors --------------------------------------------------------------------------------------------


def test_what_is_kept_for_a_sector_is_nobody_elses_until_its_day(time_machine):
    event, schools, firms = EventFactory(capacity=3), KindFactory(), KindFactory()
    release = timezone.now() + timedelta(days=2)
    allow(event, schools, reserved=2, release_at=release)
    for name in ("ada", "ben"):
        book(event, name, kind=firms)
    school = book(event, "cleo", kind=schools)
    assert states(event) == {"Ada": "confirmed", "Ben": "waiting", "Cleo": "confirmed"}
    assert event.allocations.get().taken == school.chairs

    time_machine.move_to(release)
    for _ in range(2):
        tasks.sweep()

    assert states(event)["Ben"] == "confirmed"
    assert Entry.objects.get(verb="event.released").facts == {"sectors": 1, "promoted": 1}


def test_a_sector_waits_at_its_limit_while_others_get_places():
    event, firms, schools = EventFactory(capacity=5), KindFactory(), KindFactory()
    allow(event, firms, most=1)
    book(event, "ada", kind=firms)
    book(event, "ben", kind=firms)
    book(event, "cleo", kind=schools)
    assert states(event) == {"Ada": "confirmed", "Ben": "waiting", "Cleo": "confirmed"}
    with pytest.raises(Refused, match="holds 1 place, so its limit cannot be 0"):
        allow(event, firms, most=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.update(taken=2)
    allow(event, firms, most=2)
    assert states(event)["Ben"] == "confirmed"


def test_the_place_goes_to_the_sector_that_is_furthest_below_its_share():
    event, firms, schools = EventFactory(capacity=3, promotion="sector"), KindFactory(), KindFactory()
    lifecycle.allocate(
        event.pk,
        {
            kind.sector_id: {"reserved": 0, "most": None, "target": target, "release_at": None}
            for kind, target in ((firms, 1), (schools, 2))
        },
    )
    there = [book(event, name, kind=firms) for name in ("ada", "ben", "cleo")]
    book(event, "dan", kind=firms)
    late = book(event, "eve", kind=schools)

    lifecycle.cancel(there[0].pk)

    late.refresh_from_db()
    assert (late.state, states(event)["Dan"]) == ("confirmed", "waiting")
    assert late.promotion_reason == f"{schools.sector} held 0 of its share of 2.0 places, the furthest below."
    assert Entry.objects.get(verb="registration.promoted").facts["passed_over"] == 1


def test_an_organisation_beyond_its_cap_waits_until_a_colleague_leaves():
    event = EventFactory(capacity=9, organisation_cap=1)
    ada = book(event, "ada", organisation_name="Wear Wind")
    book(event, "ben", organisation_name="wear wind ")
    assert states(event)["Ben"] == "waiting"
    lifecycle.cancel(ada.pk)
    assert states(event)["Ben"] == "confirmed"


def test_by_hand_a_place_goes_out_of_turn_with_a_reason_and_never_one_that_is_not_there():
    event, staff = EventFactory(capacity=1, promotion="manual"), UserFactory(staff_role="engagement")
    ada = book(event, "ada")
    ben, cleo = book(event, "ben"), book(event, "cleo")
    with pytest.raises(Refused, match="no free place"):
        lifecycle.give_by_hand(cleo.pk, "She speaks for the port", actor=staff)
    lifecycle.cancel(ada.pk)
    assert states(event) == {"Ada": "cancelled", "Ben": "waiting", "Cleo": "waiting"}
    with pytest.raises(Refused, match="Say why"):
        lifecycle.give_by_hand(cleo.pk, " ", actor=staff)

    lifecycle.give_by_hand(cleo.pk, "She speaks for the port", actor=staff)

    cleo.refresh_from_db()
    assert (cleo.state, cleo.promotion_reason) == ("confirmed", "By hand: She speaks for the port")
    assert states(event)["Ben"] == "waiting"
    assert ben.pk


def test_correcting_the_organisation_moves_the_chair_to_the_right_sector():
    event, firms, schools = EventFactory(capacity=3), KindFactory(), KindFactory()
    for kind in (firms, schools):
        allow(event, kind, most=1)
    ada = book(event, "ada", kind=firms)
    lifecycle.describe(ada.pk, organisation=None, organisation_name="A school", kind=schools)
    assert {row.sector_id: row.taken for row in event.allocations.all()} == {firms.sector_id: 0, schools.sector_id: 1}
    ben = book(event, "ben", kind=firms)
    with pytest.raises(Refused, match="as many places as it may have"):
        lifecycle.describe(ben.pk, organisation=None, organisation_name="", kind=schools)


# --- pages ----------------------------------------------------------------------------------------------


def test_the_page_of_places_shares_them_out_and_says_what_is_wrong(signed_in):
    event, kind = EventFactory(capacity=5), KindFactory()
    page = signed_in(UserFactory(staff_role="engagement"))
    address = reverse("events:places", args=[event.public_id])
    form = page.get(address).context["form"]
    data = {name: bound.value() if bound.value() is not None else "" for name, bound in ((b.name, b) for b in form)}
    wrong = page.post(address, {**data, f"reserved_{kind.sector_id}": "9", "offer_hours": "many"})
    assert (wrong.status_code, "Enter a whole number in figures" in wrong.text) == (422, True)
    kept = page.post(address, {**data, f"reserved_{kind.sector_id}": "9"})
    assert "9 places would be kept, and the room has 5." in kept.text

    right = {f"reserved_{kind.sector_id}": "2", f"target_{kind.sector_id}": "3", "offer_hours": "48"}
    assert page.post(address, {**data, **right, f"release_{kind.sector_id}": "2030-03-01"}).status_code == 302

    event.refresh_from_db()
    row = event.allocations.get()
    assert (event.offer_hours, row.reserved, row.target) == (48, 2, 3)
    assert row.release_at.isoformat() == "2030-03-01T23:59:59+00:00"
    assert page.get(address).context["shares"][-1]["kept"] == 2


def test_a_party_books_in_lines_and_every_bad_line_is_named(client):
    event = EventFactory(capacity=9)
    address = reverse("events:book", args=[event.slug])
    data = {"name": "Ada", "email": "ada@partner.example", "consent": "on", "companions": "1"}
    wrong = client.post(address, {**data, "guests": "ben@partner.example\nCy, cy(at)partner\nDi"})
    assert (
        wrong.status_code,
        "Line 1: write the name first" in wrong.text,
        "Line 2: “cy(at)partner”" in wrong.text,
    ) == (
        422,
        True,
        True,
    )
    assert client.post(address, {**data, "guests": "Cy, cy@partner.example\n\nDi"}).status_code == 302
    event.refresh_from_db()
    names = sorted(event.registrations.values_list("name", flat=True))
    assert (event.taken, names) == (4, ["Ada", "Cy", "Di"])
