"""Sending, withdrawing, reopening, setting aside."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from consultations.submissions import actions, lifecycle, tallies
from consultations.submissions.counters import Tally, TallyChange
from consultations.submissions.models import Submission, TextAnswer
from consultations.surveys.models import Survey
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import AreaFactory, ContactFactory, OrganisationFactory
from tests.factories.submissions import partner, submitted
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey

pytestmark = pytest.mark.django_db


def draft(survey=None, answers=None, **facts):
    survey = survey or published_survey()
    organisation = facts.pop("organisation", None) or OrganisationFactory()
    user = facts.pop("user", None) or partner(organisation)
    submission = actions.start(survey.consultation, user, organisation, **facts)
    actions.fill(submission, survey, SAMPLE_ANSWERS if answers is None else answers, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)
    return submission, user


def tally(*, question_code):
    """How many counted responses to any survey answered this question."""
    return sum(tallies.counts(survey).whole[question_code, "", ""] for survey in Survey.objects.all())


def test_a_submission_is_sent_with_what_was_asked_who_they_are_and_a_receipt():
    area = AreaFactory()
    organisation = OrganisationFactory(areas=[area])
    survey = published_survey()
    contact = ContactFactory()
    invitation = Invitation.objects.create(
        consultation=survey.consultation, contact=contact, organisation=organisation, state="sent"
    )
    submission, user = draft(survey, organisation=organisation)

    sent = lifecycle.submit(submission.pk, actor=user)

    assert (sent.state, sent.timing, sent.kind, list(sent.areas.all())) == (
        "submitted",
        "on_time",
        organisation.kind,
        [area],
    )
    assert sent.privacy_version == survey.consultation.privacy_version
    assert sent.responses.get().data == SAMPLE_ANSWERS
    assert list(TextAnswer.objects.values_list("question_code", "text")) == [
        ("barriers_text", SAMPLE_ANSWERS["barriers_text"])
    ]
    invitation.refresh_from_db()
    assert invitation.state == "responded"
    message = OutgoingMessage.objects.get(rule="submissions.receipt")
    assert message.to_email == user.email
    for text in (
        sent.reference,
        "Do you invest in training?",
        "Broadband",
        SAMPLE_ANSWERS["barriers_text"],
        "Tyne College",
    ):
        assert text in message.text_body
    entry = Entry.objects.get(verb="submission.submitted")
    assert SAMPLE_ANSWERS["barriers_text"] not in str(entry.facts)


def test_sending_twice_sends_once():
    submission, user = draft()

    lifecycle.submit(submission.pk, actor=user)
    again = lifecycle.submit(submission.pk, actor=user)

    assert again.state == "submitted"
    assert tally(question_code="staff") == 1
    assert OutgoingMessage.objects.filter(rule="submissions.receipt").count() == 1
    assert Entry.objects.filter(verb="submission.submitted").count() == 1
    assert TextAnswer.objects.count() == 1


def test_what_is_missing_is_named_and_nothing_changes():
    submission, user = draft(answers={"staff": 12})

    with pytest.raises(Refused) as refused:
        lifecycle.submit(submission.pk, actor=user)

    assert "1 question that needs an answer" in refused.value.message
    submission.refresh_from_db()
    assert (submission.state, submission.submitted_at, TallyChange.objects.count()) == ("in_progress", None, 0)


def test_an_empty_submission_is_not_sent():
    survey = published_survey()
    user = partner()
    submission = actions.start(survey.consultation, user)

    with pytest.raises(Refused, match="nothing to send"):
        lifecycle.submit(submission.pk, actor=user)


def test_a_survey_left_alone_stops_nobody():
    survey = published_survey()
    published_survey(survey.consultation)
    submission, user = draft(survey)

    assert lifecycle.submit(submission.pk, actor=user).state == "submitted"


def test_what_was_typed_and_not_accepted_has_to_be_looked_at_again():
    submission, user = draft()
    response = submission.responses.get()
    actions.save_section(response.pk, page_code="numbers", answers={}, unfinished={"staff": "lots"}, actor=user)

    with pytest.raises(Refused, match="could not be accepted"):
        lifecycle.submit(submission.pk, actor=user)


def test_answers_off_the_path_are_left_out_and_come_back_when_it_is_reopened():
    submission, user = draft(answers={**SAMPLE_ANSWERS, "invests": "no"})

    sent = lifecycle.submit(submission.pk, actor=user)
    assert "provider" not in sent.responses.get().data

    lifecycle.reopen(submission.pk, actor=user)

    response = submission.responses.get()
    assert response.data == {**SAMPLE_ANSWERS, "invests": "no"}
    assert TextAnswer.objects.count() == 0
    assert tallies.differences(response.survey) == {}
    assert Submission.objects.get().submitted_at is None


def test_reopening_is_over_when_the_consultation_is_or_officers_have_begun():
    sent = submitted()
    Consultation.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Refused, match="closed"):
        lifecycle.reopen(sent.pk)

    lifecycle.accept(sent.pk)
    with pytest.raises(Refused, match="officers"):
        lifecycle.reopen(sent.pk)


def test_begun_before_the_close_and_sent_after_it_is_kept_and_marked_late():
    submission, user = draft()
    closes_at = submission.consultation.closes_at

    at_the_last_second = lifecycle.submit(submission.pk, actor=user, now=closes_at)
    assert at_the_last_second.timing == "on_time"

    submission, user = draft(published_survey())
    late = lifecycle.submit(submission.pk, actor=user, now=submission.consultation.closes_at + timedelta(seconds=1))
    assert (late.state, late.timing) == ("submitted", "late")


def test_nothing_can_be_begun_after_the_close_but_a_draft_can_be_saved_and_sent():
    submission, user = draft()
    consultation = submission.consultation
    Consultation.objects.filter(pk=consultation.pk).update(
        closes_at=timezone.now() - timedelta(minutes=1), state="closed"
    )
    consultation.refresh_from_db()

    with pytest.raises(Refused, match="has closed"):
        actions.start(consultation, partner())
    assert Submission.objects.count() == 1

    response = submission.responses.get()
    actions.save_section(response.pk, page_code="numbers", answers={"staff": 7}, actor=user)
    assert lifecycle.submit(submission.pk, actor=user).timing == "late"


@pytest.mark.parametrize("state", ["paused", "reported"])
def test_a_paused_or_finished_consultation_takes_nothing(state):
    submission, user = draft()
    Consultation.objects.update(state=state)

    with pytest.raises(Refused):
        lifecycle.submit(submission.pk, actor=user)
    with pytest.raises(Refused):
        actions.start(Consultation.objects.get(), partner())

    assert Submission.objects.get().state == "in_progress"


def test_withdrawing_leaves_every_counter_and_makes_room_for_another():
    sent = submitted()
    user, organisation = sent.respondent, sent.organisation
    survey = sent.responses.get().survey
    assert tally(question_code="staff") == 1

    for _ in range(2):
        lifecycle.withdraw(sent.pk, actor=user)

    assert (tally(question_code="staff"), tallies.differences(survey)) == (0, {})
    assert actions.start(sent.consultation, user, organisation).pk != sent.pk


def test_a_second_submission_of_a_partner_is_refused_with_its_reference():
    sent = submitted()

    with pytest.raises(Refused) as refused:
        actions.start(sent.consultation, sent.respondent, sent.organisation)

    assert sent.reference in refused.value.message
    assert Submission.objects.count() == 1


def test_setting_aside_asks_why_and_can_be_undone():
    sent = submitted()
    survey = sent.responses.get().survey

    with pytest.raises(Refused, match="why"):
        lifecycle.reject(sent.pk, reason="  ")
    lifecycle.mark_duplicate(sent.pk, reason="The same as NELIS-3")
    assert tally(question_code="staff") == 0

    lifecycle.restore(sent.pk)

    assert Submission.objects.get().state == "submitted"
    assert (tally(question_code="staff"), tallies.differences(survey)) == (1, {})


def test_restoring_is_refused_when_another_took_its_place():
    sent = submitted()
    lifecycle.mark_duplicate(sent.pk, reason="Twice")
    actions.start(sent.consultation, sent.respondent, sent.organisation)

    with pytest.raises(Refused, match="another response"):
        lifecycle.restore(sent.pk)

    sent.refresh_from_db()
    assert sent.state == "duplicate"


def test_a_test_submission_counts_nowhere():
    survey = published_survey()
    user = UserFactory(administrator=True)
    submission = actions.start_test(survey.consultation, user)
    actions.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)

    lifecycle.submit(submission.pk, actor=user)

    assert (Tally.objects.count(), TallyChange.objects.count()) == (0, 0)


def test_counters_are_rebuilt_from_the_answers():
    survey = published_survey()
    for _ in range(2):
        submitted(survey=survey)
    tallies.fold(survey.pk)
    names = ("split", "column", "question_code", "row_code", "choice_code", "n")
    good = sorted(Tally.objects.values_list(*names))
    Tally.objects.filter(question_code="staff", split="", choice_code="").update(n=99)
    Tally.objects.filter(question_code="invests", split="").delete()

    assert len(tallies.differences(survey)) == 3
    assert tallies.rebuild(survey) == 3

    assert sorted(Tally.objects.values_list(*names)) == good
    assert ("", "", "assets", "ports", "yes", 2) in good


def test_a_statement_alone_is_a_submission_and_can_be_coded():
    survey = published_survey()
    user = partner()
    submission = actions.start(survey.consultation, user)
    actions.save_statement(submission.pk, "Trains matter most.", actor=user)
    actions.choose_confidentiality(submission.pk, "unnamed", actor=user)

    lifecycle.submit(submission.pk, actor=user)

    assert list(TextAnswer.objects.values_list("question_code", "text")) == [("", "Trains matter most.")]


def test_intake_is_checked_by_somebody_else_and_timed_by_the_day_it_came():
    survey = published_survey()
    writer, checker = partner(staff_role="engagement"), partner(staff_role="officer")
    submission = actions.begin_intake(
        survey.consultation,
        channel="letter",
        received_on=timezone.localdate() - timedelta(days=1),
        actor=writer,
        organisation=OrganisationFactory(),
    )
    with pytest.raises(Refused, match="publish"):
        lifecycle.hand_over(submission.pk, actor=writer)
    # Required questions that the letter does not answer are no hindrance.
    actions.fill(submission, survey, {"staff": 40}, actor=writer)
    actions.choose_confidentiality(submission.pk, "withheld", reason="Not said", actor=writer)
    lifecycle.hand_over(submission.pk, actor=writer)

    with pytest.raises(Refused, match="somebody else"):
        lifecycle.accept_typed_in(submission.pk, actor=writer)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    accepted = lifecycle.accept_typed_in(submission.pk, actor=checker)

    assert (accepted.state, accepted.timing, accepted.submitted_by) == ("submitted", "on_time", checker)
    assert OutgoingMessage.objects.count() == 0


def test_changing_what_waits_to_be_checked_makes_it_wait_anew():
    survey = published_survey()
    writer, checker = partner(staff_role="engagement"), partner(staff_role="officer")
    submission = actions.begin_intake(
        survey.consultation, channel="email", received_on=timezone.localdate(), actor=writer, name="Ada Test"
    )
    actions.fill(submission, survey, {"staff": 40}, actor=writer)
    actions.choose_confidentiality(submission.pk, "named", actor=writer)
    lifecycle.hand_over(submission.pk, actor=writer)

    actions.fill(submission, survey, {"staff": 41}, actor=writer)

    with pytest.raises(Refused, match="still being typed in"):
        lifecycle.accept_typed_in(submission.pk, actor=checker)


def test_the_command_finds_wrong_counters_and_mends_them(capsys):
    survey = submitted().responses.get().survey
    tallies.fold(survey.pk)
    call_command("check_tallies")
    Tally.objects.filter(question_code="staff", split="", choice_code="").update(n=5)

    with pytest.raises(CommandError, match="1 counters differ"):
        call_command("check_tallies")
    call_command("check_tallies", "--rebuild")
    capsys.readouterr()
    call_command("check_tallies")

    assert '"wrong": 0' in capsys.readouterr().out
