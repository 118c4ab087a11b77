"""Reports of devices at the door: late, twice, out of order, with a wrong clock, from the wrong event."""

import json
import threading
import uuid
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events import codes, lifecycle, presence
from engagement.events.models import Attendance, Event, Registration, Scan
from tests.factories.accounts import UserFactory
from tests.factories.events import AttendanceFactory, EventFactory, RegistrationFactory
from tests.factories.stakeholders import KindFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    """One that is on: it began an hour ago and ends in three."""
    return EventFactory(starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=3))


@pytest.fixture
def desk():
    return UserFactory(engagement=True)


def seen(kind="in", *, minutes=0, **facts):
    """A report of so many minutes after the event began."""
    at = timezone.now() - timedelta(hours=1) + timedelta(minutes=minutes)
    return lifecycle.Report(scan_id=uuid.uuid4(), kind=kind, at=at, **facts)


def attendance(person):
    return Attendance.objects.get(registration=person)


def test_a_code_lets_one_person_in_once_and_says_so_the_second_time(event, desk):
    person = RegistrationFactory(event=event, name="Ada Ashby")
    code = codes.issue(person)
    first, again = seen(minutes=2, code=code), seen(minutes=9, code=code.lower())

    scans = [
        lifecycle.report(event.pk, what, device=device, actor=desk)
        for what, device in ((first, "Door A"), (first, "Door A"), (again, "Door B"))
    ]

    assert [(scan.answer, scan.said) for scan in scans[:2]] == [("done", "Ada Ashby is in.")] * 2
    assert scans[2].answer == "already"
    assert scans[2].said.startswith("Ada Ashby was in already at")
    assert scans[2].said.endswith("by Door A.")
    assert Scan.objects.count() == 2
    kept = attendance(person)
    assert (kept.arrived_at, kept.known_by, kept.device) == (first.at, "code", "Door A")
    assert Entry.objects.filter(verb="attendance.marked").count() == 1


@hypothesis(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reports=st.lists(
        st.tuples(st.sampled_from(["in", "out"]), st.integers(0, 50)),
        min_size=1,
        max_size=4,
        unique_by=lambda it: it[1],
    )
)
def test_attendance_is_the_same_in_whatever_order_reports_arrive(event, desk, reports):
    outcomes = set()
    for order in list(permutations(reports))[::7]:
        person = RegistrationFactory(event=event, source="walk_in")
        base = event.starts_at
        for kind, minute in order:
            what = lifecycle.Report(
                scan_id=uuid.uuid4(), kind=kind, at=base + timedelta(minutes=minute), person=person.public_id
            )
            lifecycle.report(event.pk, what, actor=desk)
        found = attendance(person)
        outcomes.add((found.status, found.arrived_at, found.left_at))
    ins = [minute for kind, minute in reports if kind == "in"]
    outs = [minute for kind, minute in reports if kind == "out"]
    arrived = event.starts_at + timedelta(minutes=min(ins)) if ins else None
    has_left = outs and max(outs) > max(ins, default=-1)
    left = event.starts_at + timedelta(minutes=max(outs)) if has_left else None
    assert outcomes == {("attended", arrived, left)}


def test_leaving_early_and_coming_back(event, desk):
    person = RegistrationFactory(event=event, name="Ada")
    words = [
        lifecycle.report(event.pk, seen(kind, minutes=at, person=person.public_id), actor=desk).said
        for kind, at in (("in", 1), ("out", 20), ("out", 15), ("in", 30), ("out", 25))
    ]
    assert [word.split(" at ")[0] for word in words] == [
        "Ada is in.",
        "Ada left",
        "Ada had left already",
        "Ada is back.",
        "Ada came in again after that.",
    ]
    assert attendance(person).left_at is None


@pytest.mark.parametrize("status", ["absent", "excused"])
def test_who_was_marked_as_not_there_and_is_scanned_is_there(event, desk, status):
    person = RegistrationFactory(event=event)
    AttendanceFactory(registration=person, status=status)
    scan = lifecycle.report(event.pk, seen(minutes=5, person=person.public_id), actor=desk)
    assert scan.answer == "done"
    assert "was marked" in scan.said
    assert attendance(person).status == "attended"


def refused(event, what, desk):
    scan = lifecycle.report(event.pk, what, actor=desk)
    assert scan.answer == "refused"
    assert Scan.objects.filter(scan_id=what.scan_id).exists()
    return scan.said


