"""Answering as a test: the whole way, who may, the list, the clearing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.submissions import actions, lifecycle, queries
from consultations.submissions.counters import Tally, TallyChange
from consultations.submissions.models import Submission
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.messaging import delivery
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.submissions import submitted
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey

pytestmark = pytest.mark.django_db


def at(name, consultation, *args):
    return reverse(f"submissions:{name}", args=[consultation.reference, *args])


def of(submission, name, *args):
    return reverse(f"submissions:{name}", args=[submission.public_id, *args])


@pytest.fixture
def survey():
    return published_survey(ConsultationFactory(reference="trial", title="Trial", draft=True), state="ready")


@pytest.fixture
def tester(survey):
    return AssignmentFactory(consultation=survey.consultation).user


def a_test(survey, user, *, send=True):
    submission = actions.start_test(survey.consultation, user)
    actions.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)
    return lifecycle.submit(submission.pk, actor=user) if send else submission


def test_staff_answer_a_survey_that_is_not_live_and_send_it(signed_in, survey, tester, outbox):
    client = signed_in(tester)
    begun = client.post(at("start_test", survey.consultation), {"kind": "", "areas": []})
    submission = Submission.objects.get()
    assert begun.headers["Location"] == of(submission, "tasks")
    tasks = client.get(begun.headers["Location"]).content.decode()
    assert "TEST" in tasks
    assert "Growth and productivity" in tasks

    for page, answers in (
        ("growth", {"invests": "no", "barriers_text": "Buses."}),
        ("numbers", {"staff": "12", "confidence": "4"}),
    ):
        shown = client.get(of(submission, "section", survey.code, page)).content.decode()
        assert "TEST" in shown
        assert (
            client.post(of(submission, "section", survey.code, page), {"revision": "0", **answers}).status_code == 302
        )
    client.post(of(submission, "confidentiality"), {"confidentiality": "named"})
    assert "TEST" in client.get(of(submission, "check")).content.decode()
    sent = client.post(of(submission, "submit"))

    assert sent.headers["Location"] == of(submission, "receipt")
    receipt = client.get(sent.headers["Location"]).content.decode()
    assert f"<title>TEST {submission.reference}" in receipt
    submission.refresh_from_db()
    assert (submission.state, submission.is_test, submission.responses.get().data["staff"]) == ("submitted", True, 12)
    delivery.drain()
    assert (outbox.only().to, outbox.only().subject[:6]) == ([f"{tester.name} <{tester.email}>"], "TEST: ")
    assert "THIS IS A TEST" in outbox.only().body


def test_a_test_that_was_sent_can_be_changed_and_sent_again(signed_in, survey, tester):
    test = a_test(survey, tester)

    signed_in(tester).post(of(test, "reopen"))
    lifecycle.submit(test.pk, actor=tester)

    assert Submission.objects.get().state == "submitted"
    assert (Tally.objects.count(), TallyChange.objects.count()) == (0, 0)


def test_an_unsent_test_is_gone_on_with_and_a_sent_one_is_not(survey, tester):
    first = actions.start_test(survey.consultation, tester)
    again = actions.start_test(survey.consultation, tester)
    actions.fill(first, survey, SAMPLE_ANSWERS, actor=tester)
    actions.choose_confidentiality(first.pk, "named", actor=tester)
    lifecycle.submit(first.pk, actor=tester)

    assert again.pk == first.pk
    assert actions.start_test(survey.consultation, tester).pk != first.pk


def test_a_test_is_not_in_the_way_of_the_testers_own_response():
    survey = published_survey()
    user = UserFactory(administrator=True)
    test = a_test(survey, user)

    real = actions.start(survey.consultation, user)

    assert (real.pk != test.pk, real.is_test) == (True, False)
    assert list(queries.own(user)) == [real]


def test_nothing_can_be_tried_before_a_version_is_published(tester, survey):
    empty = ConsultationFactory()
    user = AssignmentFactory(consultation=empty).user

    with pytest.raises(Refused, match="published version"):
        actions.start_test(empty, user)

    assert Submission.objects.count() == 0


def test_the_page_says_so_when_nothing_can_be_tried(signed_in):
    empty = ConsultationFactory()
    client = signed_in(AssignmentFactory(consultation=empty).user)

    assert "published version" in client.get(at("tests", empty)).content.decode()
    assert client.post(at("start_test", empty), {}).status_code == 422


def test_a_test_exists_for_its_tester_only_and_colleagues_read_it(signed_in, survey, tester):
    test = a_test(survey, tester, send=False)
    colleague = AssignmentFactory(consultation=survey.consultation, role="officer").user
    client = signed_in(colleague)

    assert client.get(of(test, "tasks")).status_code == 404
    assert client.post(of(test, "submit")).status_code == 404
    read = client.get(at("test", survey.consultation, test.reference)).content.decode()
    assert "We turned away two contracts" in read
    assert "colleague" in client.get(at("tests", survey.consultation)).content.decode()


def test_whoever_left_the_team_leaves_the_tests_behind(signed_in, survey, tester):
    test = a_test(survey, tester, send=False)
    tester.assignments.all().delete()

    assert signed_in(tester).get(of(test, "tasks")).status_code == 404
    assert queries.workable(tester, test.public_id) is None
    assert list(queries.workable_by(tester)) == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_many_tests_there_are(signed_in, survey, django_assert_num_queries, number):
    for _ in range(number):
        a_test(survey, AssignmentFactory(consultation=survey.consultation).user)
    client = signed_in(AssignmentFactory(consultation=survey.consultation).user)

    with django_assert_num_queries(8):
        page = client.get(at("tests", survey.consultation))

    assert page.content.decode().count('data-label="Tester"') == number


def test_the_list_is_narrowed_by_tester_and_state(signed_in, survey, tester):
    other = AssignmentFactory(consultation=survey.consultation).user
    mine, theirs = a_test(survey, tester, send=False), a_test(survey, other)
    client = signed_in(tester)

    def shown(query):
        text = client.get(at("tests", survey.consultation) + query).content.decode()
        return {row.reference for row in (mine, theirs) if row.reference in text}

    assert shown("") == {mine.reference, theirs.reference}
    assert shown("?state=draft") == {mine.reference}
    assert shown("?state=sent") == {theirs.reference}
    assert shown(f"?tester={other.email}") == {theirs.reference}
    assert shown("?state=nonsense&tester=nobody") == set()


def test_clearing_asks_first_then_deletes_tests_and_nothing_else(
    signed_in, survey, tester, django_capture_on_commit_callbacks
):
    real_survey = published_survey(ConsultationFactory(reference="real"))
    real = submitted(real_survey.consultation, real_survey)
    AssignmentFactory(consultation=real_survey.consultation, user=tester)
    test, elsewhere = a_test(real_survey, tester, send=False), a_test(survey, tester)
    document = actions.add_document(test.pk, SimpleUploadedFile("note.txt", b"What we found.\n"), actor=tester)
    storage, name = document.file.storage, document.file.name
    client = signed_in(tester)
    asked = client.get(at("clear_tests", real.consultation)).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(at("clear_tests", real.consultation))

    assert "1 test response" in asked
    assert set(Submission.objects.values_list("pk", flat=True)) == {real.pk, elsewhere.pk}
    assert not storage.exists(name)
    assert Entry.objects.get(verb="submission.tests_cleared").facts["number"] == 1
    assert actions.clear_tests(real.consultation, actor=tester) == 0


def test_staff_of_another_consultation_find_no_tests(signed_in, survey, tester):
    a_test(survey, tester)
    stranger = AssignmentFactory(consultation=ConsultationFactory()).user
    client = signed_in(stranger)

    for name in ("tests", "start_test", "clear_tests"):
        assert client.get(at(name, survey.consultation)).status_code == 404
    assert client.post(at("clear_tests", survey.consultation)).status_code == 404
    assert Submission.objects.filter(is_test=True).count() == 1
