"""What waits for a member of staff, and for whom it does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.dashboards import morning
from consultations.invitations.models import Invitation
from consultations.programme.models import ConsultationEvent
from consultations.summaries.models import Summary
from engagement.events.models import Attendance, Event
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, NoteFactory, RegistrationFactory
from tests.factories.messaging import MessageFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import ContactFactory, OrganisationFactory
from tests.factories.submissions import SubmissionFactory

pytestmark = pytest.mark.django_db


def sent(consultation, **facts):
    return SubmissionFactory(
        consultation=consultation,
        state="submitted",
        confidentiality="named",
        timing="on_time",
        submitted_at=timezone.now() - facts.pop("ago", timedelta(0)),
        **facts,
    )


def titles(user):
    return [task["title"] for task in morning.board(user, timezone.now()).tasks]


@pytest.fixture
def it():
    return ConsultationFactory(title="Skills")


@pytest.fixture
def runner(it):
    return AssignmentFactory(consultation=it).user


@pytest.fixture
def officer(it):
    return AssignmentFactory(consultation=it, role="officer").user


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)


def test_nothing_waits_at_first(it, runner, officer, administrator):
    assert [titles(who) for who in (runner, officer, administrator)] == [[], [], []]


def test_a_review_waits_for_an_administrator_who_did_not_ask_for_it(it, runner, administrator):
    it.state, it.submitted_for_review_by = "in_review", administrator
    it.save()
    other = UserFactory(administrator=True)

    assert [titles(who) for who in (runner, administrator, other)] == [[], [], ["Review “Skills”"]]


def test_a_proposal_waits_until_something_was_done(it, administrator):
    it.changes.create(what="proposed", reason="Extend it.", is_public=False)
    before = titles(administrator)
    it.changes.create(what="extended", reason="Asked for.")

    assert (before, titles(administrator)) == (["Proposal on “Skills”"], [])


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=8), []),
        (timedelta(days=6), [("“Skills”: 6 days left", "This week")]),
        (timedelta(days=1), [("“Skills”: closes tomorrow", "Now")]),
    ],
)
def test_a_near_close_is_more_urgent(it, runner, time_machine, left, expected):
    time_machine.move_to(timezone.now().replace(hour=9, minute=0), tick=False)
    it.closes_at = timezone.now() + left
    it.save()

    tasks = morning.board(runner, timezone.now()).tasks

    assert [(task["title"], task["label"]) for task in tasks] == expected


def test_problems_with_messages_go_to_those_who_run_the_consultation(it, runner, officer, administrator):
    MessageFactory.create_batch(2, failed=True, scope=it.reference)
    MessageFactory(uncertain=True, scope="")
    MessageFactory(sent=True, scope=it.reference)
    MessageFactory(state="held", scope=it.reference)

    held = "1 message held back until somebody decides"
    assert titles(runner) == [held, "2 messages could not be sent"]
    assert titles(officer) == []
    assert titles(administrator) == [held, "1 message may not have arrived", "2 messages could not be sent"]


def test_submissions_wait_to_be_accepted_and_drafts_do_not(it, runner):
    sent(it)
    SubmissionFactory(consultation=it)
    sent(it, is_test=True)
    sent(ConsultationFactory())

    assert titles(runner) == ["Accept 1 submission"]


def test_an_event_that_is_over_waits_for_attendance_and_its_notes(it, runner, officer):
    event = EventFactory(over=True, title="Round table")
    ConsultationEvent.objects.create(consultation=it, event=event)
    place = RegistrationFactory(event=event)
    NoteFactory(event=event)
    NoteFactory(event=event, agreed=True)
    EventFactory(over=True)
    before = titles(runner)
    Attendance.objects.create(registration=place, status="attended")

    assert before == ["Mark who came to “Round table”", "Agree 1 note of “Round table”"]
    assert titles(runner) == ["Agree 1 note of “Round table”"]
    assert titles(officer) == []


def test_a_note_that_stayed_disputed_when_its_event_was_written_up_is_no_work(it, runner):
    event = EventFactory(over=True, title="Round table")
    ConsultationEvent.objects.create(consultation=it, event=event)
    NoteFactory(event=event, state="disputed", dispute="Nobody said that.")
    before = titles(runner)
    Event.objects.update(state="written_up")

    assert before == ["Agree 1 note of “Round table”"]
    assert titles(runner) == []


def test_a_summary_waits_for_an_administrator_other_than_its_author(it, administrator):
    author = UserFactory(administrator=True)
    Summary.objects.create(consultation=it, title="What we heard", state="in_review", author=author)

    assert titles(administrator) == ["Approve the summary of “Skills”"]
    assert titles(author) == []


def test_a_closed_consultation_waits_for_its_officer_and_its_promise(it, officer, runner):
    it.state, it.response_due_on = "closed", timezone.localdate() - timedelta(days=1)
    it.save()

    assert titles(officer)[1:] == ["Start the analysis of “Skills”"]
    assert titles(runner)[0].startswith("Response on “Skills” promised by")


def test_the_table_names_the_base(it, runner):
    heard, silent = OrganisationFactory(), OrganisationFactory()
    for body in (heard, silent):
        Invitation.objects.create(consultation=it, contact=ContactFactory(), organisation=body)
    sent(it, organisation=heard)
    sent(it, organisation=OrganisationFactory(), ago=timedelta(days=9))

    row = morning.board(runner, timezone.now()).standings[0]

    assert (row.heard, row.invited, row.fresh) == (1, 2, 1)


@pytest.mark.parametrize("many", [1, 3])
def test_it_costs_the_same_however_many_there_are(runner, django_assert_num_queries, many):
    for _ in range(many):
        it = AssignmentFactory(user=runner).consultation
        sent(it)
        ConsultationEvent.objects.create(consultation=it, event=EventFactory(over=True))

    with django_assert_num_queries(10):
        morning.board(runner, timezone.now())
