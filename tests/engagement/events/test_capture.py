"""Points as they are written at the tables: once each, from a page or a device, with photographs that tell no more."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from engagement.audit.models import Entry
from engagement.core import metadata, uploads
from engagement.events import lifecycle, queries
from engagement.events.models import Note, NotePicture
from tests.factories.accounts import UserFactory
from tests.factories.events import AttendanceFactory, EventFactory, NoteFactory, RegistrationFactory, TopicFactory
from tests.factories.files import jpeg
from tests.factories.stakeholders import OrganisationFactory

pytestmark = pytest.mark.django_db
PHOTOGRAPH = jpeg(place=True, camera="Zen")


@pytest.fixture
def event():
    return EventFactory(starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=3))


@pytest.fixture
def writer():
    return UserFactory(engagement=True)


def url(name, event, *more):
    return reverse(f"events:{name}", args=[event.public_id, *more])


def send(client, event, *items):
    answer = client.post(url("sync", event), json.dumps({"items": items}), content_type="application/json")
    return answer.json()["answers"]


def point(**facts):
    return {"scan_id": str(uuid.uuid4()), "kind": "note", "text": "No bus after six.", "point": "barrier", **facts}


def form(**facts):
    return {"point": "barrier", "text": "No bus after six.", "is_attributable": "no", **facts}


def test_a_point_from_a_device_is_kept_once_with_all_it_says(signed_in, writer, event):
    topic = TopicFactory(event=event)
    organisation, elsewhere = OrganisationFactory(), OrganisationFactory()
    RegistrationFactory(event=event, organisation=organisation)
    said = point(
        topic=str(topic.pk),
        table_name="Table 4",
        question="What holds you back?",
        wording="quote",
        people_count="3",
        is_attributable="yes",
        organisations=[str(organisation.pk), str(elsewhere.pk), "x"],
    )
    for _ in range(2):
        assert send(signed_in(writer), event, said)[0]["answer"] == "done"
    note = Note.objects.get()
    assert (note.topic, note.table_name, note.question, note.wording, note.point, note.people_count) == (
        topic,
        "Table 4",
        "What holds you back?",
        "quote",
        "barrier",
        3,
    )
    assert note.is_attributable
    assert list(note.organisations.all()) == [organisation]
    assert (note.written_by, note.state) == (writer, "draft")
    assert Entry.objects.filter(verb="note.written").count() == 1


def test_a_point_that_comes_again_changes_nothing_of_what_became_of_it(signed_in, writer, event):
    said = point()
    send(signed_in(writer), event, said)
    Note.objects.update(text="Corrected.")
    send(signed_in(writer), event, {**said, "text": "Other words"})
    assert Note.objects.get().text == "Corrected."


def test_what_was_said_is_kept_whatever_else_is_wrong_and_nobody_is_named_by_mistake(signed_in, writer, event):
    other = TopicFactory()
    wrong = point(topic=str(other.pk), point="dance", people_count="-3", is_attributable="perhaps", wording="x")
    answers = send(signed_in(writer), event, wrong, point(text="  "), {**point(), "scan_id": "x"})
    assert [answer["answer"] for answer in answers] == ["done", "refused", "refused"]
    note = Note.objects.get()
    assert (note.topic, note.people_count, note.is_attributable, note.wording) == (None, None, False, "paraphrase")


HOSTILE = (
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=20) | st.lists(st.text(max_size=3))
)
FIELDS = "topic table_name question point text wording people_count organisations is_attributable".split()


@hypothesis(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.dictionaries(st.sampled_from(FIELDS), HOSTILE, max_size=6))
def test_nothing_that_a_device_sends_breaks_the_notes(signed_in, writer, event, facts):
    assert send(signed_in(writer), event, point(**facts))[0]["answer"] in {"done", "refused"}


def test_saving_keeps_topic_table_and_question_for_the_next_point(signed_in, writer, event):
    topic = TopicFactory(event=event)
    client = signed_in(writer)
    page = client.post(
        url("write_note", event),
        form(topic=topic.pk, table_name="Table 4", question="What holds you back?"),
        follow=True,
    )
    assert "The point is saved." in page.text
    kept = page.context["form"]
    assert [str(kept[name].value()) for name in ("topic", "table_name", "question")] == [
        str(topic.pk),
        "Table 4",
        "What holds you back?",
    ]
    assert '<option value="Table 4">' in page.text
    assert '<option value="What holds you back?">' in page.text


@pytest.mark.parametrize(
    ("by", "heads"),
    [("topic", ["Skills", "No topic"]), ("table", ["Table 1", "Table 2"]), ("question", ["No question"])],
)
def test_notes_are_put_together_by_topic_table_or_question(signed_in, writer, event, by, heads):
    NoteFactory(event=event, topic=TopicFactory(event=event, title="Skills"), table_name="Table 1")
    NoteFactory(event=event, topic=None, table_name="Table 2")
    page = signed_in(writer).get(url("notes", event), {"by": by})
    assert [title for title, _ in page.context["groups"]] == heads


# --- photographs ---------------------------------------------------------------------------------------


def upload(name="chart.jpg", content=None):
    return SimpleUploadedFile(name, content or PHOTOGRAPH, content_type="image/jpeg")


def test_a_photograph_is_kept_without_its_place_and_shown_to_staff_and_to_those_who_came(
    signed_in, client, writer, event
):
    page = signed_in(writer).post(
        url("write_note", event), form(picture=upload(), picture_words="The flip chart of table 4"), follow=True
    )
    assert "The point is saved." in page.text
    picture = NotePicture.objects.get()
    assert metadata.found_in(PHOTOGRAPH, ".jpg") != []
    with picture.file.open() as kept:
        assert metadata.found_in(kept.read(), ".jpg") == []
    person = AttendanceFactory(registration=RegistrationFactory(event=event)).registration
    token = queries.notes_token(person)
    theirs = reverse("events:attendee_picture", args=[token, picture.note.public_id, picture.public_id])
    assert client.get(theirs).status_code == 404
    Note.objects.update(state="circulated", circulated_at=timezone.now())
    for shown in (
        client.get(theirs),
        signed_in(writer).get(url("picture", event, picture.note.public_id, picture.public_id)),
    ):
        assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
        with picture.file.open() as kept:
            assert shown.getvalue() == kept.read()
        for closer in shown._resource_closers:
            closer()
    assert (
        f'<img src="{theirs}" alt="The flip chart of table 4"'
        in client.get(reverse("events:attendee_notes", args=[token])).text
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"picture": upload(), "picture_words": ""}, "Say in a few words what can be seen on the photograph."),
        ({"picture": upload("chart.pdf", b"%PDF-1.4")}, "of a kind that we do not take"),
        ({"picture": upload("chart.jpg", b"<html>")}, "What is in chart.jpg is not what its name says."),
    ],
)
def test_what_is_no_photograph_is_refused_in_words_and_nothing_is_saved(signed_in, writer, event, facts, words):
    sent = form(**{"picture_words": "A chart", **facts})
    page = signed_in(writer).post(url("write_note", event), sent)
    assert page.status_code == 422
    assert words in page.text
    assert not Note.objects.exists()


def test_a_photograph_in_which_the_scanner_finds_something_is_refused(signed_in, writer, event, clamd):
    clamd.says = b"stream: Test FOUND"
    page = signed_in(writer).post(url("write_note", event), form(picture=upload(), picture_words="A chart"))
    assert "found something harmful" in page.text
    assert not Note.objects.exists()


def test_a_photograph_goes_with_its_file_and_not_from_an_agreed_note(
    signed_in, writer, event, django_capture_on_commit_callbacks
):
    client = signed_in(writer)
    client.post(url("write_note", event), form(picture=upload(), picture_words="A chart"))
    picture = NotePicture.objects.get()
    path = url("remove_picture", event, picture.note.public_id, picture.public_id)
    Note.objects.update(state="agreed", agreed_at=timezone.now())
    assert "nothing is taken from it any more" in client.post(path).text
    Note.objects.update(state="draft")
    assert "The file is deleted." in client.get(path).text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(path)
    assert not NotePicture.objects.exists()
    assert not picture.file.storage.exists(picture.file.name)


def test_the_same_photograph_twice_is_one(writer, event):
    note = NoteFactory(event=event)
    checked = uploads.check("chart.jpg", PHOTOGRAPH, most_megabytes=5, suffixes=(".jpg",))
    first, second = (lifecycle.add_picture(note.pk, checked, "A chart", actor=writer) for _ in range(2))
    assert first == second