def test_what_cannot_be_followed_is_kept_with_the_reason(event, desk):
    other = RegistrationFactory(event=EventFactory(title="Elsewhere"))
    gone = RegistrationFactory(event=event, state="cancelled", name="Bea")
    revoked = RegistrationFactory(event=event)
    old = codes.issue(revoked)
    new = codes.renew(revoked)

    assert new != old
    assert refused(event, seen(code=old), desk) == "This code was taken back. Search for the name instead."
    assert refused(event, seen(code="A" * 16), desk) == "We made no such code. Search for the name instead."
    assert refused(event, seen(code=codes.issue(other)), desk) == "This code is for another event: Elsewhere."
    assert "If they are here, enter them as a walk-in." in refused(event, seen(person=gone.public_id), desk)
    assert "not among those who booked" in refused(event, seen(person=other.public_id), desk)
    assert refused(event, seen("walk_in", name=" "), desk) == "A walk-in needs a name."
    assert not Attendance.objects.exists()
    assert lifecycle.report(event.pk, seen(code=new), actor=desk).answer == "done"


def test_nobody_comes_before_the_day_nor_to_what_is_called_off(desk):
    ahead, off = EventFactory(), EventFactory(over=True)
    Event.objects.filter(pk=off.pk).update(state="cancelled", state_reason="Rain")
    for event in (ahead, off):
        person = RegistrationFactory(event=event)
        assert refused(event, seen(person=person.public_id), desk)


@pytest.mark.parametrize("off", [timedelta(days=1), -timedelta(days=400)])
def test_a_device_with_a_wrong_clock_says_when_it_was_sent(event, desk, off):
    person = RegistrationFactory(event=event)
    what = lifecycle.Report(scan_id=uuid.uuid4(), kind="in", at=timezone.now() + off, person=person.public_id)
    lifecycle.report(event.pk, what, actor=desk)
    assert timezone.now() - attendance(person).arrived_at < timedelta(seconds=30)


def test_a_walk_in_is_never_refused_and_a_full_room_is_said(event, desk):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    person = RegistrationFactory(event=event)
    lifecycle.report(event.pk, seen(person=person.public_id), actor=desk)
    what = seen("walk_in", minutes=3, name="Cai Morgan", email="cai@partner.example", organisation_name="Morgan Ltd")
    for _ in range(2):
        scan = lifecycle.report(event.pk, what, device="Door A", actor=desk)
    assert scan.answer == "done"
    assert scan.said == "Cai Morgan is in. The room has 1 places and now 1 more people than that."
    walk_in = Registration.objects.get(source="walk_in")
    assert (walk_in.organisation_name, attendance(walk_in).known_by) == ("Morgan Ltd", "door")
    assert attendance(walk_in).arrived_at == what.at
    event.refresh_from_db()
    assert event.taken == 1
    assert presence.counts(event) == {
        "expected": 2, "came": 2, "here": 2, "in_room": 2, "walk_ins": 1, "gone": 0, "over": 1,
    }  # fmt: skip


def test_a_walk_in_with_the_address_of_a_booking_is_that_booking(event, desk):
    person = RegistrationFactory(event=event, email="ada@partner.example")
    lifecycle.report(event.pk, seen("walk_in", name="A. Ashby", email="ADA@partner.example"), actor=desk)
    assert Registration.objects.count() == 1
    assert attendance(person).status == "attended"


@pytest.mark.parametrize("ticked_came", [True, False])
def test_a_printed_list_is_taken_over_in_one_go_and_leaves_marks_alone(event, desk, ticked_came):
    people = RegistrationFactory.create_batch(3, event=event)
    AttendanceFactory(registration=people[2], status="excused")
    RegistrationFactory(event=event, state="waiting")
    came, absent = lifecycle.take_list(event.pk, [people[0].pk, people[2].pk], ticked_came=ticked_came, actor=desk)
    assert (came, absent) == (1, 1)
    assert [attendance(person).status for person in people] == (
        ["attended", "absent", "excused"] if ticked_came else ["absent", "attended", "excused"]
    )
    assert lifecycle.take_list(event.pk, [], ticked_came=True, actor=desk) == (0, 0)


def test_a_list_is_not_taken_over_before_the_event_begins(desk):
    with pytest.raises(Refused, match="not begun"):
        lifecycle.take_list(EventFactory().pk, [], ticked_came=True, actor=desk)


# --- what devices send ---------------------------------------------------------------------------------


def send(client, event, items, device="Door A"):
    body = json.dumps({"items": items, "device": device})
    return client.post(reverse("events:sync", args=[event.public_id]), body, content_type="application/json")


def item(kind="in", **facts):
    now = int(timezone.now().timestamp() * 1000)
    return {"scan_id": str(uuid.uuid4()), "kind": kind, "device_time": now, "offset": 0, **facts}


