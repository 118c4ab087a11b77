"""Counters say what the responses say, before and after the changes are folded into them."""

from collections import Counter

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.analysis import figures
from consultations.submissions import lifecycle, tallies, tasks
from consultations.submissions.counters import Tally, TallyChange, Uncounted
from consultations.submissions.counting import marks_of
from consultations.submissions.models import Submission
from consultations.surveys.definition import Choice, Question
from tests.factories.analysis import heard, survey_asking
from tests.factories.kinds import sites_page
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import AreaFactory, KindFactory
from tests.factories.submissions import submitted
from tests.factories.surveys import make_definition, published_survey

SPLITS = ["", "sector", "area", "channel"]
CHOICES = (Choice("a", "A"), Choice("b", "B"), Choice("c", "C"))


def nonzero(counts):
    return {key: n for key, n in [*counts.whole.items(), *counts.by_column.items()] if n}


def everything(survey):
    return [nonzero(tallies.counts(survey, split=split)) for split in SPLITS]


@pytest.mark.django_db
def test_folding_changes_no_figure():
    survey = published_survey()
    kinds, areas = [KindFactory() for _ in range(2)], [AreaFactory() for _ in range(2)]
    for number in range(4):
        submitted(survey=survey, kind=kinds[number % 2], areas=areas[: number % 3])
    before = everything(survey)

    for _ in range(2):
        tasks.fold()

    assert everything(survey) == before
    assert (TallyChange.objects.count(), tallies.differences(survey)) == (0, {})
    assert before[0]["staff", "", ""] == 4


@pytest.mark.django_db
def test_a_submission_from_two_areas_counts_in_both_and_once_in_all():
    survey = published_survey()
    first, second = AreaFactory(), AreaFactory()
    submitted(survey=survey, areas=[first, second])

    counts = tallies.counts(survey, split="area")

    mark = ("staff", "", "")
    assert counts.whole[mark] == counts.by_column[str(first.pk), mark] == counts.by_column[str(second.pk), mark] == 1


@pytest.mark.django_db
def test_what_was_folded_can_be_taken_back():
    survey = published_survey()
    sent = submitted(survey=survey)
    tasks.fold()

    lifecycle.withdraw(sent.pk)
    assert everything(survey) == [{}, {}, {}, {}]
    tasks.fold()

    assert everything(survey) == [{}, {}, {}, {}]
    assert (Tally.objects.filter(n__gt=0).count(), tallies.differences(survey)) == (0, {})


@pytest.mark.django_db
def test_counters_that_were_never_made_are_counted_from_the_responses():
    survey = published_survey()
    submitted(survey=survey)
    should = everything(survey)
    TallyChange.objects.all().delete()

    assert everything(survey) == should
    assert tallies.rebuild(survey) > 0
    assert everything(survey) == should


@pytest.mark.django_db
def test_after_an_upgrade_figures_are_right_before_and_after_the_clock_has_counted():
    """What an older release counted is gone; then somebody sends before the counters are made anew."""
    survey = published_survey()
    submitted(survey=survey)
    TallyChange.objects.all().delete()
    Uncounted.objects.create(survey=survey)
    submitted(survey=survey)

    assert tallies.counts(survey).whole["staff", "", ""] == 2
    tasks.fold()
    assert not Uncounted.objects.exists()
    assert (tallies.counts(survey).whole["staff", "", ""], tallies.differences(survey)) == (2, {})


@pytest.mark.django_db(transaction=True)
def test_the_migration_marks_every_survey_that_has_responses():
    survey, empty = published_survey(), published_survey()
    submitted(survey=survey)
    executor = MigrationExecutor(connection)
    executor.migrate([("submissions", "0007_counters_by_column")])
    executor.loader.build_graph()
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert list(Uncounted.objects.values_list("survey", flat=True)) == [survey.pk]
    assert empty.pk != survey.pk


