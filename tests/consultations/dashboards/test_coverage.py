"""Organisations heard against organisations invited."""

import pytest
from django.utils import timezone

from consultations.dashboards import coverage
from consultations.invitations.models import Invitation
from consultations.programme.models import ConsultationEvent, ThemeTopic
from consultations.submissions.models import Submission
from consultations.surveys.definition import Question
from tests.factories.events import NoteFactory
from tests.factories.programme import ConsultationFactory, ThemeFactory
from tests.factories.stakeholders import AreaFactory, ContactFactory, KindFactory, OrganisationFactory, SectorFactory
from tests.factories.submissions import ResponseFactory, SubmissionFactory
from tests.factories.surveys import published_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def north():
    return AreaFactory(name="North")


@pytest.fixture
def south():
    return AreaFactory(name="South")


@pytest.fixture
def it(north, south):
    consultation = ConsultationFactory()
    consultation.areas.set([north, south])
    return consultation


def organisation(sector, *areas):
    return OrganisationFactory(
        kind=KindFactory(name=f"Kind of {sector}", sector=SectorFactory(name=sector)), areas=list(areas)
    )


def invite(consultation, body, **facts):
    return Invitation.objects.create(consultation=consultation, contact=ContactFactory(), organisation=body, **facts)


def hear(consultation, body, **facts):
    return SubmissionFactory(
        consultation=consultation,
        organisation=body,
        state=facts.pop("state", "submitted"),
        kind=body and body.kind,
        confidentiality="named",
        timing="on_time",
        submitted_at=timezone.now(),
        **facts,
    )


def shown(matrix):
    """{sector: [(heard, invited) per column, ..., total]} of the sectors with anything in them."""
    lines = [*matrix.lines, matrix.total]
    told = {
        line.label: [(cell.heard + cell.beyond, cell.invited) for cell in [*line.cells, line.total]] for line in lines
    }
    return {label: cells for label, cells in told.items() if any(map(any, cells))}


def test_an_organisation_is_one_however_often_it_was_invited_and_heard(it, north, south):
    college = organisation("Colleges", north, south)
    works = organisation("Works", north)
    silent = organisation("Works", south)
    for body in (college, college, works, silent):
        invite(it, body)
    hear(it, college)
    note = NoteFactory(agreed=True, organisations=[college, works])
    ConsultationEvent.objects.create(consultation=it, event=note.event)

    assert shown(coverage.by_area(coverage.known(it))) == {
        "Colleges": [(1, 1), (1, 1), (1, 1)],
        "Works": [(1, 1), (0, 1), (1, 2)],
        "All sectors": [(2, 2), (1, 2), (2, 3)],
    }


@pytest.mark.parametrize("facts", [{"state": "in_progress"}, {"state": "withdrawn"}, {"is_test": True}])
def test_what_is_in_no_figure_is_not_heard(it, north, facts):
    works = organisation("Works", north)
    invite(it, works)
    hear(it, works, **facts)

    assert shown(coverage.by_area(coverage.known(it)))["Works"] == [(0, 1), (0, 0), (0, 1)]


def test_notes_that_are_not_agreed_and_cancelled_invitations_do_not_count(it, north):
    works = organisation("Works", north)
    invite(it, works, state="cancelled")
    note = NoteFactory(organisations=[works])
    ConsultationEvent.objects.create(consultation=it, event=note.event)

    known = coverage.known(it)

    assert (known.invited, known.heard) == (set(), set())


def test_figures_do_not_move_when_the_register_is_tidied(it, north, south):
    works = organisation("Works", north)
    hear(it, works).areas.set([north])
    works.kind = KindFactory(name="Kind of Colleges", sector=SectorFactory(name="Colleges"))
    works.save()
    works.areas.set([south])

    assert shown(coverage.by_area(coverage.known(it))) == {
        "All sectors": [(1, 0), (0, 0), (1, 0)],
        "Works": [(1, 0), (0, 0), (1, 0)],
    }


def test_who_was_heard_without_an_invitation_is_no_part_of_those_invited(it, north):
    asked, uninvited = organisation("Works", north), organisation("Works", north)
    invite(it, asked)
    hear(it, uninvited)

    total = coverage.by_area(coverage.known(it)).total.total

    assert (total.heard, total.invited, total.beyond) == (0, 1, 1)


def test_people_for_themselves_are_counted_apart(it, north):
    hear(it, None, capacity="self")

    known = coverage.known(it)

    assert (known.individuals, known.heard) == (1, set())


def test_a_thin_cell_leads_to_inviting_those_who_fit(it, north, south):
    body = organisation("Works", north)
    for _ in range(3):
        invite(it, organisation("Works", south))

    line = next(line for line in coverage.by_area(coverage.known(it)).lines if line.label == "Works")

    empty, unheard = line.cells
    assert (empty.is_thin, empty.invited, empty.in_register) == (True, 0, 1)
    assert empty.query == f"sector={body.kind.sector.code}&area={north.code}"
    assert (unheard.is_thin, unheard.invited) == (True, 3)


def test_a_theme_is_heard_by_its_survey_its_questions_and_the_notes_on_it(it, north):
    ideas, _, places = (ThemeFactory(consultation=it, code=code, name=code) for code in ("a", "b", "c"))
    bodies = [organisation("Works", north) for _ in range(4)]
    for body in bodies:
        invite(it, body)
    whole = published_survey(it, [Question("q", "short_text", "What?")], theme=ideas)
    mixed = published_survey(
        it, [Question("r", "short_text", "Who?", theme="b"), Question("s", "short_text", "Where?", theme="c")]
    )
    ResponseFactory(submission=hear(it, bodies[0]), survey=whole, data={"q": "This."})
    sent = hear(it, bodies[1])
    ResponseFactory(submission=sent, survey=mixed, data={"r": "We."})
    ResponseFactory(submission=sent, survey=whole, data={})
    note = NoteFactory(agreed=True, organisations=[bodies[2]])
    ConsultationEvent.objects.create(consultation=it, event=note.event)
    ThemeTopic.objects.create(theme=places, topic=note.topic)

    matrix = coverage.by_theme(coverage.known(it))

    assert matrix.columns == ["a", "b", "c"]
    assert shown(matrix)["Works"] == [(1, 4), (1, 4), (1, 4), (3, 4)]


def test_without_themes_there_is_no_second_table(it):
    assert coverage.by_theme(coverage.known(it)) is None


@pytest.mark.parametrize("many", [1, 3])
def test_it_costs_the_same_however_many_there_are(it, north, django_assert_num_queries, many):
    ThemeFactory.create_batch(many, consultation=it)
    for _ in range(many):
        body = organisation("Works", north)
        invite(it, body)
        hear(it, body)
    assert Submission.objects.count() == many

    with django_assert_num_queries(15):
        known = coverage.known(it)
        coverage.by_area(known)
        coverage.by_theme(known)
