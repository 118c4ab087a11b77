"""What people need: a task each, seen by the few, told on the person's own page, deleted with proof. And questions."""

import logging
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import serializers
from django.urls import reverse
from django.utils import timezone

from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.events import lifecycle, queries, tasks
from engagement.events.models import Consent, ConsentText, Need, Question, Registration
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.stakeholders import KindFactory

pytestmark = pytest.mark.django_db
SECRET = "wheelchair of mine"


@pytest.fixture
def keeper():
    return UserFactory(staff_role="engagement")


def book(event, name="ada", **values):
    return lifecycle.register(event.pk, name=name.title(), email=f"{name}@partner.example", **values)


def london(*moment):
    return datetime(*moment, tzinfo=ZoneInfo("Europe/London"))


# --- tasks ----------------------------------------------------------------------------------------------


def test_each_need_is_a_task_with_the_working_day_by_which_to_ask():
    # Good Friday and Easter Monday lie between: 26 and 29 March 2027.
    event = EventFactory(starts_at=london(2027, 4, 6, 10), ends_at=london(2027, 4, 6, 12))
    ada = book(event, needs=["sign_language", "parking", "nonsense"])
    book(event, "ben", access_needs="A chair with arms")
    book(event, "cleo")

    due = {need.type: need.due_on for need in ada.needs.all()}
    assert due == {"parking": date(2027, 4, 1), "sign_language": date(2027, 3, 12)}
    assert list(Need.objects.exclude(registration=ada).values_list("registration__name", "type")) == [("Ben", "other")]

    lifecycle.change(event.pk, {"starts_at": london(2027, 4, 13, 10), "ends_at": london(2027, 4, 13, 12)})
    assert ada.needs.get(type="parking").due_on == date(2027, 4, 8)


def test_a_need_is_arranged_and_told_on_the_persons_own_page_only(signed_in, client, keeper):
    event = EventFactory(created_by=keeper)
    ada = book(event, needs=["sign_language"])
    page, need = signed_in(keeper), Need.objects.get()
    address = reverse("events:need", args=[event.public_id, need.public_id])
    own = reverse("events:booking", args=[queries.booking_token(ada)])
    early = page.post(address, {"state": "asked_for", "tell": "on"})
    assert "There is nothing to tell yet." in early.text
    bare = page.post(address, {"state": "not_possible"})
    assert "Say why it is not possible" in bare.text
    assert "We are seeing to it." in client.get(own).text

    data = {"state": "arranged", "owner": keeper.pk, "answer": "Two interpreters sit in front.", "tell": "on"}
    assert page.post(address, data).status_code == 302

    need.refresh_from_db()
    assert (need.state, need.owner, need.told_at is not None) == ("arranged", keeper, True)
    assert "Two interpreters sit in front." in client.get(own).text
    news = OutgoingMessage.objects.get(rule="events.booking_news")
    assert "nterpreter" not in news.subject + news.text_body + news.html_body
    assert [entry.facts for entry in Entry.objects.filter(verb="need.changed")] == [{"state": "arranged"}]


def test_who_leaves_takes_their_needs_along():
    event = EventFactory()
    ada = book(event, needs=["parking"], access_needs="Near the door")
    lifecycle.cancel(ada.pk)
    assert not Need.objects.exists()