@pytest.mark.django_db
def test_reading_begins_again_when_changes_are_folded_in_the_middle(monkeypatch):
    survey = published_survey()
    submitted(survey=survey)
    still_wait, asked = tallies._still_wait, []

    def fold_once(*args):
        if not asked:
            tallies.fold(survey.pk)
        asked.append(args)
        return still_wait(*args)

    monkeypatch.setattr(tallies, "_still_wait", fold_once)

    assert tallies.counts(survey).whole["staff", "", ""] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_counters_are_read_with_the_same_queries_however_many_responses_there_are(count, django_assert_num_queries):
    survey = published_survey()
    for _ in range(count):
        submitted(survey=survey)

    with django_assert_num_queries(4):
        tallies.counts(survey, split="sector")
    tasks.fold()
    with django_assert_num_queries(3):
        tallies.counts(survey, split="sector")


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(acts=st.lists(st.sampled_from(["send", "withdraw", "set aside", "bring back", "fold"]), max_size=8))
def test_whatever_happens_counters_and_responses_agree(acts):
    survey = survey_asking(ConsultationFactory())
    kind, area = KindFactory(), AreaFactory()
    for number, act in enumerate(acts):
        first = Submission.objects.filter(consultation=survey.consultation).order_by("pk").first()
        if act == "send":
            heard(survey, {"grow": "yes" if number % 2 else "no", "people": number}, kind=kind, areas=[area])
        elif act == "fold":
            tasks.fold()
        elif first is not None and act == "withdraw" and first.is_counted:
            lifecycle.withdraw(first.pk)
        elif first is not None and act == "set aside" and first.is_counted:
            lifecycle.reject(first.pk, reason="An advertisement")
        elif first is not None and act == "bring back" and first.state == "rejected":
            lifecycle.restore(first.pk)

    assert tallies.differences(survey) == {}
    recounted = Counter({key[3:]: n for key, n in tallies.recount(survey).items() if key[1] == ""})
    assert tallies.counts(survey).whole == recounted
    [numbers] = figures.question_tables(survey.consultation, survey, "people")
    assert numbers.base == recounted["people", "", ""]


def test_marks_of_every_kind():
    definition = make_definition(
        Question("rank", "ranking", "Rank", choices=CHOICES),
        Question("sum", "constant_sum", "Share", rows=CHOICES),
        Question("grid", "matrix_numbers", "Numbers", rows=CHOICES[:1], choices=CHOICES[1:]),
        Question("many", "matrix_several", "Many", rows=CHOICES[:1], choices=CHOICES),
        Question("where", "location", "Where", choices=CHOICES),
        Question("day", "date", "Day"),
        Question("say", "long_text", "Say"),
    )
    answers = {
        "rank": ["b", "a"],
        "sum": {"a": 60, "b": 40},
        "grid": {"a": {"b": 1.5, "c": 2}},
        "many": {"a": ["b", "c"]},
        "where": {"place": "Hexmere", "area": "a"},
        "day": "2018-11-26",
        "say": "Words that no counter keeps",
    }

    assert set(marks_of(definition, answers)) == {
        ("", "", ""),
        ("rank", "", ""), ("rank", "b", "1"), ("rank", "a", "2"),
        ("sum", "", ""), ("sum", "a", "60.0"), ("sum", "b", "40.0"),
        ("grid", "", ""), ("grid", "a/b", "1.5"), ("grid", "a/c", "2.0"),
        ("many", "", ""), ("many", "a", ""), ("many", "a", "b"), ("many", "a", "c"),
        ("where", "", ""), ("where", "area", ""), ("where", "", "a"),
        ("day", "", ""), ("day", "", "2018"),
        ("say", "", ""),
    }  # fmt: skip


def test_entries_of_a_repeated_page_count_once_for_a_choice_and_add_up_their_numbers():
    definition = make_definition(pages=[sites_page()])
    answers = {"sites~1": True, "sites~2": True, "sites~1~grows": "yes", "sites~2~grows": "yes"}
    answers |= {"sites~1~jobs": 40, "sites~2~jobs": 2}

    marks = marks_of(definition, answers)

    assert marks.count(("grows", "", "yes")) == 1
    assert ("jobs", "", "42.0") in marks
