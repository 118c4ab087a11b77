"""The one policy on what an output may carry."""

import pytest

from consultations.submissions import confidentiality
from consultations.submissions.models import Submission
from consultations.surveys.definition import Question
from engagement.stakeholders.models import Kind, Organisation, Sector


def submission(choice, *, state="submitted", stricter=None, is_test=False):
    kind = Kind(name="University", sector=Sector(code="education", name="Education"))
    return Submission(
        organisation=Organisation(name="University of the Wear", kind=kind),
        kind=kind,
        state=state,
        confidentiality=choice,
        stricter=stricter or {},
        is_test=is_test,
    )


@pytest.mark.parametrize(
    ("choice", "published", "named", "shown"),
    [
        ("named", True, True, "University of the Wear"),
        ("unnamed", True, False, "A partner (education)"),
        ("withheld", False, False, "A partner (education)"),
        ("", False, False, "A partner (education)"),
    ],
)
def test_the_choice_of_the_partner_decides(choice, published, named, shown):
    one = submission(choice)

    assert confidentiality.may_publish(one) is published
    assert confidentiality.may_name(one) is named
    assert confidentiality.shown_as(one) == shown


@pytest.mark.parametrize("state", ["started", "awaiting_approval", "withdrawn", "duplicate", "rejected"])
def test_what_does_not_count_is_never_published(state):
    assert not confidentiality.may_publish(submission("named", state=state))
    assert not confidentiality.may_name(submission("named", state=state))


def test_an_answer_is_stricter_and_never_laxer():
    one = submission("named", stricter={"skills": {"plans": "withheld"}})
    two = submission("withheld", stricter={"skills": {"plans": "named"}})

    assert not confidentiality.may_publish(one, "plans", survey_code="skills")
    assert not confidentiality.may_publish(one, "plans")
    assert confidentiality.may_publish(one, "plans", survey_code="places")
    assert confidentiality.may_publish(one, "other", survey_code="skills")
    assert not confidentiality.may_publish(two, "plans", survey_code="skills")


def test_personal_data_is_never_published():
    question = Question("mail", "short_text", "Your address?", personal=True)

    assert not confidentiality.may_publish(submission("named"), "mail", question=question)


def test_tests_are_never_published():
    assert not confidentiality.may_publish(submission("named", is_test=True))