def test_only_the_few_see_needs_and_others_see_how_many(signed_in, keeper):
    event = EventFactory(created_by=keeper)
    ada = book(event, needs=["quiet_space"], access_needs=SECRET, dietary_needs="Kosher")
    named, other = UserFactory(staff_role="engagement"), UserFactory(staff_role="engagement")
    officer, administrator = UserFactory(staff_role="officer"), UserFactory(staff_role="administrator")
    assert signed_in(keeper).post(reverse("events:keepers", args=[event.public_id]), {"keepers": [named.pk]}).url
    task = reverse("events:need", args=[event.public_id, Need.objects.get().public_id])
    needs = reverse("events:needs", args=[event.public_id])

    for user in (keeper, named):
        text = signed_in(user).get(needs).text
        assert (SECRET in text, "Kosher: 1" in text, "Quiet space" in text) == (True, True, True)
        assert SECRET in signed_in(user).get(task).text
    for user in (other, officer, administrator):
        page = signed_in(user)
        assert [page.get(address).status_code for address in (needs, task)] == [403, 403]
        event_page = page.get(reverse("events:staff_event", args=[event.public_id])).text
        assert "1 person has told us of needs; 1 thing is still to be arranged." in event_page
        for name, args in (("staff_event", []), ("person", [ada.public_id]), ("roster", []), ("print", [])):
            text = page.get(reverse(f"events:{name}", args=[event.public_id, *args])).text
            assert not any(word in text for word in (SECRET, "Kosher", "Quiet space"))
    assert Entry.objects.get(verb="event.keepers_set").facts == {"people": str(named)}


def test_no_need_stands_on_the_door_in_a_message_in_the_record_or_in_a_log(signed_in, client, keeper, caplog):
    """Acceptance item 12, apart from the purge."""
    event = EventFactory(created_by=keeper, starts_at=timezone.now() + timedelta(minutes=5))
    address = reverse("events:book", args=[event.slug])
    with caplog.at_level(logging.DEBUG):
        data = {"name": "Ada", "email": "ada@partner.example", "consent": "on", "companions": "0"}
        data |= {"needs": ["sign_language"], "access_needs": SECRET, "dietary_needs": "Kosher"}
        assert client.post(address, data).status_code == 302
        lifecycle.change(event.pk, {"venue_name": "Other Hall"})
        page = signed_in(keeper)
        outside = [
            page.get(reverse(f"events:{name}", args=[event.public_id])) for name in ("print", "snapshot", "door")
        ]
    told = Registration.objects.get()
    assert (told.access_needs, told.dietary_needs, told.needs.count()) == (SECRET, "Kosher", 1)
    messages = [
        f"{one.subject} {one.text_body} {one.html_body} {one.calendar}" for one in OutgoingMessage.objects.all()
    ]
    record = [f"{one.subject_label} {one.facts}" for one in Entry.objects.all()]
    everything = "\n".join([*(answer.text for answer in outside), *messages, *record, caplog.text])
    assert ("Ada" in everything, len(messages) >= 2) == (True, True)
    for word in (SECRET, "Kosher", "Sign Language", "sign_language"):
        assert word not in everything


def test_words_and_tasks_are_deleted_on_the_day_and_the_proof_stays(time_machine):
    event = EventFactory()
    book(event, needs=["parking"], access_needs=SECRET)
    book(event, "ben", needs=["captions"])
    book(event, "cleo", dietary_needs="Kosher")
    later = event.ends_at + timedelta(days=14)
    time_machine.move_to(later - timedelta(seconds=5))
    tasks.sweep()
    assert Need.objects.count() == 2

    time_machine.move_to(later)
    for _ in range(2):
        tasks.sweep()

    event.refresh_from_db()
    proof = (event.needs_purged_people, event.needs_purged_tasks, event.needs_purged_at.date())
    assert proof == (3, 2, later.date())
    rows = serializers.serialize("json", [*Registration.objects.all(), *Need.objects.all()])
    assert (SECRET in rows, "Kosher" in rows, Need.objects.count()) == (False, False, 0)
    assert Entry.objects.get(verb="event.needs_purged").facts == {"people": 3, "tasks": 2}


# --- questions and consents -----------------------------------------------------------------------------


def questions_of(page, event):
    form = page.get(reverse("events:questions", args=[event.public_id])).context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if value not in (None, False):
            data[bound.html_name] = value
    return data


