"""Figures count what they say they count."""

import pytest

from consultations.analysis import figures
from consultations.analysis.tables import Table, for_publication
from consultations.submissions.models import Submission, TextAnswer
from engagement.core.errors import Refused
from tests.factories.analysis import QUESTIONS, CodeFactory, CodeFrameFactory, agreed_note, coded, heard, survey_asking
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import AreaFactory, KindFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return survey_asking(ConsultationFactory())


def _rows(table):
    return {row.label: row.total for row in table.rows}


def test_a_question_is_counted_by_choice_out_of_those_who_answered_it(survey):
    heard(survey, {"grow": "yes"})
    heard(survey, {"grow": "yes"})
    heard(survey, {"grow": "no"})
    heard(survey, {"people": 4})

    [table] = figures.question_tables(survey.consultation, survey, "grow")

    assert (_rows(table), table.base, table.unit) == ({"Yes": 2, "No": 1}, 3, "submissions")


def test_drafts_withdrawn_duplicates_rejected_and_tests_are_in_no_figure(survey):
    heard(survey, {"grow": "yes"})
    for state in (*Submission.DRAFTS, *Submission.SET_ASIDE):
        heard(survey, {"grow": "no"}, state=state)
    heard(survey, {"grow": "no"}, is_test=True)

    [table] = figures.question_tables(survey.consultation, survey, "grow")

    assert (_rows(table), table.base) == ({"Yes": 1, "No": 0}, 1)
    assert figures.voices(survey.consultation).submissions == 1


def test_several_choices_may_add_up_to_more_than_the_base(survey):
    heard(survey, {"barriers": ["skills", "cash"]})
    heard(survey, {"barriers": ["skills"]})

    [table] = figures.question_tables(survey.consultation, survey, "barriers")

    assert (_rows(table), table.base, table.disjoint_rows) == ({"Skills": 2, "Finance": 1}, 2, False)


def test_each_statement_of_a_matrix_has_its_own_base(survey):
    heard(survey, {"rate": {"roads": "yes", "rail": "no"}})
    heard(survey, {"rate": {"roads": "no"}})

    roads, rail = figures.question_tables(survey.consultation, survey, "rate")

    assert (roads.title, roads.base, _rows(roads)) == ("Roads", 2, {"Yes": 1, "No": 1})
    assert (rail.title, rail.base, _rows(rail)) == ("Rail", 1, {"Yes": 0, "No": 1})


def test_numbers_stand_in_ranges_that_hold_each_of_them_once(survey):
    for people in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89):
        heard(survey, {"people": people})

    [table] = figures.question_tables(survey.consultation, survey, "people")

    assert sum(row.total for row in table.rows) == table.base == 10
    assert table.note == "Median 10.5; from 1 to 89."


def test_a_split_by_sector_adds_up_to_the_whole(survey):
    business, education = KindFactory(), KindFactory()
    heard(survey, {"grow": "yes"}, kind=business)
    heard(survey, {"grow": "yes"}, kind=education)
    heard(survey, {"grow": "no"}, kind=education)
    heard(survey, {"grow": "no"})

    [table] = figures.question_tables(survey.consultation, survey, "grow", split="sector")

    assert table.columns == [business.sector.name, education.sector.name, "Not known"]
    assert table.column_bases == [1, 2, 1]
    assert [row.cells for row in table.rows] == [[1, 1, 0], [0, 1, 1]]


def test_a_submission_for_two_areas_stands_in_both_and_once_in_the_base(survey):
    tyne, wear = AreaFactory(name="Tyne"), AreaFactory(name="Wear")
    heard(survey, {"grow": "yes"}, areas=[tyne, wear])
    heard(survey, {"grow": "yes"}, areas=[wear])

    [table] = figures.question_tables(survey.consultation, survey, "grow", split="area")

    assert (table.base, table.columns, table.column_bases) == (2, ["Tyne", "Wear"], [1, 2])


def test_a_choice_that_was_retired_keeps_its_row_and_one_nobody_took_has_one(survey):
    heard(survey, {"grow": "no"})
    without_no = (type(QUESTIONS[0])("grow", "single", "Will you grow?", choices=QUESTIONS[0].choices[:1]),)
    survey_asking(survey.consultation, without_no)

    [table] = figures.question_tables(survey.consultation, survey, "grow")

    assert [(row.label, row.total, row.note) for row in table.rows] == [("Yes", 0, ""), ("No", 1, "No longer offered")]


