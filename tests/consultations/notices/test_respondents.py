"""Sign-off and provisional answers: who is asked for what, and until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.notices import plan, tasks
from consultations.submissions.models import Approval, Submission
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage
from tests.factories.notices import StepFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory
from tests.factories.submissions import submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation(clock):
    return ConsultationFactory(closes_at=timezone.now() + timedelta(days=5))


def waiting(consultation, **facts):
    submission = submitted(consultation)
    OutgoingMessage.objects.all().delete()  # the receipt
    Submission.objects.filter(pk=submission.pk).update(state="awaiting_approval", submitted_at=None, timing="")
    return Approval.objects.create(
        submission=submission, requested_by=submission.submitted_by, fingerprint="x" * 64, **facts
    )


def go(clock, step):
    clock.move_to(plan.PLAN.due_at(step))
    tasks.plan_notices()
    delivery.drain()


def test_the_person_whose_sign_off_is_awaited_is_reminded(consultation, clock, outbox):
    grace = ContactFactory(name="Grace")
    approval = waiting(consultation, approver=grace, approver_name="Grace")
    done = waiting(consultation, approver=ContactFactory(), approver_name="Done")
    step = StepFactory(consultation=consultation, kind="signoff", days=-3)
    tasks.plan_notices()
    assert OutgoingMessage.objects.count() == 2
    Approval.objects.filter(pk=done.pk).update(state="taken_back")

    go(clock, step)

    assert outbox.only().to == [f"Grace <{grace.email}>"]
    assert approval.submission.organisation.name in outbox.only().body
    reason = OutgoingMessage.objects.get(state="skipped").reason
    assert reason.endswith("does not wait for their sign-off any more.")


def test_after_a_board_has_met_who_enters_its_decision_is_reminded(consultation, clock, outbox):
    today = timezone.localdate()
    met = waiting(consultation, body="Cabinet", meets_on=today)
    waiting(consultation, body="Cabinet", meets_on=today + timedelta(days=4))
    step = StepFactory(consultation=consultation, kind="signoff", days=-3)

    go(clock, step)

    assert [message.to[0].split("<")[-1] for message in outbox.messages] == [f"{met.requested_by.email}>"]
    _, left_out = plan.PLAN.kind(step).people(step, timezone.now()), plan.PLAN.kind(step).left_out(step, timezone.now())
    assert [one.reason.startswith("Cabinet meets on") for one in left_out] == [True]


def test_a_provisional_answer_is_asked_after_until_it_is_confirmed(consultation, clock, outbox):
    one, other = submitted(consultation), submitted(consultation)
    OutgoingMessage.objects.all().delete()  # the receipts
    Submission.objects.update(timing="provisional")
    step = StepFactory(consultation=consultation, kind="provisional", days=14)
    clock.move_to(plan.PLAN.due_at(step) - timedelta(days=1))
    type(consultation).objects.update(state="closed", closed_at=timezone.now())
    tasks.plan_notices()
    assert OutgoingMessage.objects.count() == 2
    Submission.objects.filter(pk=other.pk).update(timing="on_time")

    go(clock, step)

    assert outbox.only().to == [f"{one.submitted_by} <{one.submitted_by.email}>"]
    assert OutgoingMessage.objects.get(state="skipped").reason.endswith("is not provisional any more.")
