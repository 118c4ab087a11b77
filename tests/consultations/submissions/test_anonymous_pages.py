"""The pages of an anonymous response: who may begin one, what it says, that it is sent once and shown once."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from consultations.analysis import figures
from consultations.analysis import queries as analysis
from consultations.dashboards import coverage
from consultations.exports import build
from consultations.exports.models import ExportJob
from consultations.programme.models import Consultation
from consultations.submissions import (
    actions,
    anonymity,
    confidentiality,
    lifecycle,
    links,
    tallies,
    tasks,
)
from consultations.submissions.models import EvidenceDocument, Submission, TextAnswer
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.consultations.submissions.tracing import (
    growing,
    read_all,
    said_by,
    send,
    start,
    url,
)
from tests.factories.invitations import InvitationFactory
from tests.factories.programme import AssignmentFactory
from tests.factories.stakeholders import AreaFactory, ContactFactory, KindFactory, SectorFactory
from tests.factories.submissions import partner, submitted
from tests.plugins.client import StrictClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_chance(monkeypatch):
    monkeypatch.setattr(anonymity, "CHANCE", random.Random(20181112))


@pytest.fixture
def consultation():
    return growing()


@pytest.fixture
def sent(consultation):
    client = StrictClient()
    client.force_login(partner())
    page, _ = send(client, consultation, 0)
    return client, page


def test_the_response_is_shown_once_and_never_again(sent, consultation):
    client, page = sent
    submission = Submission.objects.get()
    text = page.content.decode()
    assert submission.reference in text
    assert said_by(0) in text
    assert "no-store" in page.headers["Cache-Control"]

    for name in ("tasks", "receipt", "check"):
        assert client.get(url(name, submission.public_id)).status_code == 404


def test_pressing_send_twice_sends_once_and_says_so(consultation):
    client = StrictClient()
    client.force_login(partner())
    page, draft = send(client, consultation, 0)
    again = client.post(url("submit", draft))

    assert page.status_code == 200
    assert again.status_code == 410
    assert "has reached us, once" in again.content.decode()
    assert Submission.objects.count() == 1
    assert StrictClient().post(url("return"), {"code": client.cookies[links.cookie_name()].value}).status_code == 422


def test_two_who_send_the_same_draft_at_once_send_it_once(consultation):
    submission, _ = actions.start_by_link(consultation, user=partner(), anonymous=True)
    actions.save_statement(submission.pk, "Buses.")
    actions.choose_confidentiality(submission.pk, "unnamed")
    anonymity.send(submission.pk)

    with pytest.raises(Refused, match="has reached us"):
        anonymity.send(submission.pk)


def test_what_is_missing_is_said_and_nothing_is_sent(consultation):
    client = StrictClient()
    client.force_login(partner())
    public_id = start(client, consultation).url.rstrip("/").split("/")[-2]

    page = client.post(url("submit", public_id))

    assert page.status_code == 422
    assert "nothing to send yet" in page.content.decode()
    assert Submission.objects.get().state == "started"


def test_a_statement_alone_is_an_answer(consultation):
    submission, _ = actions.start_by_link(consultation, user=partner(), anonymous=True)
    actions.save_statement(submission.pk, "Buses end too early.")
    actions.choose_confidentiality(submission.pk, "withheld", reason="It names my employer.")

    sent = anonymity.send(submission.pk)

    text = TextAnswer.objects.get()
    assert (text.text, text.question_code, text.submission, text.response) == ("Buses end too early.", "", sent, None)
    assert (sent.confidentiality, sent.confidentiality_reason) == ("withheld", "It names my employer.")
    assert (text.pk, sent.pk) == tuple(min(key, -1) for key in (text.pk, sent.pk))


def test_it_is_late_after_the_close_and_says_no_more(consultation, time_machine):
    submission, _ = actions.start_by_link(consultation, user=partner(), anonymous=True)
    actions.save_statement(submission.pk, "Buses.")
    actions.choose_confidentiality(submission.pk, "unnamed")
    Consultation.objects.update(state=Consultation.State.CLOSED)
    later = consultation.closes_at + timedelta(days=1)

    sent = anonymity.send(submission.pk, now=later)

    assert sent.timing == "late"
    assert sent.submitted_at == anonymity.week_of(later, consultation)


def test_no_document_is_taken(consultation):
    client = StrictClient()
    client.force_login(partner())
    public_id = start(client, consultation).url.rstrip("/").split("/")[-2]

    assert client.get(url("documents", public_id)).status_code == 403
    assert "Documents" not in client.get(url("tasks", public_id)).content.decode()
    with pytest.raises(Refused, match="takes none"):
        actions.add_document(Submission.objects.get().pk, ContentFile(b"Text.\n", name="note.txt"))
    assert not EvidenceDocument.objects.exists()


def test_giving_up_a_draft_keeps_nothing_of_it(consultation):
    client = StrictClient()
    client.force_login(partner())
    public_id = start(client, consultation).url.rstrip("/").split("/")[-2]

    left = client.post(url("withdraw", public_id))

    assert left.url == reverse("programme:consultation", args=["growing"])
    assert not Submission.objects.exists()


def test_its_link_is_not_mailed_and_it_belongs_to_no_account(consultation):
    submission, token = actions.start_by_link(consultation, user=partner(), anonymous=True)

    with pytest.raises(Refused, match="keep your address"):
        actions.send_link(submission.pk, token, to="ada@fell.example")
    with pytest.raises(Refused, match="belongs to no account"):
        actions.claim(submission.pk, partner())
    with pytest.raises(Refused, match="no name"):
        actions.choose_confidentiality(submission.pk, "named")


@pytest.mark.parametrize(
    ("access", "who", "said"),
    [
        ("open", "nobody", ""),
        ("public", "nobody", "Sign in first"),
        ("public", "partner", ""),
        ("invited", "partner", "no invitation for you"),
        ("invited", "invited", ""),
    ],
)
def test_who_may_answer_anonymously_is_asked_and_not_kept(consultation, access, who, said, rf):
    consultation.access = access
    consultation.save()
    user = partner() if who != "nobody" else StrictClient().get("/").wsgi_request.user
    if who == "invited":
        InvitationFactory(
            consultation=consultation, organisation=None, contact=ContactFactory(user=user, email=user.email)
        )

    reason = actions.why_not_anonymous(consultation, user)

    assert (said in reason) if said else reason == ""
    if not said:
        actions.start_by_link(consultation, user=user, anonymous=True)
        assert not Entry.objects.filter(verb="submission.started").exists()


def test_where_none_is_taken_the_page_says_so(consultation):
    consultation.takes_anonymous = False
    consultation.save()
    client = StrictClient()
    client.force_login(partner())

    assert "takes no anonymous responses" in client.get(url("start_anonymous", "growing")).content.decode()
    assert start(client, consultation).status_code == 422


@pytest.mark.parametrize(
    "facts",
    [
        {"respondent_name": "Ada Fell"},
        {"respondent_email": "ada@fell.example"},
        {"may_contact": True},
        {"confidentiality": "named"},
        {"link_key": "0" * 64},
        {"channel": "letter"},
    ],
)
def test_the_database_refuses_a_link_to_an_author(sent, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.update(**facts)


def test_staff_read_it_without_who_and_when(sent, consultation, signed_in):
    officer = signed_in(AssignmentFactory(consultation=consultation, role="officer").user)
    submission = Submission.objects.get()
    listed = officer.get(url("list", "growing")).content.decode()
    shown = officer.get(url("detail", "growing", submission.reference)).content.decode()

    week = f"{submission.submitted_at:%B}"
    assert "An anonymous response" in listed
    assert "Week of" in listed
    assert "Perhaps twice" not in listed
    assert said_by(0) in shown
    assert "In the week of" in shown
    assert week in shown
    lifecycle.accept(submission.pk)
    assert confidentiality.shown_as(Submission.objects.get()) == "A partner"


def test_the_same_text_twice_is_pointed_out(consultation, signed_in):
    for _ in range(2):
        client = StrictClient()
        client.force_login(partner())
        send(client, consultation, 3)
    officer = signed_in(AssignmentFactory(consultation=consultation, role="officer").user)

    assert officer.get(url("list", "growing")).content.decode().count("Perhaps twice") == 2


def test_it_counts_like_any_other_online_response_and_is_not_said_to_be_another_person(consultation, signed_in):
    kind = KindFactory(sector=SectorFactory(code="individual", name="Individuals"), name="Resident")
    area = AreaFactory(name="Tyneside")
    submitted(consultation, consultation.surveys.get(), answers={"first": "choice1"})
    for number in (1, 2):
        client = StrictClient()
        client.force_login(partner())
        send(client, consultation, number, kind=kind.code, areas=[area.code])
    openly, _ = actions.start_by_link(opened(consultation), user=None, anonymous=False, kind=kind, areas=[area])
    actions.save_statement(openly.pk, "Trains.")
    actions.choose_confidentiality(openly.pk, "unnamed")
    lifecycle.submit(openly.pk)

    voices = figures.voices(consultation)
    assert (voices.submissions, voices.organisations, voices.individuals, voices.unchecked) == (4, 1, 3, 3)
    by_sector = {row.label: row.total for row in figures.who_answered(consultation, "sector").rows}
    assert by_sector[kind.sector.name] == 3
    by_area = {row.label: row.total for row in figures.who_answered(consultation, "area").rows}
    assert by_area[area.name] == 3
    by_channel = {row.label: row.total for row in figures.who_answered(consultation, "channel").rows}
    assert by_channel["Online"] == 4
    table = figures.question_tables(consultation, consultation.surveys.get(), "first")[0]
    assert {row.label: row.total for row in table.rows if row.total} == {"Choice 1": 2, "Choice 2": 1}
    assert tallies.differences(consultation.surveys.get()) == {}
    heard = coverage.known(consultation)
    assert (len(heard.submitted), heard.individuals) == (1, 3)
    texts = {text.text for text in analysis.answers(consultation)}
    assert {said_by(1), said_by(2), "Trains."} <= texts
    officer = signed_in(AssignmentFactory(consultation=consultation, role="officer").user)
    page = officer.get(reverse("analysis:figures", args=["growing"])).content.decode()
    assert "3 of the individuals answered without an account or anonymously" in page


def opened(consultation):
    consultation.access = Consultation.Access.OPEN
    consultation.save()
    return consultation


@pytest.mark.parametrize("profile", ExportJob.Profile.values)
def test_an_export_says_what_is_known_of_it(sent, consultation, profile):
    job = ExportJob.objects.create(
        consultation=consultation,
        profile=profile,
        format="csv",
        requested_by=AssignmentFactory(consultation=consultation, role="officer").user,
        reason="The board paper",
    )
    build.run(job.pk)
    job.refresh_from_db()
    week = Submission.objects.get().submitted_at

    with job.file.open("rb") as file:
        text = "\n".join(read_all(file.read()))
    assert said_by(0) in text
    if profile != ExportJob.Profile.PUBLIC:
        assert ",anonymous," in text
        assert ",online,self,1,on_time," in text
    if profile == ExportJob.Profile.FULL:
        assert f"{timezone.localtime(week):%Y-%m-%d}" in text


def test_drafts_that_nobody_can_open_any_more_are_deleted(consultation):
    actions.start_by_link(consultation, user=partner(), anonymous=True)
    tasks.sweep()
    assert Submission.objects.count() == 1

    Consultation.objects.update(state=Consultation.State.REPORTED)
    for _ in range(2):
        tasks.sweep()
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("now", "opens", "week"),
    [
        ("2018-11-15T10:00+00:00", "2018-11-01T00:00+00:00", "2018-11-12T00:00+00:00"),
        ("2018-11-12T00:00+00:00", "2018-11-01T00:00+00:00", "2018-11-12T00:00+00:00"),
        ("2018-11-15T10:00+00:00", "2018-11-14T09:00+00:00", "2018-11-14T00:00+00:00"),
        # The Monday of the week in which the clocks go back is still in summer time.
        ("2018-10-28T10:00+00:00", "2018-10-01T00:00+00:00", "2018-10-21T23:00+00:00"),
    ],
)
def test_the_one_moment_of_a_week(now, opens, week):
    parse = timezone.datetime.fromisoformat
    assert anonymity.week_of(parse(now), Consultation(opens_at=parse(opens))) == parse(week)
