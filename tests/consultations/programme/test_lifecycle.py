"""Moves of a consultation, their guards, and the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from consultations.programme import lifecycle, tasks
from consultations.programme.models import Consultation, StateChange
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.programme import ConsultationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return UserFactory(engagement=True)


@pytest.fixture
def administrator():
    return UserFactory(administrator=True)


def ready_draft(**facts):
    return ConsultationFactory(draft=True, statement_is_enough=True, **facts)


def in_review(author, **facts):
    it = ready_draft(**facts)
    return lifecycle.submit_for_review(it.pk, actor=author)


def state_of(consultation):
    return Consultation.objects.get(pk=consultation.pk).state


def test_a_second_person_schedules_what_the_first_sent_for_review(author, administrator):
    it = in_review(author)

    lifecycle.schedule(it.pk, actor=administrator)

    it.refresh_from_db()
    assert (it.state, it.reviewed_by) == ("scheduled", administrator)
    assert list(Entry.objects.order_by("pk").values_list("verb", "scope")) == [
        ("consultation.submitted_for_review", it.reference),
        ("consultation.scheduled", it.reference),
    ]


def test_nobody_approves_what_they_sent_for_review(administrator):
    it = in_review(administrator)

    with pytest.raises(Refused, match="somebody else has to approve it"):
        lifecycle.schedule(it.pk, actor=administrator)

    assert state_of(it) == "in_review"


@pytest.mark.parametrize(
    ("lack", "sentence"),
    [
        ({"purpose": " "}, "two sentences"),
        ({"decision_owner": ""}, "who decides"),
        ({"closes_at": None}, "Set the closing date"),
        ({"privacy_notice": ""}, "privacy notice"),
        ({"statement_is_enough": False}, "Publish a survey"),
    ],
)
def test_what_is_missing_keeps_it_from_being_scheduled(author, administrator, lack, sentence):
    it = in_review(author)
    Consultation.objects.filter(pk=it.pk).update(**lack)

    with pytest.raises(Refused, match=sentence):
        lifecycle.schedule(it.pk, actor=administrator)

    assert state_of(it) == "in_review"


def test_the_clock_opens_and_closes_once_however_often_it_rings(author, administrator, time_machine):
    now = datetime(2019, 1, 7, 9, tzinfo=UTC)
    time_machine.move_to(now, tick=False)
    opens, closes = now + timedelta(days=1), now + timedelta(days=30)
    it = in_review(author, opens_at=None, closes_at=closes)
    Consultation.objects.filter(pk=it.pk).update(opens_at=opens)
    lifecycle.schedule(it.pk, actor=administrator)

    seen = []
    for moment in (now, opens, closes - timedelta(seconds=1), closes):
        time_machine.move_to(moment, tick=False)
        for _ in range(2):
            tasks.keep_time()
        seen.append(state_of(it))

    assert seen == ["scheduled", "open", "open", "closed"]
    it.refresh_from_db()
    assert it.closed_at == closes
    assert list(it.changes.values_list("what", "actor")) == [
        ("in_review", author.pk),
        ("scheduled", administrator.pk),
        ("open", None),
        ("closed", None),
    ]


def test_what_fell_due_while_the_site_was_down_goes_through_both_moves():
    it = ConsultationFactory(
        state="scheduled", opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1)
    )

    assert lifecycle.keep_time() == (1, 1)
    assert lifecycle.keep_time() == (0, 0)

    assert state_of(it) == "closed"


def test_an_extension_keeps_the_first_closing_time_and_moves_the_reminders(administrator):
    it = ConsultationFactory()
    first = it.closes_at

    lifecycle.extend(it.pk, actor=administrator, closes_at=first + timedelta(days=7), reason="Snow.")
    lifecycle.extend(it.pk, actor=administrator, closes_at=first + timedelta(days=14), reason="More snow.")

    it.refresh_from_db()
    assert (it.original_closes_at, it.closes_at, it.schedule_revision) == (first, first + timedelta(days=14), 2)
    assert list(it.changes.values_list("what", "reason", "is_public")) == [
        ("extended", "Snow.", True),
        ("extended", "More snow.", True),
    ]


def test_an_extension_opens_again_what_is_closed(administrator):
    it = ConsultationFactory(closed=True)

    lifecycle.extend(it.pk, actor=administrator, closes_at=timezone.now() + timedelta(days=7), reason="Asked for.")

    it.refresh_from_db()
    assert (it.state, it.closed_at) == ("open", None)


@pytest.mark.parametrize(
    ("days", "reason", "field"), [(7, " ", "reason"), (-7, "Snow.", "closes_on"), (-60, "Snow.", "closes_on")]
)
def test_an_extension_needs_a_reason_and_a_later_time(administrator, days, reason, field):
    it = ConsultationFactory()

    with pytest.raises(Refused) as refused:
        lifecycle.extend(it.pk, actor=administrator, closes_at=it.closes_at + timedelta(days=days), reason=reason)

    assert refused.value.field == field
    assert not StateChange.objects.exists()


def test_closing_early_ends_it_now_and_says_why(administrator):
    it = ConsultationFactory()
    first = it.closes_at

    lifecycle.close_now(it.pk, actor=administrator, reason="The decision was taken elsewhere.")

    it.refresh_from_db()
    assert (it.state, it.original_closes_at, it.schedule_revision) == ("closed", first, 1)
    assert it.closes_at == it.closed_at <= timezone.now()


def test_a_pause_ends_by_resuming_or_by_the_clock(administrator):
    resumed, forgotten = ConsultationFactory(), ConsultationFactory()
    for it in (resumed, forgotten):
        lifecycle.pause(it.pk, actor=administrator, reason="A question was wrong.")

    lifecycle.resume(resumed.pk, actor=administrator)
    lifecycle.keep_time(forgotten.closes_at)

    assert (state_of(resumed), state_of(forgotten)) == ("closed", "closed")


def test_reporting_needs_an_approved_summary(administrator):
    it = ConsultationFactory(closed=True)
    lifecycle.start_analysis(it.pk, actor=administrator)

    with pytest.raises(Refused, match="summary approved by somebody other"):
        lifecycle.report(it.pk, actor=administrator)

    it.summaries.create(title="What we heard", state="approved")
    lifecycle.report(it.pk, actor=administrator)
    lifecycle.archive(it.pk, actor=administrator)

    it.refresh_from_db()
    assert it.state == "archived"
    assert it.reported_at is not None


ACTS = {
    "in_review": lambda it, who: lifecycle.submit_for_review(it.pk, actor=who),
    "draft": lambda it, who: lifecycle.return_to_draft(it.pk, actor=who, reason="So."),
    "scheduled": lambda it, who: lifecycle.schedule(it.pk, actor=who),
    "paused": lambda it, who: lifecycle.pause(it.pk, actor=who, reason="So."),
    "open": lambda it, who: lifecycle.resume(it.pk, actor=who),
    "closed": lambda it, who: lifecycle.close_now(it.pk, actor=who, reason="So."),
    "analysing": lambda it, who: lifecycle.start_analysis(it.pk, actor=who),
    "archived": lambda it, who: lifecycle.archive(it.pk, actor=who),
}


@pytest.mark.parametrize("state", Consultation.State.values)
@pytest.mark.parametrize("target", ACTS)
def test_only_the_arrows_of_the_table_exist(administrator, state, target):
    it = ConsultationFactory(state=state, statement_is_enough=True)
    allowed = target in Consultation.MOVES.get(state, set()) and (target != "open" or state == "paused")

    try:
        ACTS[target](it, administrator)
        moved = True
    except Refused:
        moved = False

    assert (moved, state_of(it)) == (allowed, target if allowed else state)
