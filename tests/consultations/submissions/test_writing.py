"""Saving, meeting a colleague, and losing nothing."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from consultations.submissions import actions, lifecycle, queries, tallies
from consultations.submissions.models import EvidenceDocument, ResponseRevision, Submission, TextAnswer
from consultations.surveys.definition import Page, Question
from consultations.surveys.path import walk
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import SAMPLE_ANSWERS, YES_NO, make_definition, publish_version, published_survey


def two_colleagues():
    organisation, survey = OrganisationFactory(), published_survey()
    anna, ben = partner(organisation), partner(organisation, role="contributor")
    submission = actions.start(survey.consultation, anna, organisation)
    assert actions.start(survey.consultation, ben, organisation) == submission
    return submission, actions.begin_response(submission, survey), anna, ben


@pytest.mark.django_db
def test_two_colleagues_who_answer_the_same_question_lose_nothing():
    _, response, anna, ben = two_colleagues()
    actions.save_section(response.pk, page_code="growth", answers={"barriers_text": "Anna's"}, revision=0, actor=anna)

    with pytest.raises(actions.Conflict) as conflict:
        actions.save_section(
            response.pk,
            page_code="growth",
            answers={"barriers_text": "Ben's", "invests": "yes"},
            revision=0,
            actor=ben,
        )

    assert [(c.code, c.mine, c.theirs) for c in conflict.value.clashes] == [("barriers_text", "Ben's", "Anna's")]
    response.refresh_from_db()
    # What did not clash is saved; theirs stands until somebody chooses.
    assert response.data == {"barriers_text": "Anna's", "invests": "yes"}
    assert queries.open_conflicts(response.submission, ben).get().patch == {"barriers_text": "Ben's"}


@pytest.mark.django_db
@pytest.mark.parametrize(("choice", "stands"), [("mine", "Ben's"), ("theirs", "Anna's"), ("both", "Anna's\n\nBen's")])
def test_a_clash_is_settled_by_choosing_once(choice, stands):
    _, response, anna, ben = two_colleagues()
    actions.save_section(response.pk, page_code="growth", answers={"barriers_text": "Anna's"}, revision=0, actor=anna)
    with pytest.raises(actions.Conflict) as conflict:
        actions.save_section(response.pk, page_code="growth", answers={"barriers_text": "Ben's"}, revision=0, actor=ben)
    response.refresh_from_db()

    for _ in range(2):
        actions.settle(
            response.pk,
            conflict.value.number,
            choices={"barriers_text": choice},
            revision=response.revision,
            actor=ben,
        )

    response.refresh_from_db()
    assert response.data["barriers_text"] == stands
    assert not queries.open_conflicts(response.submission, ben).exists()


@pytest.mark.django_db
def test_a_page_that_was_not_touched_never_undoes_a_colleague():
    _, response, anna, ben = two_colleagues()
    actions.save_section(response.pk, page_code="growth", answers={"invests": "yes"}, revision=0, actor=anna)

    # Ben's page was opened before; he changed only the other question on it.
    actions.save_section(
        response.pk, page_code="growth", answers={"invests": None, "barriers_text": "Ben's"}, revision=0, actor=ben
    )

    response.refresh_from_db()
    assert response.data == {"invests": "yes", "barriers_text": "Ben's"}


@pytest.mark.django_db
def test_saving_the_same_again_writes_no_revision():
    _, response, anna, _ = two_colleagues()
    for _ in range(2):
        actions.save_section(response.pk, page_code="growth", answers={"invests": "yes"}, actor=anna)

    assert ResponseRevision.objects.count() == 1


@pytest.mark.django_db
def test_what_was_sent_cannot_be_changed_any_more():
    submission, response, anna, _ = two_colleagues()
    actions.fill(submission, response.survey, SAMPLE_ANSWERS, actor=anna)
    actions.choose_confidentiality(submission.pk, "named", actor=anna)
    lifecycle.submit(submission.pk, actor=anna)

    with pytest.raises(Refused, match="cannot be changed"):
        actions.save_section(response.pk, page_code="growth", answers={"invests": "no"}, actor=anna)

    response.refresh_from_db()
    assert response.data == SAMPLE_ANSWERS


@pytest.mark.django_db
def test_the_statement_keeps_both_texts():
    submission, _, anna, ben = two_colleagues()
    actions.save_statement(submission.pk, "Anna's", revision=0, actor=anna)

    with pytest.raises(actions.StatementConflict) as conflict:
        actions.save_statement(submission.pk, "Ben's", revision=0, actor=ben)
    assert (conflict.value.mine, conflict.value.theirs) == ("Ben's", "Anna's")
    actions.save_statement(submission.pk, "Both", revision=conflict.value.revision, actor=ben)

    submission.refresh_from_db()
    assert submission.statement == "Both"
    assert list(submission.statements.values_list("text", "is_applied")) == [
        ("Anna's", True),
        ("Ben's", False),
        ("Both", True),
    ]


@pytest.mark.django_db
def test_wording_and_additions_reach_a_draft_and_narrowing_does_not():
    submission, response, anna, _ = two_colleagues()
    survey = response.survey
    actions.save_section(response.pk, page_code="growth", answers={"invests": "no"}, actor=anna)
    more = Page("more", "More", questions=(Question("extra", "short_text", "And now?", required=True),))
    added = publish_version(survey, make_definition(pages=[*make_definition().pages, more]), change="additive")

    part = queries.part_of(submission, survey.code)
    assert (part.version, part.path.missing) == (added, [("more", "extra")])
    actions.save_section(response.pk, page_code="more", answers={"extra": "Yes"}, actor=anna)
    response.refresh_from_db()
    assert response.version == added

    publish_version(survey, make_definition(Question("invests", "single", "?", choices=YES_NO)), change="narrowing")

    assert queries.part_of(submission, survey.code).version == added


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("virus.exe", b"MZ\x90\x00", "of a kind that we do not take"),
        ("report.pdf", b"MZ\x90\x00 this is no document", "is not what its name says"),
        ("empty.pdf", b"", "empty"),
    ],
)
def test_files_are_taken_by_what_is_in_them(name, content, sentence):
    submission, _, anna, _ = two_colleagues()

    with pytest.raises(Refused, match=sentence):
        actions.add_document(submission.pk, SimpleUploadedFile(name, content), actor=anna)

    assert EvidenceDocument.objects.count() == 0


@pytest.mark.django_db
def test_a_document_is_kept_under_a_name_of_ours_and_removed_with_its_file(django_capture_on_commit_callbacks):
    submission, _, anna, _ = two_colleagues()

    document = actions.add_document(submission.pk, SimpleUploadedFile("../What we found.txt", b"Trains."), actor=anna)
    assert (document.title, document.size) == ("What we found.txt", 7)
    assert "found" not in document.file.name
    with pytest.raises(Refused, match="here already"):
        actions.add_document(submission.pk, SimpleUploadedFile("again.txt", b"Trains."), actor=anna)

    storage, name = document.file.storage, document.file.name
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_document(document.pk, actor=anna)
    assert not storage.exists(name)


# --- nothing given on the path is lost -------------------------------------------------------------------

CODES = ["invests", "barriers_text", "staff", "founded", "confidence", "provider"]
VALUES = {
    "invests": st.sampled_from(["yes", "no"]),
    "barriers_text": st.text("abc d", min_size=1, max_size=12).filter(str.strip),
    "staff": st.integers(0, 10**6),
    "founded": st.sampled_from(["1998-04-01", "2018-12-31"]),
    "confidence": st.sampled_from(["1", "3", "5"]),
    "provider": st.sampled_from(["Tyne College", "Wear Academy"]),
}
GIVEN = st.fixed_dictionaries({}, optional=VALUES)
STEPS = st.lists(
    st.one_of(st.tuples(st.just("save"), GIVEN), st.sampled_from([("submit", None), ("reopen", None)])), max_size=14
)


class NothingIsLost(TestCase):
    """Whatever is saved, sent and reopened in whatever order: the last answer to each question stands."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_no_answer_on_the_path_is_lost(self, steps):
        survey = published_survey()
        user = partner()
        submission = actions.start(survey.consultation, user)
        response = actions.begin_response(submission, survey)
        actions.choose_confidentiality(submission.pk, "named", actor=user)
        model: dict = {}
        is_sent = False
        for what, answers in steps:
            if what == "save":
                try:
                    actions.save_section(response.pk, page_code="p", answers=answers, actor=user)
                    assert not is_sent
                    model.update(answers)
                except Refused:
                    assert is_sent
            elif what == "submit":
                try:
                    lifecycle.submit(submission.pk, actor=user)
                    is_sent = True
                except Refused:
                    assert walk(make_definition(), model).missing or not model
            else:
                lifecycle.reopen(submission.pk, actor=user)
                is_sent = False
            response.refresh_from_db()
            on_path = walk(make_definition(), model).answers
            assert {code: response.data[code] for code in on_path} == on_path
            assert response.data == (on_path if is_sent else model)
            texts = dict(TextAnswer.objects.filter(response=response).values_list("question_code", "text"))
            assert texts == (
                {"barriers_text": on_path["barriers_text"]} if is_sent and "barriers_text" in on_path else {}
            )


