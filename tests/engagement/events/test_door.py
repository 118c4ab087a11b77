"""The pages of the day: what they cost, whom they tell what, and that they work without scripts."""

import uuid
from datetime import timedelta

import pytest
import segno
from django.urls import reverse
from django.utils import timezone

from engagement.events import codes, lifecycle, queries, tasks
from engagement.events.models import Attendance, EntryCode, Event, Registration
from engagement.messaging.building import build
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.events import AttendanceFactory, EventFactory, RegistrationFactory
from tests.factories.stakeholders import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return EventFactory(starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=3))


@pytest.fixture
def desk(signed_in):
    return signed_in(UserFactory(engagement=True))


def url(name, event, *more):
    return reverse(f"events:{name}", args=[event.public_id, *more])


# --- codes ---------------------------------------------------------------------------------------------


def test_a_code_is_80_bits_that_the_database_does_not_hold(event):
    person = RegistrationFactory(event=event)
    code = codes.issue(person)
    assert len(code) * 5 == 80
    assert codes.is_code(codes.spoken(code).lower())
    assert codes.issue(person) == code == codes.current(person)
    kept = EntryCode.objects.get()
    assert code not in " ".join(str(value) for value in vars(kept).values())
    assert codes.find(codes.spoken(code)) == kept
    assert codes.issue(RegistrationFactory(event=event)) != code


def test_a_code_outlives_a_change_of_the_secret_while_the_old_one_is_kept(event, settings):
    person = RegistrationFactory(event=event)
    old = settings.SECRET_KEY
    code = codes.issue(person)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [old]
    assert codes.current(person) == code
    settings.SECRET_KEY_FALLBACKS = []
    assert codes.current(person) == ""
    assert codes.find(code).registration == person


def test_the_qr_is_small_since_its_address_is_in_capitals(settings):
    settings.SITE_URL = "https://consult.northeast.example"
    address = codes.address("ABCDEFGHIJKLMNOP")
    assert address == "HTTPS://CONSULT.NORTHEAST.EXAMPLE/C/ABCDEFGHIJKLMNOP"
    assert segno.make_qr(address, error="m", boost_error=False).designator == "3-M"
    assert segno.make_qr(address.lower(), error="m", boost_error=False).designator == "4-M"
    svg = codes.svg("ABCDEFGHIJKLMNOP")
    assert svg.startswith("<svg")
    assert "style=" not in svg
    assert codes.png("ABCDEFGHIJKLMNOP").startswith(b"\x89PNG")


def test_who_books_gets_the_code_as_a_picture_that_no_table_keeps(client):
    event = EventFactory()
    person = lifecycle.register(event.pk, name="Ada", email="ada@partner.example")
    code = codes.current(person)
    row = OutgoingMessage.objects.get()
    [picture] = [part for part in build(row).message().walk() if part.get_content_type() == "image/png"]
    assert picture.get_filename() == f"door-code-{codes.spoken(code).replace(' ', '-')}.png"
    assert picture.get_payload(decode=True) == codes.png(code)
    assert code not in row.text_body + row.html_body
    assert "your code for the door" in row.text_body
    page = client.get(queries.booking_url(person))
    assert codes.spoken(code) in page.text
    assert '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 37 37" class="qr">' in page.text


@pytest.mark.parametrize("facts", [{"mode": "online"}, {"state": "cancelled", "state_reason": "Rain"}])
def test_nobody_needs_a_code_for_a_room_that_is_not_there(client, facts):
    person = RegistrationFactory(event=EventFactory(**facts))
    tasks.sweep()
    assert not EntryCode.objects.exists()
    assert "code for the door" not in client.get(queries.booking_url(person)).text


def test_the_clock_gives_codes_to_bookings_from_before_there_were_any():
    people = RegistrationFactory.create_batch(2, event=EventFactory())
    RegistrationFactory(event=people[0].event, state="waiting")
    for _ in range(2):
        tasks.sweep()
    assert set(EntryCode.objects.values_list("registration", flat=True)) == {person.pk for person in people}


