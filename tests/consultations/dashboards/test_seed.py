"""Seeded submissions are right wherever the product counts them."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consultations.analysis import figures
from consultations.dashboards.demonstration.call import QUESTIONNAIRES
from consultations.programme.models import Consultation
from consultations.submissions import tallies
from consultations.submissions.models import Response, Submission, TextAnswer
from consultations.surveys.definition import load
from consultations.surveys.models import Survey
from consultations.surveys.path import walk

pytestmark = pytest.mark.django_db


def seeded(number: int = 40, **options: object) -> Consultation:
    out = StringIO()
    call_command("seed", submissions=number, stdout=out, **options)
    said = json.loads(out.getvalue())
    assert said["seconds"] > 0
    return Consultation.objects.get(reference=said["consultation"])


def test_as_many_are_counted_as_were_asked_for():
    it = seeded(40)

    voices = figures.voices(it)
    assert it.state == "open"
    assert (voices.submissions, voices.organisations + voices.individuals) == (40, 40)
    assert figures.who_answered(it, "sector").base == 40
    assert figures.who_answered(it, "area").base == 40


def test_counters_texts_and_paths_agree_with_the_answers():
    it = seeded(40)
    survey = Survey.objects.get(consultation=it)
    definition = load(survey.current_version)

    assert tallies.differences(survey) == {}
    for response in Response.objects.filter(survey=survey):
        path = walk(definition, response.data)
        assert path.answers == response.data
        assert path.missing == []
        texts = dict(TextAnswer.objects.filter(response=response).values_list("question_code", "text"))
        long = [question.code for question in definition.questions() if question.kind == "long_text"]
        assert texts == {code: response.data[code] for code in long if code in response.data}


def test_each_run_makes_another_consultation_with_the_same_answers():
    first, second = seeded(15), seeded(15)

    assert (first.reference, second.reference) == ("seed-15", "seed-15-2")

    def answers(it: Consultation) -> list[object]:
        rows = Submission.objects.filter(consultation=it).order_by("reference")
        return [
            (row.kind_id, row.channel, row.confidentiality, [response.data for response in row.responses.all()])
            for row in rows
        ]

    assert answers(first) == answers(second)


def test_any_workbook_can_be_seeded():
    it = seeded(10, survey=QUESTIONNAIRES / "people.xlsx")

    assert Survey.objects.get(consultation=it).code == "people"
    assert Response.objects.filter(submission__consultation=it).count() == 10


def test_a_file_that_is_no_workbook_is_refused_and_nothing_is_left(tmp_path):
    path = tmp_path / "survey.xlsx"
    path.write_bytes(b"This is no workbook.")

    with pytest.raises(CommandError):
        call_command("seed", submissions=5, survey=path, stdout=StringIO())

    assert not Consultation.objects.exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("seed", submissions=5, survey=tmp_path / "none.xlsx", stdout=StringIO())


@pytest.mark.parametrize("number", ["0", "-3", "many"])
def test_a_number_has_to_be_a_number(number):
    with pytest.raises(CommandError, match="whole number"):
        call_command("seed", "--submissions", number, stdout=StringIO())
