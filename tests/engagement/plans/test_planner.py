"""The moment of a step across the changes of the clocks, and the same rows whoever plans when and how often."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from consultations.notices import plan
from consultations.notices.models import PlannedStep
from consultations.programme.models import Consultation
from engagement.messaging.models import OutgoingMessage
from engagement.plans import planner
from tests.factories.invitations import InvitationFactory
from tests.factories.notices import StepFactory
from tests.factories.programme import ConsultationFactory

LONDON = ZoneInfo("Europe/London")
# The days around each change of the clocks, and when it comes.
CHANGES = {
    "spring 2026": [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)],
    "autumn 2026": [date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)],
    "spring 2027": [date(2027, 3, 27), date(2027, 3, 28), date(2027, 3, 29)],
    "autumn 2027": [date(2027, 10, 30), date(2027, 10, 31), date(2027, 11, 1)],
}
GAPS = {date(2026, 3, 29), date(2027, 3, 28)}
TIMES = [time(0, 30), time(1), time(1, 30), time(2), time(9), time(23, 30)]
OFFSETS = [-14, -7, -2, -1, 0, 1, 7]


@pytest.mark.parametrize("change", CHANGES)
def test_a_step_comes_at_its_wall_time_whatever_the_clocks_do(change):
    """Every offset that lands on a day around the change, at every time: once, at the time that people read on the
    wall; a time that does not exist becomes the first instant after the gap, one that comes twice is the first."""
    for day in CHANGES[change]:
        for offset in OFFSETS:
            closes_on = day - timedelta(days=offset)
            consultation = Consultation(closes_at=datetime.combine(closes_on, time(23, 59, 59), tzinfo=LONDON))
            step = PlannedStep(consultation=consultation, kind="closing", anchor="closes", days=offset)
            for at in TIMES:
                step.local_time = at
                due = plan.PLAN.due_at(step).astimezone(UTC)
                if day in GAPS and time(1) <= at < time(2):
                    assert due == datetime.combine(day, time(1), tzinfo=UTC)
                else:
                    assert due == datetime.combine(day, at, tzinfo=LONDON).replace(fold=0).astimezone(UTC)
                    wall = due.astimezone(LONDON)
                    assert (wall.date(), wall.time(), wall.fold) == (day, at, 0)


def test_a_step_after_a_beginning_never_comes_before_it():
    opens = datetime(2026, 11, 30, 15, tzinfo=UTC)
    consultation = Consultation(opens_at=opens, closes_at=opens + timedelta(days=30))
    step = PlannedStep(consultation=consultation, kind="opening", anchor="opens", days=0, local_time=time(9))
    assert plan.PLAN.due_at(step) == opens
    step.days = 1
    assert plan.PLAN.due_at(step) == datetime(2026, 12, 1, 9, tzinfo=UTC)
    step.anchor, step.days = "midway", 0
    assert plan.PLAN.due_at(step) == datetime(2026, 12, 15, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "anchor", "words"),
    [
        (-14, "closes", "14 days before the close, at 9:00am"),
        (-1, "closes", "The day before the close, at 9:00am"),
        (0, "reported", "On the day of the results, at 9:00am"),
        (1, "closes", "The day after the close, at 9:00am"),
        (56, "closes", "8 weeks after the close, at 9:00am"),
    ],
)
def test_a_step_is_read_as_a_sentence(days, anchor, words):
    step = PlannedStep(kind="closing", anchor=anchor, days=days, local_time=time(9))
    assert plan.PLAN.when(step) == words


def keys():
    rows = OutgoingMessage.objects.exclude(state="skipped")
    return set(rows.values_list("rule", "occurrence", "recipient", "due_at"))


class SameKeys(TestCase):
    """Planned once at the end, or after every change, in any order and twice: the same messages are due."""

    # A busy machine is no fault of the examples.
    @settings(max_examples=7, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        moves=st.lists(st.integers(min_value=-2, max_value=3), max_size=3),
        passes=st.lists(st.permutations([0, 1, 2]), min_size=1, max_size=3),
    )
    def test_planner_makes_the_same_rows_in_any_order(self, moves, passes):
        now = timezone.now().replace(hour=12)
        consultation = ConsultationFactory(closes_at=now + timedelta(days=5))
        InvitationFactory.create_batch(2, consultation=consultation)
        type(consultation.invitations.first()).objects.update(created_at=now - timedelta(days=9))
        for kind, days in (("closing", -1), ("closing", -3), ("not_started", -2)):
            StepFactory(consultation=consultation, kind=kind, days=days)

        def play(orders, *, each):
            for number, move in enumerate(moves):
                consultation.closes_at = now + timedelta(days=5 + move)
                consultation.schedule_revision += 1
                consultation.save()
                if each:
                    run(orders[number % len(orders)], now + timedelta(seconds=number))
            for order in orders:
                run(order, now + timedelta(minutes=1))

        def run(order, moment):
            steps = list(plan.live_steps())
            planner.write_due(plan.PLAN, [steps[place] for place in order], moment)

        def outcome(orders, *, each):
            point = transaction.savepoint()
            play(orders, each=each)
            found = {(rule, key.partition(".")[0], who, due) for rule, key, who, due in keys()}
            transaction.savepoint_rollback(point)
            consultation.refresh_from_db()
            return found

        assert outcome(passes, each=True) == outcome([[0, 1, 2]], each=False)


@pytest.mark.django_db
def test_replanning_asks_no_more_when_there_are_more_people(clock, django_assert_num_queries):
    now = timezone.now()
    step = StepFactory(consultation__closes_at=now + timedelta(days=5), days=-3)
    counted = []
    for many in (1, 3):
        InvitationFactory.create_batch(many, consultation=step.consultation)
        type(step.consultation.invitations.first()).objects.update(created_at=now - timedelta(days=9))
        plan.write_due(now)
        with django_assert_num_queries(6) as queries:
            plan.write_due(now)
        counted.append(len(queries))
    assert OutgoingMessage.objects.count() == 4
    assert counted == [6, 6]


@pytest.mark.django_db
def test_idle_pass_asks_little(django_assert_num_queries):
    for state in ("open", "closed"):
        StepFactory(consultation__state=state, consultation__closes_at=timezone.now() + timedelta(days=90))
    with django_assert_num_queries(3):
        plan.write_due()