# --- what a code leads to ------------------------------------------------------------------------------


def test_a_stranger_learns_nothing_from_a_code_not_even_whether_it_is_one(client, event):
    person = RegistrationFactory(event=event, name="Ada Ashby", organisation_name="Tyne Tool Works")
    real = client.get(reverse("entrance:code", args=[codes.issue(person)]))
    false = client.get(reverse("entrance:code", args=["A" * 16]))
    assert (real.status_code, false.status_code) == (200, 200)
    for private in ("Ada", "Tyne", event.title):
        assert private not in real.text
    assert real.text.replace(codes.current(person), "A" * 16) == false.text
    assert client.post(reverse("entrance:code", args=[codes.current(person)]), {"kind": "in"}).status_code == 403


def test_those_who_run_the_event_see_who_it_is_and_let_them_in(desk, event):
    organisation = OrganisationFactory(name="Tyne Tool Works")
    person = RegistrationFactory(event=event, name="Ada Ashby", organisation=organisation, access_needs="A ramp")
    path = reverse("entrance:code", args=[codes.issue(person)])
    page = desk.get(path)
    assert "Ada Ashby is here" in page.text
    assert "Tyne Tool Works" in page.text
    assert "ramp" not in page.text
    form = {"kind": "in", "scan_id": uuid.uuid4()}
    for _ in range(2):
        page = desk.post(path, form, follow=True)
    assert "They are leaving" in page.text
    assert Attendance.objects.get().known_by == "code"
    assert desk.get(reverse("entrance:code", args=["A" * 16])).status_code == 404


@pytest.mark.parametrize(("state", "words"), [("cancelled", "enter them as a walk-in"), ("confirmed", "a later day")])
def test_a_code_that_opens_nothing_now_says_why(desk, state, words):
    person = RegistrationFactory(event=EventFactory(), state=state)
    assert words in desk.get(reverse("entrance:code", args=[codes.issue(person)])).text


# --- the page at the door ------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_door_costs_the_same_however_many_and_stays_small(desk, event, rows, django_assert_num_queries):
    for number in range(rows):
        organisation = OrganisationFactory()
        person = RegistrationFactory(event=event, name=f"Ada {number}", organisation=organisation)
        AttendanceFactory(registration=person)
    with django_assert_num_queries(6):
        page = desk.get(url("door", event), {"q": "ada"})
    assert page.text.count('class="door__person"') == rows
    assert len(page.content) < 30_000


def test_the_page_that_devices_keep_names_nobody(desk, event):
    person = RegistrationFactory(event=event, name="Ada Ashby", organisation_name="Tyne Tool Works")
    AttendanceFactory(registration=person)
    page = desk.get(url("door", event))
    for private in ("Ada", "Tyne", str(person.public_id)):
        assert private not in page.text


@pytest.mark.parametrize("words", ["ashby", "tool ada", "ada tyne"])
def test_people_are_found_by_any_words_of_name_and_organisation_or_by_their_code(desk, event, words):
    person = RegistrationFactory(event=event, name="Ada Ashby", organisation_name="Tyne Tool Works")
    RegistrationFactory(event=event, name="Bea Brown", organisation_name="Tyne Tool Works")
    for asked in (words, codes.spoken(codes.issue(person)).lower()):
        page = desk.get(url("door", event), {"q": asked})
        assert "1 found" in page.text
        assert "Ada Ashby" in page.text


def test_one_press_lets_in_and_pressing_twice_changes_nothing(desk, event):
    person = RegistrationFactory(event=event, name="Ada Ashby")
    form = {"kind": "in", "scan_id": uuid.uuid4()}
    for _ in range(2):
        page = desk.post(url("check_in", event, person.public_id), form, follow=True)
        assert "Ada Ashby is in." in page.text
    assert Attendance.objects.get().arrived_at is not None
    page = desk.post(url("check_in", event, person.public_id), {"kind": "dance"}, follow=True)
    assert "That was no report" in page.text
    other = RegistrationFactory(event=EventFactory())
    assert desk.post(url("check_in", event, other.public_id), form).status_code == 404