def test_the_form_asks_the_events_own_questions_and_only_whom_they_concern(signed_in, client, keeper):
    event, firms, schools = EventFactory(), KindFactory(), KindFactory()
    page, address = signed_in(keeper), reverse("events:questions", args=[event.public_id])
    data = questions_of(page, event)
    wrong = page.post(address, {**data, "text_new0": "Which?", "type_new0": "choice", "choices_new0": "One"})
    assert "Write at least two choices, one a line." in wrong.text
    asked = {"text_new0": "Which session?", "type_new0": "choice", "choices_new0": "Skills\nPorts"}
    asked |= {"is_required_new0": "on", "text_new1": "How many pupils?", "is_required_new1": "on"}
    asked |= {"only_for_new1": schools.sector_id}
    assert page.post(address, {**data, **asked}).status_code == 302
    which, pupils = event.questions.all()

    book_at = reverse("events:book", args=[event.slug])
    person = {"name": "Ada", "email": "ada@partner.example", "consent": "on", "companions": "0"}
    firm, school = {**person, "kind": firms.pk}, {**person, "kind": schools.pk, "email": "ben@partner.example"}
    assert client.post(book_at, firm).text.count("Answer this question.") == 2  # by the field and in the summary
    assert client.post(book_at, {**firm, f"question_{which.pk}": "Elsewhere"}).status_code == 422
    right = {f"question_{which.pk}": "Ports", f"question_{pupils.pk}": "meant for schools"}
    assert client.post(book_at, {**firm, **right}).status_code == 302
    assert "Answer this question." in client.post(book_at, {**school, f"question_{which.pk}": "Ports"}).text

    ada = Registration.objects.get()
    assert ada.answers == {str(which.public_id): "Ports"}
    shown = page.get(reverse("events:person", args=[event.public_id, ada.public_id])).text
    assert ("Which session?" in shown, "meant for schools" in shown) == (True, False)
    data = questions_of(page, event)
    gone = page.post(address, {**data, f"text_{which.pk}": ""})
    assert "“Which session?” has answers, so it stays." in gone.text
    assert Question.objects.count() == 2


def test_consents_keep_the_very_words_that_were_agreed_to(signed_in, client, keeper):
    event = EventFactory()
    page, address = signed_in(keeper), reverse("events:questions", args=[event.public_id])
    page.post(address, {**questions_of(page, event), "consent_photos": "Photographs may be taken."})
    (first,) = ConsentText.objects.all()
    person = {"name": "Ada", "email": "ada@partner.example", "consent": "on", "companions": "0"}
    client.post(reverse("events:book", args=[event.slug]), {**person, f"consent_{first.pk}": "on"})
    page.post(address, {**questions_of(page, event), "consent_photos": "Photographs may be printed."})
    client.post(reverse("events:book", args=[event.slug]), {**person, "email": "ben@partner.example"})

    (given,) = Consent.objects.all()
    assert (given.registration.name, given.text.version, given.text.text) == ("Ada", 1, "Photographs may be taken.")
    versions = list(ConsentText.objects.values_list("version", "text"))
    assert versions == [(1, "Photographs may be taken."), (2, "Photographs may be printed.")]
    page.post(address, {**questions_of(page, event), "consent_photos": ""})
    assert f"consent_{ConsentText.objects.last().pk}" not in client.get(reverse("events:book", args=[event.slug])).text


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_of_needs_costs_the_same_however_many(signed_in, keeper, django_assert_num_queries, people):
    event = EventFactory(created_by=keeper)
    for number in range(people):
        book(event, f"p{number}", needs=["parking"], dietary_needs="Vegan")
    page = signed_in(keeper)
    with django_assert_num_queries(6):
        page.get(reverse("events:needs", args=[event.public_id]))


def test_a_question_that_was_answered_keeps_its_kind():
    event = EventFactory()
    row = {"pk": None, "text": "Which?", "type": "text", "choices": [], "is_required": False, "only_for_id": None}
    lifecycle.set_questions(event.pk, [row], {}, actor=None)
    question = event.questions.get()
    RegistrationFactory(event=event, answers={str(question.public_id): "That"})
    with pytest.raises(Refused, match="so its kind stays"):
        lifecycle.set_questions(event.pk, [{**row, "pk": question.pk, "type": "yes_no"}], {}, actor=None)
