"""Sign-off: a named person or a body, nobody their own work, stale when changed, provisional on time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from consultations.programme.models import Consultation
from consultations.submissions import actions, lifecycle, queries, signoff, wanted
from consultations.submissions.models import Approval, Submission
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage
from tests.consultations.submissions.together import Team
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory
from tests.factories.stakeholders import ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return Team()


def ask(team, **told):
    told = told or {"approver": team.contact(team.approver)}
    return lifecycle.ask(team.submission.pk, actor=team.lead, **told)


def cabinet(team, days=10):
    return ask(team, body="Cabinet", meets_on=timezone.localdate() + timedelta(days=days))


def standing(team):
    return signoff.of(team.again(), queries.parts_of(team.submission))


def test_a_named_person_is_asked_approves_and_then_it_is_sent(team):
    approval = ask(team, approver=team.contact(team.approver), note="Before Friday, please.")
    assert (team.again().state, team.submission.needs_approval) == ("awaiting_approval", True)
    with pytest.raises(Refused, match="waits for approval by Anna Approver"):
        lifecycle.submit(team.submission.pk, actor=team.lead)

    for _ in range(2):
        lifecycle.approve(approval.pk, actor=team.approver)
    assert (team.again().state, standing(team).is_approved) == ("in_progress", True)
    assert lifecycle.submit(team.submission.pk, actor=team.lead).state == "submitted"

    asked = OutgoingMessage.objects.get(rule="submissions.approval_asked")
    assert (asked.to_email, wanted.why_not(asked)) == (team.approver.email, "The request was decided or taken back.")
    assert "Before Friday, please." in asked.text_body
    assert f"/approvals/{approval.public_id}/" in asked.text_body
    told = OutgoingMessage.objects.get(rule="submissions.approval_decided")
    assert (told.to_email, told.subject) == (team.lead.email, "Approved: the response of Tyne Works")
    assert Entry.objects.filter(verb="submission.approved").count() == 1


def test_nothing_is_changed_while_somebody_is_asked_and_what_was_asked_is_what_is_approved(team):
    approval = ask(team)
    for change in (
        lambda: team.save("barriers_text", "Something else."),
        lambda: actions.save_statement(team.submission.pk, "More.", actor=team.lead),
        lambda: actions.choose_confidentiality(team.submission.pk, "withheld", reason="x", actor=team.lead),
        lambda: actions.clean_files(team.submission.pk, actor=team.lead) or team.save("invests", "no"),
    ):
        with pytest.raises(Refused, match="cannot be changed now"):
            change()

    lifecycle.take_back(approval.pk, actor=team.lead)
    team.save("barriers_text", "Something else.")
    with pytest.raises(Refused, match="decided or taken back"):
        lifecycle.approve(approval.pk, actor=team.approver)


def test_an_approval_goes_stale_with_any_change_and_holds_again_when_the_text_does(team):
    before = team.response.data["barriers_text"]
    lifecycle.approve(ask(team).pk, actor=team.approver)
    team.save("barriers_text", "One word more.")
    assert (standing(team).is_approved, standing(team).is_stale) == (False, True)
    with pytest.raises(Refused, match="has been changed since"):
        lifecycle.submit(team.submission.pk, actor=team.lead)

    team.save("barriers_text", before)
    assert standing(team).is_approved
    for change in (
        lambda: actions.save_statement(team.submission.pk, "A statement.", actor=team.lead),
        lambda: actions.choose_confidentiality(team.submission.pk, "unnamed", actor=team.lead),
    ):
        change()
        assert standing(team).is_stale


def test_nobody_approves_their_own_work(team):
    with pytest.raises(Refused, match="their own work"):
        ask(team, approver=team.contact(team.lead))
    by_writer = ask(team, approver=team.contact(team.writer))
    with pytest.raises(Refused, match="You wrote part of this response"):
        lifecycle.approve(by_writer.pk, actor=team.writer)
    with pytest.raises(Refused, match="Only Will Writer can decide"):
        lifecycle.approve(by_writer.pk, actor=team.approver)
    # Whatever the code says, the database refuses it too.
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=by_writer.pk).update(
            state="approved", decided_by=team.lead, decided_at=timezone.now()
        )


def test_it_is_returned_with_reasons_and_can_be_changed_and_asked_again(team):
    approval = ask(team)
    with pytest.raises(Refused, match="what has to be changed"):
        lifecycle.return_to_writers(approval.pk, reasons=" ", actor=team.approver)
    lifecycle.return_to_writers(approval.pk, reasons="Say more of skills.", actor=team.approver)
    assert (team.again().state, standing(team).last.reasons) == ("in_progress", "Say more of skills.")
    with pytest.raises(Refused, match="needs an approval"):
        lifecycle.submit(team.submission.pk, actor=team.lead)
    team.save("barriers_text", "Skills, above all.")
    lifecycle.approve(ask(team).pk, actor=team.approver)
    assert lifecycle.submit(team.submission.pk, actor=team.lead).timing == "on_time"


def test_a_body_with_a_day_decides_and_the_lead_enters_it(team):
    approval = cabinet(team, days=0)
    today = timezone.localdate()
    with pytest.raises(Refused, match="still to come"):
        lifecycle.enter_decision(
            approval.pk, is_approved=True, decided_on=today + timedelta(1), minute_reference="1", actor=team.lead
        )
    with pytest.raises(Refused, match="minutes"):
        lifecycle.enter_decision(approval.pk, is_approved=True, decided_on=today, minute_reference=" ", actor=team.lead)
    lifecycle.enter_decision(
        approval.pk, is_approved=True, decided_on=today, minute_reference="CAB/31", actor=team.lead
    )
    assert standing(team).is_approved
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(minute_reference="")


def test_a_request_names_a_person_or_a_body_with_a_day_to_come_and_one_waits_at_a_time(team):
    with pytest.raises(Refused, match="day is over"):
        cabinet(team, days=-1)
    cabinet(team)
    with pytest.raises(Refused, match="was asked already"):
        ask(team)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(submission=team.submission, requested_by=team.lead, approver_name="B", fingerprint="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(meets_on=None)


def test_our_own_staff_are_never_asked(team):
    staff = UserFactory(officer=True, email="officer@soundings.example")
    with pytest.raises(Refused, match="works for us"):
        actions.outside_approver("Oscar", "Officer@soundings.example", actor=team.lead)
    with pytest.raises(Refused, match="works for us"):
        ask(team, approver=ContactFactory(user=staff, email=staff.email))


def test_what_is_incomplete_is_not_approved(team):
    team.save("invests", None)
    with pytest.raises(Refused, match="needs an answer"):
        ask(team)


# --- provisional ----------------------------------------------------------------------------------------


def test_a_provisional_response_arrives_on_time_and_is_confirmed_by_the_body(team, signed_in):
    approval = cabinet(team)
    sent = lifecycle.submit(team.submission.pk, provisional=True, actor=team.lead)
    assert (sent.state, sent.timing, sent.is_counted) == ("submitted", "provisional", True)
    assert list(queries.provisional_unconfirmed()) == [sent]
    assert list(queries.awaiting_signoff()) == [approval]
    assert "subject to approval by Cabinet" in OutgoingMessage.objects.get(rule="submissions.receipt").text_body
    assert signoff.awaited_for(sent).startswith("Cabinet, ")
    assert queries.lateness(team.consultation).words.startswith("1 submission is provisional: counted, and subject")
    officer = AssignmentFactory(consultation=team.consultation, role="officer").user
    for name in ("submissions:list", "analysis:figures"):
        shown = signed_in(officer).get(reverse(name, args=[team.consultation.reference])).content.decode()
        assert "rovisional" in shown

    Consultation.objects.update(closes_at=timezone.now() - timedelta(days=1))
    lifecycle.enter_decision(
        approval.pk, is_approved=True, decided_on=timezone.localdate(), minute_reference="CAB/31", actor=team.lead
    )
    confirmed = team.again()
    assert (confirmed.state, confirmed.timing, confirmed.is_changed_since) == ("submitted", "on_time", False)
    assert confirmed.confirmed_at is not None
    assert not queries.provisional_unconfirmed().exists()
    assert not queries.awaiting_signoff().exists()
    assert queries.lateness(team.consultation).words == ""


def test_a_provisional_response_that_is_refused_stays_provisional_until_it_is_withdrawn(team):
    approval = cabinet(team, days=0)
    lifecycle.submit(team.submission.pk, provisional=True, actor=team.lead)
    lifecycle.enter_decision(
        approval.pk,
        is_approved=False,
        decided_on=timezone.localdate(),
        minute_reference="CAB/31",
        reasons="Not like this.",
        actor=team.lead,
    )
    assert (team.again().timing, queries.provisional_unconfirmed().count()) == ("provisional", 1)
    # Somebody else may be asked, also now that it was sent.
    ask(team)
    lifecycle.withdraw(team.submission.pk, actor=team.lead)
    assert not queries.provisional_unconfirmed().exists()
    assert not Approval.objects.filter(state="waiting").exists()


def test_a_provisional_response_says_whose_approval_it_waits_for_and_comes_before_the_close(team):
    with pytest.raises(Refused, match="whose approval it waits for"):
        lifecycle.submit(team.submission.pk, provisional=True, actor=team.lead)
    cabinet(team)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Refused, match="nothing can be sent provisionally"):
        lifecycle.submit(team.submission.pk, provisional=True, actor=team.lead)


def test_what_is_reopened_waits_for_nobody_and_is_confirmed_no_more(team):
    approval = ask(team)
    lifecycle.submit(team.submission.pk, provisional=True, actor=team.lead)
    lifecycle.approve(approval.pk, actor=team.approver)
    assert team.again().timing == "on_time"
    lifecycle.reopen(team.submission.pk, actor=team.lead)
    again = team.again()
    assert (again.state, again.confirmed_at, standing(team).is_approved) == ("in_progress", None, True)
    team.save("invests", "no")
    assert standing(team).is_stale


def test_the_mark_of_a_confirmed_response_is_kept_right_by_the_database(team):
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=team.submission.pk).update(confirmed_at=timezone.now())


def test_sign_off_is_chosen_and_given_up_by_those_who_send(team):
    lifecycle.need_approval(team.submission.pk, True, actor=team.lead)
    with pytest.raises(Refused, match="needs an approval"):
        lifecycle.submit(team.submission.pk, actor=team.lead)
    approval = ask(team)
    with pytest.raises(Refused, match="Take the request back first"):
        lifecycle.need_approval(team.submission.pk, False, actor=team.lead)
    lifecycle.take_back(approval.pk, actor=team.lead)
    lifecycle.need_approval(team.submission.pk, False, actor=team.lead)
    assert lifecycle.submit(team.submission.pk, actor=team.lead).state == "submitted"


def test_a_day_is_said_as_people_say_it(team):
    approval = Approval(body="Cabinet", meets_on=date(2027, 3, 14))
    assert signoff.awaited(approval) == "Cabinet, 14 March 2027"