def test_a_walk_in_by_form_is_let_in_once_and_a_name_is_asked_for(desk, event):
    form = {"walk-name": "Cai", "walk-email": "", "walk-organisation_name": "", "walk-kind": ""}
    page = desk.post(url("walk_in", event), {**form, "walk-name": "", "walk-scan_id": uuid.uuid4()})
    assert page.status_code == 422
    assert page.text.count("Enter the name.") == 2
    number = uuid.uuid4()
    for _ in range(2):
        desk.post(url("walk_in", event), {**form, "walk-scan_id": number})
    assert Registration.objects.get().name == "Cai"


def test_a_list_is_taken_over_by_ticks(desk, event):
    people = RegistrationFactory.create_batch(3, event=event)
    page = desk.post(url("take_list", event), {"meaning": "absent", "people": [people[1].pk]}, follow=True)
    assert "2 marked as having come, 1 as absent." in page.text
    assert "Everybody is marked" in desk.get(url("take_list", event)).text
    RegistrationFactory(event=event)
    page = desk.post(url("take_list", event), {"people": []})
    assert "Say what a tick means." in page.text
    assert "The event has not begun" in desk.get(url("take_list", EventFactory())).text


def test_more_people_than_places_is_said_on_the_page_and_in_the_figures(desk, event):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    for name in ("Ada", "Bea"):
        lifecycle.walk_in(event.pk, name=name)
    for name in ("door", "walk_in", "figures"):
        assert "2 people are in a room for 1" in desk.get(url(name, event)).text


@pytest.mark.parametrize("rows", [1, 3])
def test_figures_and_badges_cost_the_same_however_many(desk, event, rows, django_assert_num_queries):
    for _ in range(rows):
        organisation = OrganisationFactory()
        person = RegistrationFactory(event=event, organisation=organisation, kind=organisation.kind)
        AttendanceFactory(registration=person)
        gone = RegistrationFactory(event=event, state="cancelled", organisation=organisation)
        seen = lifecycle.Report(scan_id=uuid.uuid4(), kind="in", at=timezone.now(), person=gone.public_id)
        lifecycle.report(event.pk, seen, device="Door A", actor=None)
    with django_assert_num_queries(7):
        page = desk.get(url("figures", event), headers={"HX-Request": "true"})
    assert "<html" not in page.text
    assert f"{rows} of {rows} came" in page.text
    page = desk.get(url("figures", event))
    assert page.text.count("If they are here, enter them as a walk-in.") == rows
    with django_assert_num_queries(4):
        page = desk.get(url("badges", event))
    assert page.text.count('<li class="badge">') == rows


def test_the_worker_may_look_after_the_addresses_of_codes_and_events(client):
    answer = client.get(reverse("entrance:worker"))
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"soundings-day" in answer.content


def test_a_mark_by_staff_forgets_when_somebody_came_if_they_did_not(desk, event):
    person = RegistrationFactory(event=event)
    lifecycle.walk_in(event.pk, name=person.name, email=person.email)
    desk.post(url("mark", event, person.public_id), {"status": "absent"})
    kept = Attendance.objects.get()
    assert (kept.status, kept.arrived_at, kept.known_by) == ("absent", None, "staff")


def test_a_code_in_wrong_hands_is_replaced(desk):
    person = RegistrationFactory(event=EventFactory())
    old = codes.issue(person)
    path = url("new_code", person.event, person.public_id)
    assert "opens nothing any more" in desk.get(path).text
    desk.post(path)
    assert codes.current(person) not in {"", old}
    assert codes.find(old).revoked_at is not None
