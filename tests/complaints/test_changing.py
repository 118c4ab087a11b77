"""What users of other survey engines complain of, done to ours: changing a live survey, and answers that stop applying.

The numbers are those of the list of 24 complaints that the survey engine was designed against (docs/complaints.md).
"""

from dataclasses import replace

import pytest
from django.urls import reverse

from consultations.submissions import actions, lifecycle
from consultations.submissions.models import Response, Submission
from consultations.surveys import actions as building
from consultations.surveys import compiling
from consultations.surveys import lifecycle as surveys
from consultations.surveys.copying import copy_survey
from consultations.surveys.definition import Choice, Page, Question
from consultations.surveys.models import Question as QuestionRow
from consultations.surveys.models import Survey
from consultations.surveys.path import walk
from engagement.core.errors import Refused
from tests.consultations.exports.reading import built, tables
from tests.factories.programme import AssignmentFactory
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import SurveyFactory, make_definition

pytestmark = pytest.mark.django_db

A, B, C = Choice("a", "Roads"), Choice("b", "Rail"), Choice("c", "Ports")
FIRST = Question("first", "multiple", "What matters?", choices=(A, B, C), list_code="needs")
SECOND = Question("second", "short_text", "Where?")
THIRD = Question("third", "single", "How soon?", choices=(A, B), list_code="soon")


@pytest.fixture
def survey():
    survey = SurveyFactory(code="needs", title="Needs")
    publish(survey, FIRST, SECOND, THIRD)
    surveys.go_live(survey.pk)
    return again(survey)


@pytest.fixture
def officer(survey):
    return AssignmentFactory(consultation=survey.consultation, role="officer").user


def again(survey):
    return Survey.objects.select_related("current_version", "consultation").get(pk=survey.pk)


def publish(survey, *questions, drafts="move"):
    """Make these questions the draft, on one page, and publish it."""
    pages = (Page("main", "Your views", questions=tuple(questions)),)
    compiling.rebuild(survey, make_definition(pages=pages, code=survey.code, title=survey.title))
    return surveys.publish(survey.pk, drafts=drafts)


def begun(survey, answers):
    organisation = OrganisationFactory()
    user = partner(organisation)
    submission = actions.start(survey.consultation, user, organisation)
    actions.fill(submission, again(survey), answers, actor=user)
    return submission, user


def sent(survey, answers):
    submission, user = begun(survey, answers)
    actions.choose_confidentiality(submission.pk, "named", actor=user, may_contact=True)
    return lifecycle.submit(submission.pk, actor=user)


def exported(survey, officer):
    rows = tables(built(survey, officer))[survey.code]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def section(submission, survey, page="main"):
    return reverse("submissions:section", args=[submission.public_id, survey.code, page])


def test_01_removing_a_choice_keeps_its_data_and_shifts_no_cell(survey, officer):
    sent(survey, {"first": ["a", "b"], "second": "Blyth", "third": "a"})
    publish(survey, replace(FIRST, choices=(A, C)), SECOND, THIRD)
    sent(survey, {"first": ["c"], "second": "Amble", "third": "b"})

    old, new = exported(survey, officer)
    assert [(row["first__a"], row["first__b"], row["first__c"]) for row in (old, new)] == [
        ("1", "1", "0"),
        ("0", "0", "1"),
    ]
    assert [(row["second"], row["third"]) for row in (old, new)] == [("Blyth", "a"), ("Amble", "b")]


def test_02_a_question_that_was_deleted_keeps_its_column_and_its_place_on_the_record(survey, officer, signed_in):
    submission = sent(survey, {"first": ["a"], "second": "Blyth", "third": "a"})
    publish(survey, FIRST, THIRD)

    assert [row["second"] for row in exported(survey, officer)] == ["Blyth"]
    record = reverse("submissions:detail", args=[survey.consultation.reference, submission.reference])
    page = signed_in(officer).get(record).content.decode()
    assert "Where?" in page
    assert "Blyth" in page


def test_03_a_new_wording_renames_no_column_and_a_code_that_stands_already_is_refused(survey, officer):
    sent(survey, {"first": ["a"], "second": "Blyth", "third": "a"})
    publish(survey, FIRST, replace(SECOND, label="In which town?"), THIRD)
    assert [row["second"] for row in exported(survey, officer)] == ["Blyth"]

    page = survey.pages.get()
    with pytest.raises(Refused, match="belongs to another question"):
        building.save_question(page, {"code": "second", "kind": "short_text", "label": "Another"})
    assert QuestionRow.objects.get(survey=survey, code="second").label == "In which town?"


def test_04_a_code_never_gets_another_kind(survey):
    with pytest.raises(Refused, match="was used for another kind of question"):
        publish(survey, FIRST, replace(SECOND, kind="long_text"), THIRD)
    publish(survey, FIRST, THIRD)
    with pytest.raises(Refused, match="was used for another kind of question"):
        publish(survey, FIRST, replace(SECOND, kind="date"), THIRD)


def test_05_answers_stay_through_edits_and_a_copy_loses_no_setting(survey, officer):
    submission = sent(survey, {"first": ["a"], "second": "Blyth", "third": "a"})
    before = submission.responses.get().data
    publish(survey, replace(FIRST, required=True), replace(SECOND, settings={"word_limit": 3}), THIRD)
    assert submission.responses.get().data == before

    copy, notes = copy_survey(again(survey), survey.consultation, title="Needs again")
    assert notes == []
    original, copied = compiling.draft_of(again(survey)), compiling.draft_of(copy)
    assert replace(copied, code=original.code, title=original.title) == original


