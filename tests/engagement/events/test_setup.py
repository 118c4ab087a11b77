"""Setting events up: kinds, venues, agendas, tables, copies, series, and the public list."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from consultations.programme import actions as programme
from consultations.programme import queries as programme_queries
from engagement.core.errors import Refused
from engagement.core.walltime import instant_of
from engagement.events import arranging, forms, lifecycle, recurrence, seating
from engagement.events.models import Event, Registration, Seat, Series, Table, Venue
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory, TopicFactory
from tests.factories.programme import ConsultationFactory, ThemeFactory
from tests.factories.stakeholders import KindFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return UserFactory(staff_role="engagement")


def asked(**values):
    """What the form for an event is sent."""
    plain = {"title": "Skills", "type": "workshop", "mode": "in_person", "day": "2027-05-04", "capacity": "20"}
    return {**plain, "starts": "10:00", "ends": "12:00", "venue_name": "Exchange Hall", **values}


# --- kinds ----------------------------------------------------------------------------------------------


def test_the_form_asks_for_what_the_kind_needs_and_leaves_the_rest_out(signed_in, staff):
    page = signed_in(staff)
    assert "Site visit" in page.get(reverse("events:choose_kind")).text
    webinar = page.get(reverse("events:new") + "?kind=webinar").context["form"].fields
    visit = page.get(reverse("events:new") + "?kind=site_visit").context["form"].fields
    assert {"joining_link", "venue_name", "safety_notes"} & set(webinar) == {"joining_link"}
    assert {"joining_link", "venue_name", "safety_notes"} & set(visit) == {"venue_name", "safety_notes"}


def test_an_event_may_become_one_of_another_kind_and_is_then_asked_for_what_that_needs(signed_in, staff):
    event = EventFactory(type="workshop", state="draft")
    page, address = signed_in(staff), reverse("events:edit", args=[event.public_id])
    assert {"type", "venue_name"} <= set(page.get(address).context["form"].fields)
    wrong = page.post(address, asked(type="site_visit"))
    assert "Say what is dangerous on the site" in wrong.text
    assert page.post(address, asked(type="site_visit", safety_notes="Wear boots.")).status_code == 302
    event.refresh_from_db()
    assert (event.type, event.safety_notes) == ("site_visit", "Wear boots.")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"type": "webinar"}, "A webinar is held online."),
        ({"type": "site_visit"}, "Say what is dangerous on the site, what to wear and what to bring."),
        ({"type": "drop_in", "mode": "online"}, "People come to a drop-in in person."),
        ({"online_capacity": "5"}, "Only an event in person and online has places online of their own."),
        ({"day": "2027-03-28", "starts": "01:30", "ends": "03:00"}, "01:30 on 28 March 2027 does not exist"),
    ],
)
def test_what_does_not_go_together_is_told_in_words(values, sentence):
    form = forms.EventForm(asked(**values))
    assert not form.is_valid()
    assert sentence in str(form.errors)


def test_a_time_that_comes_twice_is_the_first_of_the_two():
    form = forms.EventForm(asked(day="2027-10-31", starts="01:30", ends="03:00"))
    assert form.is_valid(), form.errors
    assert form.values()["starts_at"].isoformat() == "2027-10-31T00:30:00+00:00"


def test_booking_opens_only_with_what_the_kind_needs():
    event = EventFactory(state="draft", type="webinar", mode="online")
    with pytest.raises(Refused, match="A webinar needs the link"):
        lifecycle.open_booking(event.pk)
    Event.objects.filter(pk=event.pk).update(joining_link="https://meet.soundings.example/room")
    assert lifecycle.open_booking(event.pk).state == "booking"


# --- venues, agenda -------------------------------------------------------------------------------------


def test_a_venue_is_kept_once_and_its_access_stands_on_the_page_of_its_events(signed_in, staff):
    page = signed_in(staff)
    data = {"name": "Exchange Hall", "has_step_free": "yes", "has_hearing_loop": "no", "travel": "Metro: Quayside."}
    assert page.post(reverse("events:new_venue"), data).status_code == 302
    again = page.post(reverse("events:new_venue"), {"name": "exchange hall"})
    assert "There is a venue of this name already." in again.text
    venue = Venue.objects.get()
    event = EventFactory(venue=venue, access_information="")
    text = page.get(reverse("events:event", args=[event.slug])).text
    assert text.index("There is:") < text.index("Step-free from the street") < text.index("There is no:")
    assert text.index("There is no:") < text.index("Hearing loop") < text.index("Metro: Quayside.")
    assert "Quiet room" not in text
    assert page.post(reverse("events:edit_venue", args=[venue.public_id]), {"name": "Old Hall"}).status_code == 302
    venue.refresh_from_db()
    assert (venue.name, venue.features) == ("Old Hall", {})


def test_a_chosen_venue_gives_the_event_its_name_and_address():
    venue = Venue.objects.create(name="Exchange Hall", address="1 Quayside Road")
    form = forms.EventForm(asked(venue=venue.pk, venue_name=""))
    assert form.is_valid(), form.errors
    assert [form.values()[name] for name in ("venue", "venue_name", "venue_address")] == [
        venue,
        "Exchange Hall",
        "1 Quayside Road",
    ]


def test_the_agenda_is_written_in_lines_and_moves_with_its_event(signed_in, staff):
    event = EventFactory()
    address = reverse("events:agenda", args=[event.public_id])
    page = signed_in(staff)
    wrong = page.post(address, {"lines": "9:30 Welcome\nLunch\n25:00 Night\n11:00-10:00 Backwards"})
    assert [words in wrong.text for words in ("Line 2: begin with", "Line 3: there is no", "Line 4: it ends")] == [
        True
    ] * 3
    assert page.post(address, {"lines": "10:00-11:15 * Skills\n9:30 Welcome"}).status_code == 302
    items = [(one.begins, one.ends, one.title, one.is_session) for one in event.agenda.all()]
    assert items == [(time(9, 30), None, "Welcome", False), (time(10), time(11, 15), "Skills", True)]
    assert page.get(address).context["form"].initial["lines"] == "09:30 Welcome\n10:00-11:15 * Skills"
    assert "Welcome" in page.get(reverse("events:event", args=[event.slug])).text


# --- copies and series ----------------------------------------------------------------------------------


def test_a_copy_takes_everything_but_people_along_and_stays_with_the_consultation(staff):
    consultation, theme = ConsultationFactory(), ThemeFactory()
    theme.consultation = consultation
    theme.save()
    values = {"title": "Skills", "starts_at": timezone.now(), "ends_at": timezone.now() + timedelta(hours=2)}
    event = programme.create_event(consultation, {**values, "capacity": 9}, themes=[theme], actor=staff)
    sector = KindFactory().sector
    lifecycle.allocate(event.pk, {sector.pk: {"reserved": 2, "most": None, "target": 3, "release_at": None}})
    lifecycle.set_rules(event.pk, {"offer_hours": 48})
    arranging.set_tables(
        event.pk,
        [{"pk": None, "name": "Blue", "chairs": 6, "spare": 1, "topic_id": event.topics.get().pk}],
        actor=staff,
    )
    RegistrationFactory(event=event)

    made = arranging.copy_event(event.pk, {**values, "capacity": 9}, actor=staff)

    assert (made.state, made.offer_hours, made.taken, made.registrations.count()) == ("draft", 48, 0, 0)
    assert made.allocations.get().target == 3
    table = made.tables.get()
    assert (table.name, table.topic.event, table.topic.title) == ("Blue", made, theme.name)
    assert made in programme_queries.linked_events(consultation)
    assert list(programme_queries.themes_of_event(consultation, made)) == [theme]


@given(
    first=st.dates(date(2026, 1, 1), date(2032, 12, 31)),
    rhythm=st.sampled_from(list(recurrence.RHYTHMS)),
    number=st.integers(1, 30),
)
@hypothesis_settings(max_examples=60, deadline=None)
def test_dates_follow_one_another_in_their_rhythm(first, rhythm, number):
    found = recurrence.dates(first, rhythm, number)
    assert len(found) == len(set(found)) == number
    assert sorted(found) == found
    assert found[0] > first
    if rhythm == recurrence.MONTHLY_DATE:
        assert {day.day for day in found} == {first.day}
    else:
        assert {day.weekday() for day in found} == {first.weekday()}
    if rhythm == recurrence.MONTHLY_WEEKDAY:
        assert {(day.day - 1) // 7 for day in found} == {(first.day - 1) // 7}


def test_a_series_keeps_the_wall_time_across_the_change_of_clocks(signed_in, staff):
    starts = instant_of(date(2027, 3, 16), time(18))
    event = EventFactory(starts_at=starts, ends_at=starts + timedelta(hours=2), title="Evening")
    address = reverse("events:repeat", args=[event.public_id])
    page = signed_in(staff)
    page.get(address)

    assert page.post(address, {"rhythm": "1w", "number": "3", "without": "2027-03-23"}).status_code == 302

    series = Series.objects.get()
    begins = list(series.events.order_by("starts_at").values_list("starts_at", flat=True))
    assert [timezone.localtime(one).strftime("%Y-%m-%d %H:%M") for one in begins] == [
        "2027-03-16 18:00",
        "2027-03-30 18:00",
        "2027-04-06 18:00",
    ]
    again = page.post(address, {"rhythm": "2w", "number": "1"})
    assert "has an event on one of these dates already" in again.text


def test_a_series_refuses_the_night_that_has_no_such_hour(staff):
    starts = instant_of(date(2027, 3, 14), time(1, 30))
    event = EventFactory(starts_at=starts, ends_at=starts + timedelta(hours=3))
    form = forms.RepeatForm({"rhythm": "2w", "number": "1", "without": ""}, event=event)
    assert not form.is_valid()
    assert "01:30 does not exist, because the clocks go forward" in str(form.errors)


# --- the public list ------------------------------------------------------------------------------------


def test_the_public_list_is_filtered_by_what_stands_in_the_address(client):
    EventFactory(title="Port walk", type="site_visit")
    EventFactory(title="Talk", type="webinar", mode="online", venue_name="")
    EventFactory(title="Last year", over=True)
    address = reverse("events:list")

    def titles(query):
        return [event.title for event in client.get(address + query).context["page_obj"].object_list]

    assert titles("?kind=webinar") == ["Talk"]
    assert titles("?q=port") == ["Port walk"]
    assert titles("?when=past") == ["Last year"]
    assert titles("?mode=nonsense&area=nowhere") == ["Port walk", "Talk"]
    assert "No event fits" in client.get(address + "?kind=summit").text


# --- tables ---------------------------------------------------------------------------------------------


def tables(event, *chairs, spare=0):
    return [
        Table.objects.create(event=event, name=f"Table {number}", chairs=seats, spare=spare, order=number)
        for number, seats in enumerate(chairs, 1)
    ]


def test_tables_are_set_in_rows_and_one_where_people_sit_stays(signed_in, staff):
    event = EventFactory()
    topic = TopicFactory(event=event)
    address = reverse("events:tables", args=[event.public_id])
    page = signed_in(staff)
    data = {"more": "2"}
    for number, name in enumerate(("Blue", "Red")):
        data.update({f"name_new{number}": name, f"chairs_new{number}": "6", f"spare_new{number}": "1"})
    data.update({"topic_new0": topic.pk, "facilitator_new0": staff.pk})
    twice = page.post(address, {**data, "name_new1": "blue"})
    assert "Two tables have the same name." in twice.text
    assert page.post(address, data).status_code == 302
    blue, red = event.tables.all()
    assert (blue.topic, blue.facilitator, red.topic) == (topic, staff, None)
    seating.move(RegistrationFactory(event=event).pk, red.pk, actor=staff)
    row = {"pk": blue.pk, "name": "Red", "chairs": 6, "spare": 0}
    with pytest.raises(Refused, match="People sit at Red"):
        arranging.set_tables(event.pk, [row], actor=staff)
    arranging.set_tables(event.pk, [row, {**row, "pk": red.pk, "name": "Blue"}], actor=staff)
    assert list(event.tables.values_list("pk", "name")) == [(blue.pk, "Red"), (red.pk, "Blue")]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 1)), max_size=24))
@hypothesis_settings(max_examples=60, deadline=None)
def test_nobody_sits_beyond_the_chairs_and_sectors_are_spread(wanted):
    kinds = [KindFactory.build(pk=number, sector_id=number) for number in (1, 2, 3)]
    people = [
        Registration(pk=number, kind=kinds[kind], organisation_name=f"Body {body}", companions=more)
        for number, (kind, body, more) in enumerate(wanted, 1)
    ]
    rounds = [seating.Round(Table(pk=number, name=str(number), chairs=8, spare=1)) for number in (1, 2, 3, 4)]

    homeless, uneasy = seating.plan(people, rounds, set())

    assert uneasy == []
    assert sorted(one.pk for there in rounds for one in there.people) == sorted(
        {one.pk for one in people} - {one.pk for one in homeless}
    )
    assert all(there.taken <= 7 for there in rounds)
    assert all(one.free < person.chairs for person in homeless for one in rounds) or not homeless
    if not homeless and len({one.organisation_name for one in people}) == len(people):
        for sector in (1, 2, 3):
            counts = [there.sectors()[sector] for there in rounds]
            assert max(counts) - min(counts) <= 1


def test_rivals_sit_apart_and_whom_staff_moved_stays(signed_in, staff):
    event = EventFactory()
    one, other = OrganisationFactory(name="Wear Wind"), OrganisationFactory(name="Tyne Tide")
    first, second = tables(event, 3, 3, spare=1)
    people = [RegistrationFactory(event=event, organisation=body) for body in (one, other)]
    guest = RegistrationFactory(event=event, organisation=None)
    online = RegistrationFactory(event=EventFactory(), organisation=None)
    page = signed_in(staff)
    address = reverse("events:share_out", args=[event.public_id])
    wrong = page.post(address, {"apart": "Wear Wind\nWear Wind; Nobody Ltd"})
    assert ("Line 1: name two" in wrong.text, "Line 2: the register has no" in wrong.text) == (True, True)

    assert page.post(address, {"apart": "wear wind; Tyne Tide"}).status_code == 302

    seats = dict(Seat.objects.values_list("registration", "table"))
    assert seats[people[0].pk] != seats[people[1].pk]
    assert online.pk not in seats
    to = second if seats[guest.pk] == first.pk else first
    page.post(reverse("events:move_table", args=[event.public_id, guest.public_id]), {"table": to.pk})
    seating.share_out(event.pk, actor=staff)
    assert Seat.objects.get(registration=guest).table == to
    printed = page.get(reverse("events:seating", args=[event.public_id])).text
    assert ("Wear Wind and Tyne Tide" in printed, guest.name in printed) == (True, True)


def test_a_chair_goes_with_the_place_and_is_free_when_it_is_given_up(staff):
    event = EventFactory()
    (table,) = tables(event, 2)
    ada = lifecycle.register(event.pk, name="Ada", email="ada@partner.example")
    seating.share_out(event.pk, actor=staff)
    ben = lifecycle.hand_on(ada.pk, name="Ben", email="ben@partner.example")
    assert list(Seat.objects.values_list("registration", "table")) == [(ben.pk, table.pk)]
    lifecycle.cancel(ben.pk)
    assert not Seat.objects.exists()


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_of_tables_costs_the_same_however_many_sit_there(signed_in, staff, django_assert_num_queries, people):
    event = EventFactory()
    tables(event, *([4] * people))
    for _ in range(people):
        RegistrationFactory(event=event)
    seating.share_out(event.pk, actor=staff)
    page = signed_in(staff)
    with django_assert_num_queries(6):
        page.get(reverse("events:seating", args=[event.public_id]))
