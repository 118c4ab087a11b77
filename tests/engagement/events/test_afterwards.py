"""After the event: figures that agree with a hand count, feedback that leads to nobody, and what is published."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from engagement.core.errors import Refused
from engagement.events import afterwards, lifecycle, queries
from engagement.events.models import Event, Feedback, Invitee, WriteUp
from engagement.messaging.models import address_hash
from tests.factories.accounts import UserFactory
from tests.factories.events import (
    AttendanceFactory,
    EventFactory,
    NoteFactory,
    RegistrationFactory,
    TopicFactory,
)
from tests.factories.stakeholders import KindFactory, OrganisationFactory, SectorFactory

pytestmark = pytest.mark.django_db


def url(name, event, *more):
    return reverse(f"events:{name}", args=[event.public_id, *more])


@pytest.fixture
def event():
    return EventFactory(over=True)


@pytest.fixture
def staff(signed_in):
    return signed_in(UserFactory(engagement=True))


def came(event, **facts):
    return AttendanceFactory(registration=RegistrationFactory(event=event, **facts)).registration


def invited(event, kind, number, state="pending"):
    for place in range(number):
        email = f"{kind.pk}-{state}-{place}@partner.example"
        Invitee.objects.create(
            event=event,
            kind=kind,
            name="I",
            email=email,
            email_key=address_hash(email),
            state=state,
            sent_at=timezone.now(),
            answered_at=timezone.now() if state == "declined" else None,
        )


# --- who was invited, had a place and came -------------------------------------------------------------


def test_the_table_by_sector_counts_each_person_once_in_each_column(event):
    business, schools = (
        KindFactory(sector=SectorFactory(name=name, order=order))
        for order, name in enumerate(("Business", "Education"), 1)
    )
    invited(event, business, 4)
    invited(event, business, 2, "declined")
    invited(event, business, 1, "withdrawn")
    for _ in range(3):
        came(event, kind=business)
    AttendanceFactory(registration=RegistrationFactory(event=event, kind=business), status="absent")
    came(event, kind=schools, source="walk_in")
    RegistrationFactory(event=event, kind=schools, state="cancelled")
    RegistrationFactory(event=event, kind=schools, state="waiting")
    came(event, kind=None)

    table = afterwards.by_sector(event)
    assert [(line.name, line.invited, line.placed, line.came) for line in table.lines] == [
        ("Business", 6, 4, 3),
        ("Education", 0, 0, 1),
        ("Sector not known", 0, 1, 1),
    ]
    assert (table.total.invited, table.total.placed, table.total.came) == (6, 5, 5)


@hypothesis(max_examples=80, deadline=None)
@given(rows=st.lists(st.tuples(*[st.integers(0, 30)] * 3), max_size=6))
def test_no_number_under_five_is_published_nor_can_be_worked_out_from_its_total(rows):
    lines = [afterwards.SectorLine(f"Sector {at}", *row) for at, row in enumerate(rows)]
    whole = afterwards.SectorTable(lines, afterwards._sum(lines))
    shown = afterwards.for_publication(whole)
    for name, true in whole.columns.items():
        cells, total = shown.columns[name], getattr(shown.total, name)
        assert all(cell is None or cell == 0 or cell >= 5 for cell in cells)
        assert all(cell in (None, number) for cell, number in zip(cells, true, strict=True))
        assert total is None or total == 0 or total >= 5
        hidden = [number for cell, number in zip(cells, true, strict=True) if cell is None]
        if total is not None:
            assert len(hidden) != 1


def test_without_suppression_the_same_property_fails(monkeypatch):
    lines = [afterwards.SectorLine("A", 12, 9, 3), afterwards.SectorLine("B", 20, 9, 8)]
    whole = afterwards.SectorTable(lines, afterwards._sum(lines))
    assert None in afterwards.for_publication(whole).columns["came"]
    monkeypatch.setattr(afterwards, "suppress_list", lambda counts, **more: list(counts))
    assert 3 in afterwards.for_publication(whole).columns["came"]


# --- feedback ------------------------------------------------------------------------------------------


def feedback_url(person):
    return reverse("events:feedback", args=[afterwards.feedback_token(person)])


def test_somebody_who_came_answers_once_by_any_of_their_links_and_may_change_it(client, event, time_machine):
    person = came(event)
    time_machine.move_to(timezone.now(), tick=False)
    first = feedback_url(person)
    page = client.post(first, {"usefulness": "4", "words": "More time at the tables."}, follow=True)
    assert "Thank you. What you said is kept without your name." in page.text
    time_machine.shift(60)
    later = feedback_url(person)
    assert later != first
    page = client.get(later)
    assert "You can change what you said." in page.text
    assert "More time at the tables." in page.text
    client.post(later, {"usefulness": "2", "words": ""})
    assert list(Feedback.objects.values_list("event", "usefulness", "words")) == [(event.pk, 2, "")]


def test_no_row_of_feedback_leads_to_a_person(client, event):
    person = came(event)
    client.post(feedback_url(person), {"usefulness": "5", "words": ""})
    kept = Feedback.objects.get()
    assert {field.name for field in Feedback._meta.get_fields()} == {
        "id", "created_at", "updated_at", "event", "answer_key", "usefulness", "words",
    }  # fmt: skip
    for known in (str(person.public_id), person.email, person.name):
        assert known not in str(vars(kept))


@pytest.mark.parametrize("what", ["absent", "cancelled", "other purpose", "nonsense"])
def test_only_who_came_is_asked(client, event, what):
    person = RegistrationFactory(event=event, state="cancelled" if what == "cancelled" else "confirmed")
    if what == "absent":
        AttendanceFactory(registration=person, status="absent")
    path = feedback_url(person)
    if what == "other purpose":
        path = reverse("events:feedback", args=[queries.notes_token(came(event))])
    if what == "nonsense":
        path = reverse("events:feedback", args=["nonsense"])
    assert client.get(path).status_code == 404
    assert client.post(path, {"usefulness": "5"}).status_code == 404


def test_an_answer_without_a_choice_is_asked_for_again(client, event):
    page = client.post(feedback_url(came(event)), {"words": "Kept words"})
    assert page.status_code == 422
    assert page.text.count("Choose how useful it was.") == 2
    assert "Kept words" in page.text


def give(event, *marks, words=""):
    for mark in marks:
        lifecycle.give_feedback(came(event), usefulness=mark, words=words)


def test_staff_see_nothing_of_it_before_five_have_answered(staff, event):
    give(event, 5, 5, 4, 1, words="Too cold.")
    page = staff.get(url("write_up", event))
    assert "4 of the 4 people who came" in page.text
    assert "Too cold." not in page.text
    give(event, 5)
    page = staff.get(url("write_up", event))
    assert "Too cold." in page.text
    found = afterwards.opinions(event)
    assert [bar.value for bar in found.figure.rows] == [3, 1, 0, 0, 1]


@pytest.mark.parametrize(
    ("marks", "useful"), [([5] * 5, 5), ([5] * 5 + [1], None), ([5] * 5 + [1] * 5, 5), ([1] * 5, 0), ([5] * 4, None)]
)
def test_what_is_published_of_it_tells_of_no_few(event, marks, useful):
    give(event, *marks)
    assert afterwards.opinions_for_publication(afterwards.opinions(event)).useful == useful


# --- the write-up --------------------------------------------------------------------------------------


def test_the_page_says_what_is_missing_until_nothing_is(staff, event):
    person, writer = came(event), UserFactory()
    RegistrationFactory(event=event)
    note = NoteFactory(event=event, written_by=writer)
    page = staff.get(url("write_up", event))
    sentences = [sentence for sentence, _ in page.context["missing"]]
    assert sentences == [
        "1 person is not marked.",
        "1 note is not circulated.",
        "The write-up has no introduction.",
        "The event is not marked as written up.",
        "The write-up is not published.",
    ]
    for _, address in page.context["missing"]:
        assert staff.get(address).status_code == 200
    lifecycle.take_list(event.pk, [], ticked_came=True, actor=writer)
    lifecycle.circulate(event.pk)
    lifecycle.propose(note.pk, "Otherwise.", author_name=person.name, registration=person)
    sentences = [sentence for sentence, _ in staff.get(url("write_up", event)).context["missing"]]
    assert sentences[:2] == ["1 amendment waits for a decision.", "1 note is not agreed."]
    lifecycle.decline(note.amendments.get().pk, actor=writer)
    lifecycle.agree(note.pk, actor=UserFactory())
    staff.post(url("write_up", event), {"introduction": "We met.", "next_steps": ""})
    staff.post(url("publish_write_up", event))
    lifecycle.write_up(event.pk)
    assert "<p>Nothing.</p>" in staff.get(url("write_up", event)).text


def main_of(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_preview_is_what_outsiders_get_and_nothing_of_it_names_who_must_not_be_named(staff, client, event):
    named, silent = OrganisationFactory(name="Tyne Tool Works"), OrganisationFactory(name="Quiet College")
    topic = TopicFactory(event=event, title="Skills")
    NoteFactory(event=event, topic=topic, agreed=True, is_attributable=True, organisations=[named], text="Said openly.")
    NoteFactory(event=event, topic=topic, agreed=True, organisations=[silent], text="Said in confidence.")
    NoteFactory(event=event, topic=topic, state="disputed", dispute="No.", text="Disputed words.")
    came(event, name="Ada Ashby", organisation=silent)
    public = reverse("events:public_write_up", args=[event.slug])
    assert client.get(public).status_code == 404
    page = staff.post(url("publish_write_up", event))
    assert "Write an introduction first" in page.text
    staff.post(url("write_up", event), {"introduction": "We met in the rain.", "next_steps": "A report."})
    assert client.get(public).status_code == 404
    preview = main_of(staff.get(url("publish_write_up", event)).text)
    staff.post(url("publish_write_up", event))
    shown = client.get(public)
    body = main_of(re.search(r"We met in the rain.*A report\.", shown.text, re.DOTALL)[0])
    assert body in preview
    assert "Said openly." in body
    assert "Tyne Tool Works" in body
    assert "Not attributed" in body
    for private in ("Quiet College", "Ada", "Disputed words.", "visitor"):
        assert private not in shown.text
    staff.post(url("withdraw_write_up", event))
    assert client.get(public).status_code == 404


def test_a_public_write_up_keeps_its_introduction(staff, event):
    staff.post(url("write_up", event), {"introduction": "We met.", "next_steps": ""})
    staff.post(url("publish_write_up", event))
    page = staff.post(url("write_up", event), {"introduction": " ", "next_steps": ""})
    assert "Take it back first." in page.text
    assert WriteUp.objects.get().introduction == "We met."


def test_nothing_is_published_of_what_was_not_held():
    event = EventFactory()
    lifecycle.save_write_up(event.pk, introduction="We shall meet.", next_steps="", actor=None)
    with pytest.raises(Refused, match="not marked as held"):
        lifecycle.publish_write_up(event.pk, actor=None)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_write_up_costs_the_same_however_much_was_said(staff, client, event, rows, django_assert_num_queries):
    for _ in range(rows):
        organisation = OrganisationFactory()
        person = came(event, organisation=organisation, kind=organisation.kind)
        lifecycle.give_feedback(person, usefulness=5, words="Good")
        NoteFactory(event=event, agreed=True, is_attributable=True, organisations=[organisation])
    lifecycle.save_write_up(event.pk, introduction="We met.", next_steps="", actor=None)
    lifecycle.publish_write_up(event.pk, actor=None)
    with django_assert_num_queries(15):
        staff.get(url("write_up", event))
    with django_assert_num_queries(9):
        client.get(reverse("events:public_write_up", args=[event.slug]))


def test_those_who_chase_are_told_what_is_not_written_up():
    held = EventFactory(over=True)
    EventFactory(over=True, state=Event.State.WRITTEN_UP)
    EventFactory()
    assert list(afterwards.waiting_for_write_up()) == [held]