def test_an_organisation_is_counted_once_and_people_apart(survey):
    organisation = OrganisationFactory()
    heard(survey, {}, organisation=organisation)
    heard(survey, {})
    agreed_note(survey.consultation, "Buses stop at six.")

    voices = figures.voices(survey.consultation)

    assert (voices.submissions, voices.organisations, voices.individuals, voices.notes) == (2, 1, 1, 1)


def test_a_source_counts_once_for_a_code_and_once_for_the_one_above(survey):
    frame = CodeFrameFactory(consultation=survey.consultation)
    above = CodeFactory(frame=frame, label="Transport")
    buses, rail = (
        CodeFactory(frame=frame, parent=above, label="Buses"),
        CodeFactory(frame=frame, parent=above, label="Rail"),
    )
    kind = KindFactory()
    heard(survey, {"why": "Buses are few. Trains are full."}, kind=kind)
    answer = TextAnswer.objects.get()
    coded(answer, buses, end=14)
    coded(answer, buses, start=15)
    coded(answer, rail, start=15)
    coded(agreed_note(survey.consultation, "No bus after six."), buses)

    first = figures.codes_by_sector(survey.consultation)
    under = figures.codes_by_sector(survey.consultation, parent=above.code)

    assert (_rows(first), first.base, first.unit) == ({"Transport": 2}, 2, "sources")
    assert _rows(under) == {"Buses": 2, "Rail": 1}
    assert under.columns == [kind.sector.name, "Event notes"]
    assert under.rows[0].cells == [1, 1]


def test_codes_of_a_withdrawn_submission_count_no_more(survey):
    code = CodeFactory(frame=CodeFrameFactory(consultation=survey.consultation))
    submission = heard(survey, {"why": "Because."})
    coded(TextAnswer.objects.get(), code)
    Submission.objects.filter(pk=submission.pk).update(state="withdrawn")

    assert figures.codes_by_sector(survey.consultation).base == 0


def test_a_saved_query_gives_the_same_table_and_knows_when_it_is_stale(survey):
    query = {"figure": "question", "survey": "main", "question": "grow", "split": "channel"}
    heard(survey, {"grow": "yes"})
    stored = figures.compute(survey.consultation, query).as_json()

    assert Table.from_json(stored) == figures.compute(survey.consultation, query)
    assert not figures.is_stale(survey.consultation, query, stored)
    heard(survey, {"grow": "yes"})
    assert figures.is_stale(survey.consultation, query, stored)


@pytest.mark.parametrize(
    "query",
    [{}, {"figure": "nonsense"}, {"figure": "question", "survey": "none"}, {"figure": "who_answered", "by": "shoe"}],
)
def test_a_query_that_cannot_be_answered_says_so(survey, query):
    with pytest.raises(Refused):
        figures.compute(survey.consultation, query)


@pytest.mark.parametrize("split", ["", "sector", "area", "channel"])
def test_published_figures_show_nothing_from_one_to_four(survey, split):
    kinds, areas = [KindFactory() for _ in range(3)], [AreaFactory() for _ in range(2)]
    for number in range(26):
        answer = {"grow": "yes" if number % 9 else "no", "barriers": ["skills"] if number % 5 else ["skills", "cash"]}
        heard(survey, answer, kind=kinds[number % 7 % 3], areas=areas[: 1 + number % 2])

    for code in ("grow", "barriers"):
        [table] = figures.question_tables(survey.consultation, survey, code, split=split)
        shown = for_publication(table, least=5)
        numbers = [cell for row in shown.rows for cell in (row.total, *row.cells)] + shown.column_bases
        assert not [number for number in numbers if number is not None and 0 < number < 5]


@pytest.mark.parametrize("count", [1, 3])
def test_the_figures_of_a_survey_cost_the_same_however_many_answered(survey, django_assert_num_queries, count):
    for _ in range(count):
        heard(survey, {"grow": "yes", "why": "Because."}, kind=KindFactory())

    with django_assert_num_queries(6):
        assert len(figures.survey_figures(survey.consultation, survey, split="sector")) == len(QUESTIONS)
