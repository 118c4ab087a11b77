"""Each profile carries what it may, and nothing else."""

import json

import pytest

from consultations.submissions.models import Submission, TextAnswer
from consultations.surveys.definition import Question
from tests.consultations.exports.reading import built, tables
from tests.factories.analysis import (
    QUESTIONS,
    CodeFactory,
    CodeFrameFactory,
    agreed_note,
    coded,
    heard,
    survey_asking,
)
from tests.factories.stakeholders import KindFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def _three_partners(survey):
    people = {}
    for choice in Submission.Confidentiality.values:
        organisation = OrganisationFactory(name=f"{choice.title()} Works")
        people[choice] = heard(
            survey,
            {"why": f"Words of the {choice} one."},
            organisation=organisation,
            kind=KindFactory(),
            confidentiality=choice,
            respondent_name=f"Person {choice}",
            respondent_email=f"{choice}@works.example",
            statement=f"Statement of the {choice} one.",
        )
    return people


def test_the_public_profile_carries_what_may_be_published_and_names_as_agreed(survey, officer):
    _three_partners(survey)

    content = json.dumps(tables(built(survey, officer, profile="public")))

    assert "Words of the named one." in content
    assert "Words of the unnamed one." in content
    assert "Named Works" in content
    for secret in ("withheld", "Withheld", "Unnamed Works", "works.example", "Person named"):
        assert f"{secret} one" not in content or secret == "unnamed"
        assert secret not in content.replace("withheld = do not publish", "")


def test_the_pseudonymous_profile_has_no_names_and_the_same_pseudonym_every_time(survey, officer):
    _three_partners(survey)

    first, second = (tables(built(survey, officer)) for _ in range(2))

    content = json.dumps(first)
    assert len(first["main"]) == 4
    assert [row[0] for row in first["main"]] == [row[0] for row in second["main"]]
    assert "Works" not in content
    assert "works.example" not in content
    assert not [
        reference for reference in Submission.objects.values_list("reference", flat=True) if reference in content
    ]


def test_questions_with_personal_data_are_in_the_full_profile_only(survey, officer, administrator):
    asked = (*QUESTIONS, Question("home", "short_text", "Your address", personal=True))
    survey_asking(survey.consultation, asked)
    heard(survey, {"home": "1 Quay Lane"})

    assert "1 Quay Lane" not in json.dumps(tables(built(survey, officer)))
    assert "1 Quay Lane" not in json.dumps(tables(built(survey, officer, profile="public")))
    full = built(survey, administrator, profile="full", reason="To invite them again.")
    assert "1 Quay Lane" in json.dumps(tables(full))


def test_an_answer_stricter_than_its_submission_stays_out_of_the_public_file(survey, officer):
    heard(survey, {"why": "Keep this.", "grow": "yes"}, stricter={"main": {"why": "withheld"}})

    header, row = tables(built(survey, officer, profile="public"))["main"]

    shown = dict(zip(header, row, strict=True))
    assert (shown["why"], shown["grow"]) == ("", "yes")


def test_drafts_and_withdrawn_submissions_are_in_no_file(survey, officer):
    heard(survey, {"why": "Sent."})
    for state in (*Submission.DRAFTS, *Submission.SET_ASIDE):
        heard(survey, {"why": f"Not {state}."}, state=state)

    job = built(survey, officer)

    assert len(tables(job)["main"]) == 2
    assert job.row_count == 2  # one response, one submission


def test_notes_and_passages_are_in_the_file_and_what_is_not_attributable_names_nobody(survey, officer):
    code = CodeFactory(frame=CodeFrameFactory(consultation=survey.consultation), label="Buses")
    heard(survey, {"why": "Buses are few."})
    coded(TextAnswer.objects.get(), code)
    note = agreed_note(survey.consultation, "No bus after six.", is_attributable=False)
    note.organisations.add(OrganisationFactory(name="Quiet Ltd"))

    found = tables(built(survey, officer, profile="public"))

    assert found["passages"][1][5:8] == ["Buses", "", "Buses are few."]
    assert found["event-notes"][1][5] == "No bus after six."
    assert "Quiet Ltd" not in json.dumps(found)