def test_06_neither_order_nor_deletion_hides_old_answers(survey, officer):
    sent(survey, {"first": ["a"], "second": "Blyth", "third": "b"})
    publish(survey, THIRD, SECOND, FIRST)
    publish(survey, SECOND)
    (row,) = exported(survey, officer)
    assert (row["first"], row["second"], row["third"]) == ("a", "Blyth", "b")


def test_07_closing_hides_nothing_and_a_preview_makes_nothing(survey, officer, signed_in):
    submission = sent(survey, {"first": ["a"], "second": "Blyth", "third": "a"})
    preview = reverse("surveys:preview", args=[survey.consultation.reference, survey.code])
    assert signed_in(officer).get(preview).status_code == 200
    surveys.close(survey.pk)
    assert [row["second"] for row in exported(survey, officer)] == ["Blyth"]
    assert Submission.objects.get().pk == submission.pk
    assert Response.objects.count() == 1


def test_08_closing_and_opening_again_loses_no_answer(survey, officer):
    sent(survey, {"first": ["a"], "second": "Blyth", "third": "a"})
    submission, _ = begun(survey, {"second": "Half done"})
    surveys.close(survey.pk)
    surveys.go_live(survey.pk)
    assert [row["second"] for row in exported(survey, officer)] == ["Blyth"]
    assert submission.responses.get().data["second"] == "Half done"


def test_09_a_draft_may_change_at_will_while_what_is_finished_stays_whole(survey, officer):
    sent(survey, {"first": ["a"], "second": "Blyth", "third": "a"})
    surveys.close(survey.pk)
    compiling.rebuild(survey, make_definition(Question("other_thing", "date", "When?"), code=survey.code, title="X"))
    assert [row["second"] for row in exported(survey, officer)] == ["Blyth"]


def test_10a_what_was_typed_outlives_the_session(survey, client, signed_in):
    submission, user = begun(survey, {"second": "Blyth"})
    signed_in(user).get(section(submission, survey))
    answer = client.post(section(submission, survey), {"second": "Typed after the session had ended"})
    assert answer.status_code == 302
    client.force_login(user)
    assert "Typed after the session had ended" in client.get(section(submission, survey)).content.decode()


def test_10b_a_response_is_taken_up_again_when_an_answered_question_has_gone(survey, signed_in):
    submission, user = begun(survey, {"second": "Blyth", "third": "a"})
    publish(survey, FIRST, THIRD)
    client = signed_in(user)
    assert client.get(reverse("submissions:tasks", args=[submission.public_id])).status_code == 200
    assert client.get(section(submission, survey)).status_code == 200
    assert submission.responses.get().data["second"] == "Blyth"


def test_10c_to_come_back_later_sends_nothing(survey, signed_in):
    submission, user = begun(survey, {})
    signed_in(user).post(section(submission, survey), {"second": "Blyth", "later": "1"})
    submission.refresh_from_db()
    assert (submission.state, submission.submitted_at) == ("in_progress", None)


def test_11_looking_at_what_is_saved_wipes_nothing(survey, signed_in):
    submission, user = begun(survey, {"first": ["a", "c"], "second": "Blyth"})
    client = signed_in(user)
    for _ in range(2):
        page = client.get(section(submission, survey)).content.decode()
        assert 'value="Blyth"' in page
    assert submission.responses.get().data == {"first": ["a", "c"], "second": "Blyth"}


NESTED = (
    Page("one", questions=(Question("a", "single", "A", choices=(A, B)),)),
    Page("two", relevance="${a} = 'a'", questions=(Question("b", "short_text", "B", settings={"default": "as ever"}),)),
    Page("three", relevance="${b} = 'x'", questions=(Question("c", "short_text", "C"),)),
)


def test_12_an_answer_that_stopped_applying_is_nowhere_and_its_default_does_not_come_back(officer, signed_in):
    survey = SurveyFactory(code="nested")
    compiling.rebuild(survey, make_definition(pages=_with_lists(NESTED), code="nested", title="Nested"))
    surveys.publish(survey.pk)
    surveys.go_live(survey.pk)
    submission, user = begun(survey, {"a": "a", "b": "x", "c": "deep"})
    actions.fill(submission, again(survey), {"a": "b"}, actor=user)
    client = signed_in(user)

    check = client.get(reverse("submissions:check", args=[submission.public_id])).content.decode()
    assert "deep" not in check
    assert "2 answers no longer apply" in check
    actions.choose_confidentiality(submission.pk, "named", actor=user, may_contact=True)
    lifecycle.submit(submission.pk, actor=user)
    assert submission.responses.get().data == {"a": "b"}
    officer = AssignmentFactory(consultation=survey.consultation, role="officer").user
    (row,) = exported(survey, officer)
    assert (row["a"], row["b"], row["c"]) == ("b", "", "")

    # A default is offered once: whoever emptied the box finds it empty.
    submission, user = begun(survey, {"a": "a"})
    client = signed_in(user)
    assert 'value="as ever"' in client.get(section(submission, survey, "two")).content.decode()
    client.post(section(submission, survey, "two"), {"b": ""})
    assert "as ever" not in client.get(section(submission, survey, "two")).content.decode()


def _with_lists(pages):
    return tuple(
        replace(page, questions=tuple(replace(q, list_code="ab" if q.choices else "") for q in page.questions))
        for page in pages
    )


def test_13_going_back_restores_what_was_written():
    definition = make_definition(pages=NESTED)
    answers = {"a": "a", "b": "x", "c": "deep"}
    assert walk(definition, {**answers, "a": "b"}).answers == {"a": "b"}
    assert walk(definition, answers).answers == answers