def test_each_item_of_a_batch_has_its_own_answer_and_sending_it_again_changes_nothing(signed_in, desk, event):
    ada, bea = RegistrationFactory(event=event), RegistrationFactory(event=event)
    kind = KindFactory()
    items = [
        item(code=codes.issue(ada)),
        item(person=str(bea.public_id)),
        item(person=str(uuid.uuid4())),
        item("walk_in", name="Cai", email="not an address", organisation="Morgan Ltd", partner=str(kind.pk)),
        item("dance"),
        item(person="nobody"),
        {"kind": "in"},
    ]
    client = signed_in(desk)
    first, second = send(client, event, items).json(), send(client, event, items).json()
    answers = ["done", "done", "refused", "done", "refused", "refused", "refused"]
    assert [answer["answer"] for answer in first["answers"]] == answers
    assert second["answers"] == first["answers"]
    assert (Scan.objects.count(), Attendance.objects.count()) == (4, 3)
    assert Registration.objects.get(source="walk_in").kind == kind


def test_the_time_of_a_device_is_put_right_by_its_offset(signed_in, desk, event):
    person = RegistrationFactory(event=event)
    at = timezone.now() - timedelta(minutes=30)
    two_hours = 2 * 3600 * 1000
    wrong = int(at.timestamp() * 1000) - two_hours
    send(signed_in(desk), event, [item(person=str(person.public_id), device_time=wrong, offset=two_hours)])
    assert abs(attendance(person).arrived_at - at) < timedelta(seconds=1)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"items": 3}', '{"items": {"a": 1}}', "\x00", '"items"'])
def test_what_is_no_batch_is_refused_in_words(signed_in, desk, event, body):
    url = reverse("events:sync", args=[event.public_id])
    answer = signed_in(desk).post(url, body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "This is no list of reports.")


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
FIELDS = ["scan_id", "kind", "device_time", "offset", "person", "code", "name", "email", "partner", "organisation"]


@hypothesis(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.dictionaries(st.sampled_from(FIELDS), HOSTILE, max_size=6), kind=st.sampled_from(["in", "walk_in"]))
def test_nothing_that_a_device_sends_breaks_the_door(signed_in, desk, event, facts, kind):
    answer = send(signed_in(desk), event, [{**item(kind, name="Cai"), **facts}])
    [told] = answer.json()["answers"]
    assert told["answer"] in Scan.Answer.values


@pytest.mark.parametrize("rows", [1, 3])
def test_the_snapshot_costs_the_same_however_many_and_tells_no_needs(
    signed_in, desk, event, rows, django_assert_num_queries
):
    for _ in range(rows):
        person = RegistrationFactory(event=event, access_needs="A ramp", dietary_needs="Vegan")
        codes.issue(person)
    AttendanceFactory(registration=person)
    RegistrationFactory(event=event, state="waiting")
    client = signed_in(desk)
    with django_assert_num_queries(6):
        answer = client.get(reverse("events:snapshot", args=[event.public_id]))
    people = answer.json()["people"]
    assert len(people) == rows
    assert set(people[0]) == {"id", "name", "organisation", "table", "code", "state", "at", "left"}
    assert {len(one["code"]) for one in people} == {64}
    for private in ("ramp", "Vegan", "@", codes.current(person)):
        assert private not in answer.text


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_send_the_same_batch_at_once_count_it_once(signed_in, desk):
    event = EventFactory(starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=3))
    people = RegistrationFactory.create_batch(4, event=event)
    items = [item(person=str(person.public_id)) for person in people]
    items.append(item("walk_in", name="Cai"))
    clients, answers = [signed_in(desk), signed_in(desk)], []

    def go(client):
        answers.append(send(client, event, items).json()["answers"])
        connection.close()

    threads = [threading.Thread(target=go, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers[0] == answers[1]
    assert {answer["answer"] for answer in answers[0]} == {"done"}
    assert (Scan.objects.count(), Attendance.objects.count(), Registration.objects.count()) == (5, 5, 5)


def test_what_devices_reported_names_nobody_by_itself(event, desk):
    person = RegistrationFactory(event=event, name="Ada Ashby")
    for kind in ("in", "out"):
        lifecycle.report(event.pk, seen(kind, person=person.public_id), actor=desk)
    lifecycle.report(event.pk, seen("walk_in", name="Cai Morgan"), actor=desk)
    assert not any(name in words for words in Scan.objects.values_list("words", flat=True) for name in ("Ada", "Cai"))