# --- at the same time ------------------------------------------------------------------------------------


def at_once(*acts):
    """Run the acts in threads that start together; what each returned or raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            barrier.wait(10)
            results[number] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    connection.close()
    return results


@pytest.mark.django_db(transaction=True)
def test_a_double_click_sends_once():
    submission, response, anna, _ = two_colleagues()
    actions.fill(submission, response.survey, SAMPLE_ANSWERS, actor=anna)
    actions.choose_confidentiality(submission.pk, "named", actor=anna)

    results = at_once(*[lambda: lifecycle.submit(submission.pk, actor=anna).state] * 2)

    assert results == ["submitted", "submitted"]
    assert OutgoingMessage.objects.filter(rule="submissions.receipt").count() == 1
    assert TextAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_colleagues_who_begin_at_once_write_one_submission():
    organisation, survey = OrganisationFactory(), published_survey()
    people = [partner(organisation), partner(organisation)]

    results = at_once(*[lambda user=user: actions.start(survey.consultation, user, organisation).pk for user in people])

    assert len(set(results)) == 1
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_different_partners_who_send_at_once_are_all_counted():
    survey = published_survey()
    ready = []
    for _ in range(4):
        user = partner()
        submission = actions.start(survey.consultation, user)
        actions.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
        actions.choose_confidentiality(submission.pk, "named", actor=user)
        ready.append((submission.pk, user))

    results = at_once(*[lambda one=one: lifecycle.submit(one[0], actor=one[1]).state for one in ready])

    assert results == ["submitted"] * 4
    assert tallies.differences(survey) == {}
