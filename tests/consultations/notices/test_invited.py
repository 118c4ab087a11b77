"""Chasing that knows when to stop."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from consultations.invitations import actions as invitations
from consultations.invitations import lifecycle
from consultations.invitations.models import Invitation
from consultations.notices import plan, tasks
from consultations.notices.models import PlannedStep
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage, Suppression
from engagement.plans import actions
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.notices import StepFactory
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import MembershipFactory
from tests.factories.submissions import submitted

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def consultation(clock):
    """Closes on 8 February 2019 at 11:59:59pm; it is 20 January, and the only reminder is 14 days before."""
    clock.move_to(datetime(2019, 1, 20, 12, tzinfo=LONDON))
    consultation = ConsultationFactory(
        reference="lis",
        closes_at=datetime(2019, 2, 8, 23, 59, 59, tzinfo=LONDON),
        opens_at=datetime(2018, 12, 1, tzinfo=LONDON),
    )
    StepFactory(consultation=consultation)
    return consultation


DUE = datetime(2019, 1, 25, 9, tzinfo=LONDON)


def tick():
    tasks.plan_notices()
    delivery.drain()


def ask(consultation, **facts):
    return InvitationFactory(consultation=consultation, **facts)


def test_reminder_goes_once_at_its_local_time(consultation, clock, outbox):
    invitation = ask(consultation)

    for moment in (DUE - timedelta(days=1), DUE - timedelta(seconds=1), DUE, DUE + timedelta(seconds=15), DUE):
        clock.move_to(moment)
        tick()
        tick()
        assert len(outbox) == int(moment >= DUE)

    sent = outbox.only()
    assert sent.to == [f"{invitation.contact.name} <{invitation.contact.email}>"]
    assert sent.subject == f"14 days left: {consultation.title}"
    assert "Friday 8 February 2019, 11:59pm (GMT)" in sent.body
    assert "/no-view/" in sent.body
    assert "these reminders stop for all of you" in sent.body


def test_rows_are_written_a_week_ahead_and_no_earlier(consultation, clock):
    ask(consultation)
    clock.move_to(DUE - timedelta(days=7, seconds=1))
    tasks.plan_notices()
    assert OutgoingMessage.objects.count() == 0

    clock.move_to(DUE - timedelta(days=7))
    for _ in range(2):
        tasks.plan_notices()

    assert [message.due_at for message in OutgoingMessage.objects.all()] == [DUE]


def test_colleagues_answer_stops_the_reminder_for_the_whole_organisation(consultation, clock, outbox):
    first = ask(consultation)
    colleague = ask(consultation, organisation=first.organisation)
    other = ask(consultation)
    clock.move_to(DUE - timedelta(hours=1))
    tick()
    assert OutgoingMessage.objects.count() == 3

    lifecycle.mark_responded(consultation, organisation=first.organisation, user=colleague.contact.user)
    clock.move_to(DUE)
    tick()

    assert outbox.only().to == [f"{other.contact.name} <{other.contact.email}>"]
    reasons = OutgoingMessage.objects.filter(state="skipped").values_list("reason", flat=True)
    assert set(reasons) == {f"{first.organisation} answered on Friday 25 January 2019, 8am (GMT)."}


def test_answer_that_a_colleague_really_sends_stops_the_reminder(consultation, clock, outbox):
    invitation = ask(consultation)
    clock.move_to(DUE - timedelta(hours=1))
    tick()

    submitted(consultation, organisation=invitation.organisation)
    clock.move_to(DUE)
    tick()

    invitation.refresh_from_db()
    assert invitation.state == "responded"
    assert outbox.to(invitation.contact.email) == []
    assert OutgoingMessage.objects.get(rule__startswith="invitations.remind:").state == "skipped"


def opt_out(invitation):
    invitation.contact.opted_out_at = timezone.now()
    invitation.contact.save()


def unsubscribe(invitation):
    message = OutgoingMessage.objects.get()
    Suppression.objects.create(address_key=message.address_key, category="consultation", cause="unsubscribed")


def pause(invitation):
    type(invitation.consultation).objects.update(state="paused")


def shut(invitation):
    type(invitation.organisation).objects.update(closed_at=timezone.now())


def leave(invitation):
    invitation.contact.memberships.update(until_on=timezone.localdate())


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (
            lambda invitation: lifecycle.decline(invitation.pk, reason=""),
            "{contact} told us on Friday 25 January 2019, 8am",
        ),
        (lambda invitation: lifecycle.cancel(invitation.pk, actor=None), "The invitation was cancelled on Friday 25"),
        (opt_out, "{contact} wants no invitations or reminders."),
        (unsubscribe, "Nothing is sent to this address: unsubscribed."),
        (pause, "The consultation is “Paused”, so nobody is asked to answer it."),
        (shut, "{organisation} is closed in the register."),
        (leave, "{contact} is no longer at {organisation}."),
        (
            lambda invitation: PlannedStep.objects.update(stopped_at=timezone.now()),
            "This step of the plan was",
        ),
    ],
)
def test_what_happened_in_between_is_asked_at_the_moment_of_sending(consultation, clock, outbox, happens, reason):
    invitation = ask(consultation)
    clock.move_to(DUE - timedelta(hours=1))
    tick()

    happens(invitation)
    clock.move_to(DUE)
    delivery.drain()

    message = OutgoingMessage.objects.get()
    assert (message.state, len(outbox)) == ("skipped", 0)
    assert message.reason.startswith(reason.format(contact=invitation.contact, organisation=invitation.organisation))


def test_extension_moves_what_is_ahead_and_repeats_nothing(consultation, clock, outbox):
    ask(consultation)
    clock.move_to(DUE - timedelta(hours=1))
    tick()
    consultation.closes_at += timedelta(days=3)
    consultation.schedule_revision += 1
    consultation.save()

    clock.move_to(DUE)
    tick()
    assert len(outbox) == 0
    assert (
        OutgoingMessage.objects.get(state="skipped").reason
        == "The date or the words have changed; the plan was made anew."
    )

    clock.move_to(DUE + timedelta(days=3))
    tick()
    tick()
    assert outbox.only().subject == f"14 days left: {consultation.title}"


def test_somebody_invited_after_the_moment_is_not_reminded_of_it(consultation, clock, outbox):
    clock.move_to(DUE - timedelta(hours=3))
    ask(consultation)

    clock.move_to(DUE)
    tick()

    assert OutgoingMessage.objects.count() == 0


def test_somebody_invited_while_the_week_runs_is_reminded_too(consultation, clock):
    ask(consultation)
    clock.move_to(DUE - timedelta(days=5))
    tasks.plan_notices()
    clock.move_to(DUE - timedelta(days=4))
    ask(consultation)

    tasks.plan_notices()

    assert OutgoingMessage.objects.count() == 2


def test_step_that_was_missed_by_more_than_half_a_day_is_left_out(consultation, clock):
    ask(consultation)
    clock.move_to(DUE + timedelta(hours=13))

    tasks.plan_notices()

    assert OutgoingMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "reached"),
    [
        ("closing", {"sent", "opened", "started"}),
        ("not_started", {"sent", "opened"}),
        ("started", {"started"}),
    ],
)
def test_a_step_speaks_to_its_audience(consultation, clock, kind, reached):
    PlannedStep.objects.update(kind=kind)
    for state in ("sent", "opened", "started", "declined", "cancelled", "bounced"):
        ask(consultation, state=state)
    ask(consultation, responded=True)
    clock.move_to(DUE - timedelta(days=1))

    tasks.plan_notices()

    keys = OutgoingMessage.objects.values_list("about_key", flat=True)
    assert {Invitation.objects.get(pk=key).state for key in keys} == reached


def test_person_invited_for_two_organisations_gets_one_reminder(consultation, clock, outbox):
    first = ask(consultation)
    ask(consultation, contact=first.contact)
    clock.move_to(DUE - timedelta(days=1))
    tick()
    clock.move_to(DUE)
    tick()

    assert len(outbox) == 1


def test_reminder_follows_the_invitation_by_almost_a_day(consultation, clock, outbox):
    invitation = ask(consultation)
    clock.move_to(DUE - timedelta(days=1))
    tick()
    clock.move_to(DUE - timedelta(hours=2))
    invitations.send_again(invitation.pk, actor=UserFactory(engagement=True))
    delivery.drain()
    clock.move_to(DUE)
    tick()

    assert len(outbox) == 1
    reason = OutgoingMessage.objects.get(state="skipped").reason
    assert reason == f"{invitation.contact} was written to less than 20 hours ago."


# --- the plan -------------------------------------------------------------------------------------------


def save(step, actor, **facts):
    known = {name: getattr(step, name) for name in ("kind", "anchor", "days", "local_time", "message")}
    return actions.save_step(plan.PLAN, step, actor=actor, again_when_moved=True, **(known | facts))


def test_words_of_a_step(consultation):
    [step] = plan.steps_of(consultation)

    assert plan.PLAN.words(step) == "14 days before the close, at 9:00am, to everyone invited who has not answered"


def test_changing_a_step_takes_back_what_was_written_for_it(consultation, clock, outbox):
    ask(consultation)
    clock.move_to(DUE - timedelta(days=1))
    tick()

    save(PlannedStep.objects.get(), UserFactory(), days=-13, local_time=time(10, 30), message="The board meets soon.")
    clock.move_to(DUE)
    tick()
    assert len(outbox) == 0
    clock.move_to(DUE + timedelta(days=1, hours=1, minutes=30))
    tick()

    assert "The board meets soon." in outbox.only().body
    assert outbox.only().subject.startswith("13 days left")


def test_stopped_step_goes_to_nobody_and_can_be_let_out(consultation, clock, outbox):
    ask(consultation)
    clock.move_to(DUE - timedelta(days=1))
    tick()
    step, actor = PlannedStep.objects.get(), UserFactory()
    for _ in range(2):
        actions.stop_step(plan.PLAN, step, actor=actor)
    tick()
    assert [message.state for message in OutgoingMessage.objects.all()] == ["skipped"]

    for _ in range(2):
        actions.restart_step(plan.PLAN, step, actor=actor)
    tick()
    clock.move_to(DUE)
    tick()

    assert len(outbox) == 1


@pytest.mark.parametrize(("month", "day", "hour"), [(3, 27, 9), (10, 23, 8)])
def test_nine_oclock_across_the_change_of_clocks(clock, month, day, hour):
    """The close lies after the change, the reminder before it."""
    clock.move_to(datetime(2026, month, day, 6, tzinfo=LONDON) - timedelta(days=2))
    consultation = ConsultationFactory(
        closes_at=datetime(2026, month, day, 23, 59, 59, tzinfo=LONDON) + timedelta(days=5)
    )
    StepFactory(consultation=consultation, days=-5)
    ask(consultation)

    tasks.plan_notices()

    due = OutgoingMessage.objects.get().due_at
    assert (due.hour, timezone.localtime(due).hour, timezone.localtime(due).day) == (hour, 9, day)


def test_membership_that_never_was_does_not_matter(consultation, clock, outbox):
    """Invited on purpose, before the register knew that they belong there."""
    InvitationFactory(consultation=consultation, member=False)
    clock.move_to(DUE - timedelta(days=1))
    tick()
    clock.move_to(DUE)
    tick()

    assert len(outbox) == 1
    assert MembershipFactory._meta.model.objects.count() == 0
