"""Surveys that are published again while people are answering: who moves, who stays, and what they are told."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.submissions import actions, lifecycle, moved, queries
from consultations.submissions.views.tasks import tasks_of
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.models import SurveyVersion
from tests.factories.programme import ConsultationFactory
from tests.factories.submissions import ResponseFactory, SubmissionFactory, partner
from tests.factories.surveys import YES_NO, make_definition, publish_version, published_survey

pytestmark = pytest.mark.django_db

INVESTS = Question("invests", "single", "Do you invest?", required=True, choices=(*YES_NO, Choice("maybe", "Perhaps")))
STAFF = Question("staff", "integer", "How many people?")
WHY = Question("why", "long_text", "Why?", required=True)
FEWER = Question("invests", "single", "Do you invest?", required=True, choices=YES_NO)


def page(code, *questions):
    return Page(code, code.title(), questions=questions)


FIRST = (page("money", INVESTS), page("people", STAFF))
# “Perhaps” goes, the number of people must be answered, and “Why?” is new.
SECOND = (page("money", FEWER), page("people", Question("staff", "integer", "How many people?", required=True), WHY))


@pytest.fixture
def survey():
    return published_survey(ConsultationFactory(), pages=FIRST)


@pytest.fixture
def ada(survey):
    return partner()


@pytest.fixture
def response(survey, ada):
    submission = actions.start(survey.consultation, ada)
    response = actions.begin_response(submission, survey)
    actions.save_section(response.pk, page_code="money", answers={"invests": "maybe"}, actor=ada)
    actions.save_section(response.pk, page_code="people", answers={"staff": 12}, actor=ada)
    return response


def publish(survey, pages, change, drafts):
    version = publish_version(survey, make_definition(pages=pages), change=change)
    SurveyVersion.objects.filter(pk=version.pk).update(drafts=drafts)
    return version


def part_of(response):
    return queries.part_of(response.submission, response.survey.code)


def labels(response, user):
    groups = tasks_of(response.submission, queries.parts_of(response.submission), user=user)
    return groups[0].intro, [(task["title"], task["label"]) for task in groups[0].tasks]


def test_nobody_is_told_anything_while_nothing_changed(response, ada, django_assert_num_queries):
    part = part_of(response)
    with django_assert_num_queries(0):
        assert moved.news_of(part) is None
    assert labels(response, ada) == ("", [("Money", "Completed"), ("People", "Completed")])


def test_who_is_to_finish_what_they_began_meets_no_change(response, survey, ada):
    publish(survey, SECOND, "narrowing", "stay")
    part = part_of(response)
    assert (part.version.number, part.path.missing, part.path.answers) == (1, [], {"invests": "maybe", "staff": 12})
    assert labels(response, ada) == ("", [("Money", "Completed"), ("People", "Completed")])


def test_who_moves_is_told_what_changed_and_where_to_look(response, survey, ada):
    version = publish(survey, SECOND, "narrowing", "move")
    part = part_of(response)
    assert part.version == version
    assert part.path.missing == [("money", "invests"), ("people", "why")]
    text, tasks = labels(response, ada)
    assert text == (
        "This survey has changed since you began: 1 new question, 1 question must be answered now, 1 question has "
        "another wording or other choices. What you answered is kept."
    )
    assert tasks == [("Money", "Look again"), ("People", "New question")]
    # Nothing is deleted: the answer that no longer fits is still there.
    response.refresh_from_db()
    assert response.data == {"invests": "maybe", "staff": 12}
    actions.save_section(response.pk, page_code="people", answers={"why": "Because."}, actor=ada)
    assert labels(response, ada)[1] == [("Money", "Look again"), ("People", "Completed")]


def test_the_sentence_stands_on_a_page_until_the_next_save(response, survey, ada, signed_in):
    publish(survey, SECOND, "narrowing", "move")
    client = signed_in(ada)
    address = reverse("submissions:section", args=[response.submission.public_id, survey.code, "people"])
    found = client.get(address)
    assert "This survey has changed since you began: 1 new question" in found.content.decode()
    actions.save_section(response.pk, page_code="people", answers={"why": "Because."}, actor=ada)
    assert "This survey has changed" not in client.get(address).content.decode()


def test_a_response_that_was_sent_keeps_its_version(response, survey, ada):
    submission = response.submission
    submission.confidentiality = "named"
    submission.save()
    lifecycle.submit(submission.pk, actor=ada)
    publish(survey, SECOND, "narrowing", "move")
    submission.refresh_from_db()
    part = queries.part_of(submission, survey.code)
    assert (part.version.number, part.path.answers["invests"]) == (1, "maybe")


def test_wording_before_a_narrowing_change_still_reaches_those_who_stay(response, survey):
    reworded = publish(
        survey, (page("money", INVESTS), page("people", STAFF, Question("x", "date", "When?"))), "additive", "move"
    )
    publish(survey, SECOND, "narrowing", "stay")
    publish(survey, (*SECOND, page("more", Question("y", "date", "When?"))), "additive", "move")
    assert part_of(response).version == reworded


class Model:
    """What a person would say: walk on from version to version until one says stop."""

    def __init__(self):
        self.at, self.versions = 1, []

    def expected(self):
        for number, change, drafts in self.versions:
            if number <= self.at:
                continue
            if change == "narrowing" and drafts == "stay":
                break
            self.at = number
        return self.at


steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("publish"), st.sampled_from(["wording", "additive", "narrowing"]), st.sampled_from(["stay", "move"])
        ),
        st.tuples(st.just("save"), st.just(""), st.just("")),
        st.tuples(st.just("let"), st.just(""), st.just("")),
    ),
    max_size=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps)
def test_whatever_is_published_a_draft_stands_where_its_officers_let_it_go(walk):
    survey = published_survey(ConsultationFactory(), pages=FIRST)
    response = ResponseFactory(submission=SubmissionFactory(consultation=survey.consultation), survey=survey)
    model, seen = Model(), []
    for step, change, drafts in walk:
        if step == "publish":
            number = survey.versions.count() + 1
            extra = Question(f"q{number}", "date", f"When {number}?")
            publish(survey, (page("money", INVESTS), page("people", STAFF, extra)), change, drafts)
            model.versions.append((number, change, drafts))
        elif step == "save":
            actions.save_section(response.pk, page_code="people", answers={"staff": len(seen) + 1})
        elif model.versions:
            number, change, _ = model.versions[0]
            SurveyVersion.objects.filter(survey=survey, number=number).update(drafts="move")
            model.versions[0] = (number, change, "move")
        found = part_of(response)
        seen.append(found.version.number)
        assert found.version.number == model.expected()
        saved = found.response.data
        assert found.path.answers == saved
    # Nobody ever goes back to an earlier version.
    assert all(before <= after for before, after in pairwise(seen))


def test_the_version_somebody_began_in_is_that_of_its_moment(response, survey):
    publish(survey, SECOND, "narrowing", "move")
    response.created_at = timezone.now() + timedelta(hours=1)
    part = part_of(response)
    part.response.created_at = response.created_at
    assert moved.news_of(part) is None
