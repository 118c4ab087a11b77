"""A point written at table 4 becomes evidence of the consultation, and names only whom it may."""

import json
import uuid

import pytest
from django.urls import reverse

from consultations.dashboards import coverage
from consultations.programme.models import ConsultationEvent
from consultations.summaries import queries as summaries
from engagement.events import afterwards, lifecycle, queries
from engagement.events.models import Note
from tests.consultations.exports.reading import built, tables
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, coded, survey_asking
from tests.factories.events import AttendanceFactory, EventFactory, RegistrationFactory, TopicFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory, ThemeFactory
from tests.factories.stakeholders import OrganisationFactory

pytestmark = pytest.mark.django_db
PROFILES = ("public", "pseudonymous")
SILENT, NAMED = "Quiet College of Alnwick", "Tyne Tool Works"


@pytest.fixture
def it():
    return ConsultationFactory(closed=True, reference="growing", title="Growing together")


def test_from_table_4_to_the_evidence(it, signed_in, client):
    """Acceptance item 14."""
    survey = survey_asking(it)
    theme = ThemeFactory(consultation=it, code="skills", name="Skills")
    event = EventFactory(over=True, title="Round table: Alnwick")
    ConsultationEvent.objects.create(consultation=it, event=event)
    topic = TopicFactory(event=event, title="Skills")
    theme.topic_links.create(topic=topic)
    silent, named = OrganisationFactory(name=SILENT), OrganisationFactory(name=NAMED)
    people = [
        AttendanceFactory(registration=RegistrationFactory(event=event, organisation=one, name=f"Person of {one}"))
        for one in (silent, named)
    ]
    facilitator, second, officer = UserFactory(engagement=True), UserFactory(engagement=True), UserFactory(officer=True)
    AssignmentFactory(consultation=it, user=officer, role="officer")

    items = [
        {
            "kind": "note",
            "scan_id": str(uuid.uuid4()),
            "text": text,
            "point": "barrier",
            "topic": str(topic.pk),
            "table_name": "Table 4",
            "organisations": [str(one.pk)],
            "is_attributable": attributable,
        }
        for text, one, attributable in (
            ("No bus reaches the college after six.", silent, "no"),
            ("We train six apprentices a year.", named, "yes"),
        )
    ]
    sync = reverse("events:sync", args=[event.public_id])
    answer = signed_in(facilitator).post(sync, json.dumps({"items": items}), content_type="application/json")
    assert [one["answer"] for one in answer.json()["answers"]] == ["done", "done"]

    desk = reverse("analysis:desk", args=[it.reference])
    reader = signed_in(officer)
    assert "No bus reaches" not in reader.get(desk).text
    assert coverage.known(it).noted == set()
    lifecycle.circulate(event.pk, actor=facilitator)
    assert "No bus reaches" not in reader.get(desk).text
    lifecycle.agree_all(event.pk, actor=second)

    assert coverage.known(it).noted == {silent.pk, named.pk}
    on_theme = coverage.by_theme(coverage.known(it))
    assert [cell.beyond for cell in on_theme.total.cells] == [2]
    listed = reader.get(desk).text
    assert "No bus reaches the college after six." in listed
    assert "Round table: Alnwick" in listed
    quiet, open_ = Note.objects.order_by("pk")
    shown = reader.get(reverse("analysis:text", args=[it.reference, "note", quiet.pk])).text
    assert "Barrier, Skills, Table 4, Not attributed" in " ".join(shown.split())
    code = CodeFactory(frame=CodeFrameFactory(consultation=it), label="Buses")
    passages = [coded(quiet, code), coded(open_, code)]
    assert [summaries.source_words(passage) for passage in passages] == [
        "A table at “Round table: Alnwick”",
        "Tyne Tool Works at “Round table: Alnwick”",
    ]

    lifecycle.save_write_up(event.pk, introduction="We met.", next_steps="", actor=facilitator)
    lifecycle.publish_write_up(event.pk, actor=facilitator)
    token = queries.notes_token(people[1].registration)
    outputs = {
        "desk": listed,
        "text": shown,
        "figures": reader.get(reverse("analysis:figures", args=[it.reference])).text,
        "attendees": client.get(reverse("events:attendee_notes", args=[token])).text,
        "public": client.get(reverse("events:public_write_up", args=[event.slug])).text,
        "staff": signed_in(second).get(reverse("events:write_up", args=[event.public_id])).text,
        "adds": str(afterwards.contributions(event)),
        **{f"{profile} file": json.dumps(tables(built(survey, officer, profile=profile))) for profile in PROFILES},
    }
    assert [name for name, text in outputs.items() if SILENT in text] == []
    assert {name for name, text in outputs.items() if NAMED in text} == {
        "attendees",
        "public",
        "staff",
        "public file",
    }
