"""A statement and documents instead of answers: a whole submission, and an answer to no survey."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from consultations.submissions import actions, lifecycle
from consultations.submissions.counters import Uncounted
from consultations.submissions.models import Response, Submission, TextAnswer
from tests.factories.evidence import brought
from tests.factories.programme import ConsultationFactory
from tests.factories.submissions import partner, submitted
from tests.factories.surveys import published_survey


def stated(consultation, text="Trains matter most."):
    user = partner()
    draft = actions.start(consultation, user)
    actions.save_statement(draft.pk, text, actor=user)
    actions.choose_confidentiality(draft.pk, "named", actor=user)
    return lifecycle.submit(draft.pk, actor=user)


@pytest.mark.django_db
def test_a_statement_is_sent_where_no_survey_is_open_and_answers_none():
    sent = stated(ConsultationFactory())

    (text,) = sent.texts.all()
    assert (text.text, text.response, text.survey_code) == ("Trains matter most.", None, None)
    assert not Response.objects.exists()


@pytest.mark.django_db
def test_documents_alone_are_a_submission():
    sent = brought()

    assert (sent.state, sent.texts.count(), sent.responses.count()) == ("submitted", 0, 0)


@pytest.mark.django_db
def test_a_statement_beside_answers_hangs_on_none_of_them():
    sent = submitted(statement="Trains matter most.")

    assert sent.texts.get(question_code="").response is None
    assert sent.texts.exclude(question_code="").get().response == sent.responses.get()


@pytest.mark.django_db
def test_reopening_takes_the_statement_out_of_what_is_coded():
    sent = stated(ConsultationFactory())

    lifecycle.reopen(sent.pk)

    assert not TextAnswer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("question", ["why", ""])
def test_the_database_tells_answers_from_statements(question):
    sent = submitted(statement="Trains.")
    response = None if question else sent.responses.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        TextAnswer.objects.create(submission=sent, response=response, question_code=question, text="x")


@pytest.mark.django_db(transaction=True)
def test_old_statements_leave_the_responses_that_they_hung_on():
    survey = published_survey()
    both = submitted(survey=survey, statement="Beside.")
    alone = stated(survey.consultation, "Alone.")
    executor = MigrationExecutor(connection)
    TextAnswer.objects.filter(response=None).delete()
    executor.migrate([("submissions", "0010_mail_and_acknowledgements")])
    old = executor.loader.project_state([("submissions", "0010_mail_and_acknowledgements")]).apps
    responses, texts_before = old.get_model("submissions", "Response"), old.get_model("submissions", "TextAnswer")
    made = responses.objects.create(
        submission_id=alone.pk, survey_id=survey.pk, version_id=survey.current_version_id, data={}
    )
    texts_before.objects.create(response_id=made.pk, question_code="", text="Alone.")
    kept = responses.objects.get(submission_id=both.pk)
    texts_before.objects.create(response_id=kept.pk, question_code="", text="Beside.")

    executor.loader.build_graph()
    executor.migrate(executor.loader.graph.leaf_nodes())

    texts = TextAnswer.objects.filter(question_code="").order_by("text")
    assert [(row.submission_id, row.response_id, row.text) for row in texts] == [
        (alone.pk, None, "Alone."),
        (both.pk, None, "Beside."),
    ]
    assert list(Response.objects.values_list("pk", flat=True)) == [kept.pk]
    assert TextAnswer.objects.exclude(question_code="").get().submission_id == both.pk
    assert list(Uncounted.objects.values_list("survey", flat=True)) == [survey.pk]
    assert Submission.objects.count() == 2
