"""A partner with more time of their own is reminded of their own close."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.invitations import actions
from consultations.notices import plan, tasks
from consultations.notices.models import PlannedStep
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.notices import StepFactory
from tests.factories.programme import ConsultationFactory

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
DUE = datetime(2019, 1, 25, 9, tzinfo=LONDON)
GENERAL, OWN = "Friday 8 February 2019", "Wednesday 13 February 2019"


@pytest.fixture
def consultation(clock):
    """Closes on 8 February 2019; it is 20 January, and the only reminder is 14 days before."""
    clock.move_to(datetime(2019, 1, 20, 12, tzinfo=LONDON))
    consultation = ConsultationFactory(
        closes_at=datetime(2019, 2, 8, 23, 59, 59, tzinfo=LONDON), opens_at=datetime(2018, 12, 1, tzinfo=LONDON)
    )
    StepFactory(consultation=consultation)
    return consultation


def give(consultation, days=5, **partner):
    closes_at = consultation.closes_at + timedelta(days=days)
    return actions.give_more_time(consultation, closes_at=closes_at, reason="Snow.", actor=UserFactory(), **partner)


def reminders():
    """Address -> what waits or went."""
    rows = OutgoingMessage.objects.filter(rule__startswith="invitations.remind")
    return {row.to_email: f"{row.subject} {row.text_body} {row.html_body}" for row in rows}


def told(text):
    return [moment for moment in (GENERAL, OWN) if moment in text]


def test_each_partner_reads_their_own_close(consultation, clock):
    theirs, others = (InvitationFactory(consultation=consultation) for _ in range(2))
    alone = InvitationFactory(consultation=consultation, organisation=None)
    give(consultation, organisation=theirs.organisation)
    give(consultation, contact=alone.contact)
    # Time that was given to somebody for themselves is not that of their organisation.
    give(consultation, contact=others.contact)

    clock.move_to(DUE)
    tasks.plan_notices()

    found = reminders()
    assert {one: told(found[one.contact.email]) for one in (theirs, others, alone)} == {
        theirs: [OWN], others: [GENERAL], alone: [OWN],
    }  # fmt: skip
    assert "19 days left" in found[theirs.contact.email]
    assert "14 days left" in found[others.contact.email]


def test_somebody_who_started_reads_both_that_and_their_own_close(consultation, clock):
    theirs = InvitationFactory(consultation=consultation, state="started")
    give(consultation, organisation=theirs.organisation)
    clock.move_to(DUE)
    tasks.plan_notices()
    text = reminders()[theirs.contact.email]
    assert told(text) == [OWN]
    assert "has not been sent yet" in text


def test_half_of_the_time_is_not_over_for_whoever_has_more(consultation, clock):
    theirs, others = (InvitationFactory(consultation=consultation) for _ in range(2))
    give(consultation, organisation=theirs.organisation)
    PlannedStep.objects.update(kind="midway", days=-14)
    clock.move_to(DUE)
    tasks.plan_notices()
    found = reminders()
    assert ["Half of the time" in found[one.contact.email] for one in (theirs, others)] == [False, True]


def test_a_reminder_that_waits_is_written_anew_when_more_time_is_given_or_ended(consultation, clock, outbox):
    theirs, others = (InvitationFactory(consultation=consultation) for _ in range(2))
    clock.move_to(DUE - timedelta(days=3))
    tasks.plan_notices()
    before = reminders()
    assert told(before[theirs.contact.email]) == [GENERAL]

    extension = give(consultation, organisation=theirs.organisation)
    assert told(reminders()[theirs.contact.email]) == [OWN]
    assert reminders()[others.contact.email] == before[others.contact.email]

    actions.end_more_time(extension.pk, actor=UserFactory())
    assert told(reminders()[theirs.contact.email]) == [GENERAL]

    give(consultation, organisation=theirs.organisation)
    clock.move_to(DUE)
    tasks.plan_notices()
    delivery.drain()
    sent = [mail for mail in outbox.messages if "19 days left" in mail.subject]
    assert len(sent) == 1
    assert told(sent[0].body) == [OWN]


def test_planning_asks_the_same_however_many_have_more_time(consultation, clock):
    clock.move_to(DUE - timedelta(days=1))

    def asked(more):
        for invitation in [InvitationFactory(consultation=consultation) for _ in range(more)]:
            give(consultation, organisation=invitation.organisation)
        OutgoingMessage.objects.all().delete()
        PlannedStep.objects.update(planned_at=None, planned_as="")
        clock.move_to(DUE)
        with CaptureQueriesContext(connection) as queries:
            plan.write_due()
        assert OutgoingMessage.objects.filter(rule__startswith="invitations.remind").exists()
        return len(queries)

    assert asked(1) == asked(2)
