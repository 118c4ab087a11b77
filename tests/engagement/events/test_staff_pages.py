"""Pages of those who run events: cost, refusals, and one act each."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.events.models import Attendance, Event, Note, Registration
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.events import (
    AttendanceFactory,
    EventFactory,
    NoteAmendmentFactory,
    NoteFactory,
    RegistrationFactory,
    TopicFactory,
)
from tests.factories.stakeholders import KindFactory, OrganisationFactory, SectorFactory

pytestmark = pytest.mark.django_db
STAFF_LIST = "/events/manage/"


def url(name, event, *more):
    return reverse(f"events:{name}", args=[event.public_id, *more])


@pytest.fixture
def runner():
    return UserFactory(engagement=True)


@pytest.fixture
def staff(signed_in, runner):
    return signed_in(runner)


@pytest.fixture
def officer(signed_in):
    return signed_in(UserFactory(officer=True))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_many_events(staff, django_assert_num_queries, rows):
    for event in EventFactory.create_batch(rows):
        RegistrationFactory(event=event)
        RegistrationFactory(event=event, state="waiting")
    with django_assert_num_queries(4):
        page = staff.get(STAFF_LIST)
    assert page.content.count(b"<tr>") == rows + 1
    assert page.text.count("1 of 30") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_roster_costs_the_same_however_many_people(staff, django_assert_num_queries, rows):
    event = EventFactory(over=True)
    for _ in range(rows):
        organisation = OrganisationFactory()
        person = RegistrationFactory(event=event, organisation=organisation, kind=organisation.kind)
        AttendanceFactory(registration=person)
    with django_assert_num_queries(8):
        page = staff.get(url("roster", event))
    assert page.text.count('<tr id="person-') == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_notes_cost_the_same_however_many(staff, django_assert_num_queries, rows):
    event = EventFactory(over=True)
    for _ in range(rows):
        note = NoteFactory(
            event=event, state="circulated", organisations=[OrganisationFactory()], written_by=UserFactory()
        )
        NoteAmendmentFactory(note=note)
    with django_assert_num_queries(7):
        page = staff.get(url("notes", event))
    assert page.text.count('<article class="card"') == rows


@pytest.mark.parametrize("people", [1, 3])
def test_the_event_costs_the_same_however_many_people(staff, django_assert_num_queries, people):
    event = EventFactory(over=True)
    for _ in range(people):
        AttendanceFactory(registration=RegistrationFactory(event=event, access_needs="A ramp"))
    with django_assert_num_queries(13):
        page = staff.get(url("staff_event", event))
    assert ("A ramp" in page.text, f"{people} pe" in page.text) == (False, True)


def test_who_may_open_what(client, signed_in, officer, staff):
    event = EventFactory()
    person, note = RegistrationFactory(event=event), NoteFactory(event=event)
    partner = signed_in(UserFactory())
    reading = [STAFF_LIST, *(url(name, event) for name in ("staff_event", "roster", "print", "notes"))]
    reading.append(url("person", event, person.public_id))
    running = [
        reverse("events:new"),
        *(url(name, event) for name in ("edit", "copy", "topics", "add_person", "mark_rest")),
    ]
    running += [url("change_state", event, "close"), url("edit_person", event, person.public_id)]
    running += [url("cancel_person", event, person.public_id), url("write_note", event), url("circulate", event)]
    running += [
        url("agree_notes", event),
        *(url(f"{act}_note", event, note.public_id) for act in ("edit", "agree", "dispute", "amend")),
    ]

    def answers(who, addresses):
        return {who.get(address).status_code for address in addresses}

    assert answers(client, reading + running) == {302}
    assert answers(partner, reading + running) == {403}
    assert (answers(officer, reading), answers(officer, running)) == ({200}, {403})
    assert answers(staff, reading + running) == {200}
    assert officer.post(url("mark", event, person.public_id), {"status": "attended"}).status_code == 403


def test_things_of_another_event_are_not_found(staff):
    event, other = EventFactory(over=True), RegistrationFactory(event=EventFactory(over=True))
    foreign = NoteFactory(event=other.event)
    assert staff.get(url("person", event, other.public_id)).status_code == 404
    assert staff.post(url("mark", event, other.public_id), {"status": "attended"}).status_code == 404
    assert staff.get(url("agree_note", event, foreign.public_id)).status_code == 404
    assert staff.get(url("change_state", event, "explode")).status_code == 404


def typed(**changes):
    day = timezone.localdate() + timedelta(days=30)
    return {
        "title": "Skills round table",
        "type": "round_table",
        "mode": "in_person",
        "day": day.isoformat(),
        "starts": "10:00",
        "ends": "12:30",
        "venue_name": "Exchange Hall",
        "access_information": "Step-free",
        "capacity": "24",
        **changes,
    }


def test_an_event_is_made_changed_copied_and_opened(staff, runner):
    staff.post(reverse("events:new"), typed())
    event = Event.objects.get()
    assert (event.state, event.capacity, event.created_by) == ("draft", 24, runner)
    assert timezone.localtime(event.starts_at).strftime("%H:%M") == "10:00"

    staff.post(url("topics", event), {"new": "Skills\nTransport"})
    staff.post(url("change_state", event, "open"))
    RegistrationFactory(event=event)
    told = staff.post(url("edit", event), typed(starts="11:00", booking_closes_on=typed()["day"]), follow=True)
    staff.post(url("copy", event), typed(title="Again"))

    event.refresh_from_db()
    assert "Everybody who booked is being told what changed." in told.text
    assert (event.state, event.schedule_revision, OutgoingMessage.objects.get().rule) == ("booking", 1, "events.moved")
    assert timezone.localtime(event.booking_closes_at).strftime("%H:%M:%S") == "23:59:59"
    assert [topic.title for topic in Event.objects.get(title="Again").topics.all()] == ["Skills", "Transport"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Give the event a title."),
        ({"day": "31 June"}, "Enter a date like 27 March 2019 or 27/3/2019."),
        ({"starts": ""}, "Enter when it begins."),
        ({"ends": "09:00"}, "The event ends before it begins. Check both times."),
        ({"capacity": "0"}, "An event has at least one place."),
        ({"capacity": "many"}, "Enter the number of places in figures."),
        ({"booking_closes_on": "2999-01-01"}, "Booking cannot close after the day of the event."),
    ],
)
def test_a_wrong_event_is_told_in_words(staff, wrong, sentence):
    page = staff.post(reverse("events:new"), typed(**wrong))
    assert page.status_code == 422
    assert page.text.count(sentence) == 2
    assert Event.objects.count() == 0


def test_calling_off_asks_why_and_says_to_how_many(staff):
    registration = RegistrationFactory()
    address = url("change_state", registration.event, "cancel")
    assert "This concerns 1 person" in staff.get(address).text
    assert "Say why" in staff.post(address, {"reason": ""}).text
    staff.post(address, {"reason": "The hall is flooded."})
    assert "The hall is flooded." in OutgoingMessage.objects.get().text_body


def test_a_step_that_is_not_possible_is_refused_in_words(staff):
    page = staff.post(url("change_state", EventFactory(), "held"))
    assert (page.status_code, "has not begun yet" in page.text) == (422, True)


def test_the_roster_finds_and_filters_and_marks_one_by_one(staff, runner):
    event = EventFactory(over=True)
    sector = SectorFactory(name="Business life")
    ada = RegistrationFactory(event=event, name="Ada Ashby", kind=KindFactory(sector=sector))
    ben = RegistrationFactory(event=event, name="Ben Boro", organisation_name="Wear Wind")
    RegistrationFactory(event=event, name="Cleo Crook", state="waiting")

    def found(**query):
        return [person.name for person in staff.get(url("roster", event), query).context["page_obj"].object_list]

    assert found() == ["Ada Ashby", "Ben Boro"]
    assert found(q="wear") == ["Ben Boro"]
    assert found(sector=sector.code) == ["Ada Ashby"]
    assert found(state="waiting") == ["Cleo Crook"]
    answer = staff.post(url("mark", event, ada.public_id), {"status": "attended", "query": "q=ada"})
    assert answer.url == f"{url('roster', event)}?q=ada#person-{ada.pk}"
    assert (found(attendance="unmarked"), found(attendance="attended")) == (["Ben Boro"], ["Ada Ashby"])
    staff.post(url("mark_rest", event))
    assert dict(Attendance.objects.values_list("registration_id", "marked_by")) == {
        ada.pk: runner.pk,
        ben.pk: runner.pk,
    }
    assert found(attendance="absent") == ["Ben Boro"]


def test_a_mark_that_is_refused_says_why_on_the_roster(staff):
    event = EventFactory()
    person = RegistrationFactory(event=event)
    page = staff.post(url("mark", event, person.public_id), {"status": "attended"}, follow=True)
    assert "Until then only apologies can be marked." in page.text
    assert Attendance.objects.count() == 0


def test_people_are_entered_as_walk_ins_or_as_bookings(staff):
    event = EventFactory(
        capacity=1, starts_at=timezone.now() - timedelta(minutes=5), ends_at=timezone.now() + timedelta(hours=1)
    )
    staff.post(url("add_person", event), {"what": "walk_in", "name": "Cleo"})
    assert Registration.objects.get().attendance.status == "attended"

    ahead = EventFactory(capacity=1)
    page = staff.post(url("add_person", ahead), {"what": "booking", "name": "Dan"})
    assert "Enter the e-mail address to which the confirmation goes." in page.text
    for name in ("dan", "eve"):
        staff.post(url("add_person", ahead), {"what": "booking", "name": name, "email": f"{name}@partner.example"})
    assert list(ahead.registrations.order_by("pk").values_list("state", "source")) == [
        ("confirmed", "staff"),
        ("waiting", "staff"),
    ]
    first = ahead.registrations.get(state="confirmed")
    staff.post(url("cancel_person", ahead, first.public_id))
    assert list(ahead.registrations.confirmed().values_list("name", flat=True)) == ["eve"]


def test_an_organisation_is_matched_by_its_exact_name(staff):
    person = RegistrationFactory()
    organisation = OrganisationFactory(name="Wear Wind")
    address = url("edit_person", person.event, person.public_id)
    assert "no organisation called “Nobody”" in staff.post(address, {"organisation": "Nobody"}).text
    staff.post(address, {"organisation": "wear wind"})
    person.refresh_from_db()
    assert (person.organisation, person.kind) == (organisation, organisation.kind)


def test_attendance_is_counted_by_sector_and_by_organisation(staff):
    event = EventFactory(over=True)
    organisation = OrganisationFactory(name="Wear Wind", kind=KindFactory(sector=SectorFactory(name="Wind sector")))
    for values in (
        {"organisation": organisation, "organisation_name": "WW", "kind": organisation.kind},
        {"organisation_name": "wear wind"},
        {"organisation_name": ""},
    ):
        AttendanceFactory(registration=RegistrationFactory(event=event, **values))
    AttendanceFactory(registration=RegistrationFactory(event=event), status="absent")

    context = staff.get(url("staff_event", event)).context

    assert [(bar.label, bar.value) for bar in context["by_sector"].rows] == [
        ("Wind sector", 1),
        ("Sector not known", 2),
    ]
    assert [(bar.label, bar.value) for bar in context["by_organisation"].rows] == [
        ("Wear Wind", 2),
        ("For themselves", 1),
    ]
    assert context["by_sector"].base == 3


def test_a_point_is_written_at_the_table_and_the_next_one_begins_there(staff, runner):
    event = EventFactory(over=True)
    topic, organisation = TopicFactory(event=event), OrganisationFactory()
    RegistrationFactory(event=event, organisation=organisation)
    OrganisationFactory(name="Not there")
    address = url("write_note", event)
    assert "Not there" not in staff.get(address).text

    data = {"topic": topic.pk, "table_name": "Table 4", "point": "barrier", "text": "No buses", "people_count": "6"}
    answer = staff.post(address, {**data, "is_attributable": "no", "organisations": [organisation.pk]})

    note = Note.objects.get()
    assert (note.written_by, note.topic, note.is_attributable, note.people_count) == (runner, topic, False, 6)
    assert list(note.organisations.all()) == [organisation]
    assert answer.url == f"{address}?topic={topic.pk}&table=Table+4"
    assert 'value="Table 4"' in staff.get(answer.url).text
    missing = staff.post(address, {"text": ""})
    assert (missing.status_code, "Write what was said." in missing.text) == (422, True)


def test_notes_are_circulated_amended_and_agreed_by_a_second_person(staff, runner, signed_in):
    event = EventFactory(over=True)
    AttendanceFactory(registration=RegistrationFactory(event=event))
    hidden = OrganisationFactory(name="Hidden Ltd")
    note = NoteFactory(event=event, written_by=runner, organisations=[hidden])
    staff.post(url("circulate", event))
    staff.post(url("amend_note", event, note.public_id), {"text": "Better words"})
    amendment = note.amendments.get()
    decide = url("decide_amendment", event, note.public_id, amendment.public_id)
    assert "Choose whether to accept" in staff.post(decide, {}).text
    staff.post(decide, {"decision": "accept"})
    own = staff.post(url("agree_note", event, note.public_id))
    assert "somebody else agrees it" in own.text

    second = signed_in(UserFactory(engagement=True))
    assert "Agree 1 note" in second.get(url("notes", event)).text
    second.post(url("agree_notes", event))

    note.refresh_from_db()
    assert (note.text, note.state) == ("Better words", "agreed")
    pages = [url("notes", event), url("agree_note", event, note.public_id)]
    assert [("Hidden Ltd" in second.get(page).text) for page in pages] == [False, False]
