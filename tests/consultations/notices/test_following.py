"""Following a consultation by e-mail, and digests that go once for each period."""

import re
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.notices import digests, plan, tasks
from consultations.notices.models import Digest, Follower
from consultations.programme import lifecycle
from consultations.programme.models import StateChange
from engagement.messaging import delivery
from engagement.messaging.models import OutgoingMessage
from tests.factories.accounts import UserFactory
from tests.factories.invitations import InvitationFactory
from tests.factories.notices import FollowerFactory, StepFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.submissions import submitted

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def link_in(message, part):
    return "/" + re.search(rf"https?://[^/\s]+/({part}\S*)", message.body)[1]


def follow(client, consultation, email="ada@public.example", how="each"):
    return client.post(reverse("notices:follow", args=[consultation.reference]), {"email": email, "how": how})


def test_a_mailbox_follows_only_after_its_holder_has_confirmed(client, clock, outbox):
    consultation = ConsultationFactory(closes_at=timezone.now() + timedelta(days=30))
    StepFactory(consultation=consultation, kind="followers", days=-7)
    for _ in range(2):
        assert follow(client, consultation).status_code == 302
    delivery.drain()
    assert len(outbox.messages) == 1, "At most one question a day."
    confirm = link_in(outbox.only(), "follow/")
    assert client.get(confirm).status_code == 200
    assert Follower.objects.get().confirmed_at is None, "Reading changes nothing."

    for _ in range(2):
        client.post(confirm, {"how": "each"})
    clock.move_to(plan.PLAN.due_at(consultation.planned_steps.get()))
    for _ in range(2):
        tasks.plan_notices()
        delivery.drain()

    assert [message.to for message in outbox.messages[1:]] == [["ada@public.example"]]
    news = outbox.messages[1]
    assert news.subject == f"Closing soon: {consultation.title}"
    stop = link_in(news, r"follow/\S+stop/")
    assert "Stop following" in client.get(stop).text
    for _ in range(2):
        assert client.post(stop).status_code == 302
    assert Follower.objects.get().stopped_at is not None


def test_whoever_stopped_or_never_confirmed_gets_no_news(clock, outbox):
    consultation = ConsultationFactory(closes_at=timezone.now() + timedelta(days=10))
    step = StepFactory(consultation=consultation, kind="followers", days=-7)
    FollowerFactory(consultation=consultation, confirmed_at=None)
    FollowerFactory(consultation=consultation, how="weekly")
    gone = FollowerFactory(consultation=consultation)
    clock.shift(timedelta(hours=1).total_seconds())
    tasks.plan_notices()
    assert OutgoingMessage.objects.get().to_email == gone.email

    Follower.objects.filter(pk=gone.pk).update(stopped_at=timezone.now())
    clock.move_to(plan.PLAN.due_at(step))
    tasks.plan_notices()
    delivery.drain()

    assert OutgoingMessage.objects.get().reason == "They follow the consultation no longer."


def test_page_says_the_same_whoever_follows_and_refuses_floods(client):
    consultation = ConsultationFactory()
    FollowerFactory(consultation=consultation, email="ada@public.example")
    pages = [follow(client, consultation, email) for email in ("ada@public.example", "ben@public.example")]
    assert pages[0].headers["Location"] == pages[1].headers["Location"]
    assert follow(client, consultation, "nobody").status_code == 422
    answers = [follow(client, consultation, f"x{number}@public.example") for number in range(10)]
    assert answers[-1].status_code == 422
    assert "Too many addresses were given from here" in answers[-1].text
    assert follow(client, ConsultationFactory(draft=True)).status_code == 404


def test_followers_hear_of_results_and_respondents_too(clock, outbox):
    consultation = ConsultationFactory(closes_at=timezone.now() + timedelta(days=1))
    submission = submitted(consultation)
    OutgoingMessage.objects.all().delete()  # the receipt
    FollowerFactory(consultation=consultation, email="ada@public.example")
    StepFactory(consultation=consultation, kind="results", anchor="reported", days=0)
    StepFactory(consultation=consultation, kind="followers", anchor="reported", days=0)
    clock.shift(timedelta(days=40).total_seconds())
    type(consultation).objects.update(state="reported", reported_at=timezone.now(), closed_at=timezone.now())

    for _ in range(2):
        tasks.plan_notices()
        delivery.drain()

    assert {(message.to[0].split("<")[-1].rstrip(">"), message.subject) for message in outbox.messages} == {
        (submission.submitted_by.email, f"What came of it: {consultation.title}"),
        ("ada@public.example", f"The results are out: {consultation.title}"),
    }
    assert len(outbox.messages) == 2


def test_staff_are_told_that_results_are_overdue_until_they_are_out(clock, outbox):
    consultation = ConsultationFactory(closed=True)
    priya = AssignmentFactory(consultation=consultation).user
    AssignmentFactory(consultation=consultation, role="officer")
    for days in (56, 84):
        StepFactory(consultation=consultation, kind="owner_overdue", days=days)
    for step in plan.steps_of(consultation):
        clock.move_to(plan.PLAN.due_at(step))
        tasks.plan_notices()
        delivery.drain()
        type(consultation).objects.update(state="reported", reported_at=timezone.now())

    assert [message.to for message in outbox.messages] == [[f"{priya} <{priya.email}>"]]
    assert outbox.only().subject == f"Results due: {consultation.title} closed 8 weeks ago"


# --- digests --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "daily", "weekly"),
    [
        ("2026-11-26 07:59", None, None),
        ("2026-11-26 08:00", "2026-11-26", None),
        ("2026-11-26 18:00", "2026-11-26", None),
        ("2026-11-26 18:01", None, None),
        ("2026-11-28 09:00", None, None),
        ("2026-11-23 07:59", None, None),
        ("2026-11-23 08:00", "2026-11-23", "2026-W48"),
        ("2026-12-28 08:00", "2026-12-28", "2026-W53"),
        ("2027-01-04 08:00", "2027-01-04", "2027-W01"),
        ("2026-03-30 08:00", "2026-03-30", "2026-W14"),
        ("2026-10-26 08:00", "2026-10-26", "2026-W44"),
    ],
)
def test_period_of_a_digest_has_a_name_and_comes_at_eight(moment, daily, weekly):
    now = datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON)
    found = digests.daily(now), digests.weekly(now)
    assert tuple(span and span.key for span in found) == (daily, weekly)
    for span in filter(None, found):
        assert span.until.astimezone(LONDON).hour == span.since.astimezone(LONDON).hour == 8


def test_periods_follow_one_another_without_gap_or_overlap():
    day = datetime(2026, 10, 19, 8, tzinfo=LONDON)
    spans = [span for number in range(21) if (span := digests.daily(day + timedelta(days=number)))]
    assert all(before.until == after.since for before, after in pairwise(spans))
    weeks = [digests.weekly(day + timedelta(days=7 * number)) for number in range(3)]
    assert all(before.until == after.since for before, after in pairwise(weeks))


def test_digest_goes_once_for_its_period_to_who_wants_it_and_only_with_news(clock, outbox):
    monday = datetime(2026, 11, 23, 8, tzinfo=LONDON)
    clock.move_to(monday - timedelta(days=3))
    consultation = ConsultationFactory(title="Growing together")
    priya, owen, quiet = AssignmentFactory(consultation=consultation).user, UserFactory(engagement=True), UserFactory()
    AssignmentFactory(consultation=consultation, user=owen)
    for user, period in ((priya, "weekly"), (owen, "daily"), (quiet, "daily")):
        Digest.objects.create(user=user, period=period)
    submitted(consultation)
    OutgoingMessage.objects.all().delete()  # the receipt
    InvitationFactory(consultation=consultation)
    for moment in (monday, monday + timedelta(minutes=1), monday + timedelta(hours=3), monday + timedelta(days=1)):
        clock.move_to(moment)
        tasks.plan_notices()
        delivery.drain()

    assert {message.to[0] for message in outbox.messages} == {f"{one} <{one.email}>" for one in (priya, owen)}
    assert len(outbox.messages) == 2
    body = outbox.messages[0].body
    assert "- 1 response came in" in body
    assert "- 1 invited has not answered yet" in body or "- 1 invitation was made" in body


def test_weekly_digest_of_a_follower_names_what_changed(clock, outbox):
    monday = datetime(2026, 11, 23, 8, tzinfo=LONDON)
    clock.move_to(monday - timedelta(days=3))
    consultation = ConsultationFactory(state="scheduled", statement_is_enough=True)
    follower = FollowerFactory(consultation=consultation, how="weekly")
    FollowerFactory(consultation=consultation)
    FollowerFactory(consultation=ConsultationFactory(), how="weekly")
    lifecycle.open_now(consultation.pk, actor=None)
    StateChange.objects.create(consultation=consultation, what="extended")
    clock.move_to(monday)
    for _ in range(2):
        digests.write_due()
        delivery.drain()

    sent = outbox.only()
    assert sent.to == [follower.email]
    assert "It has opened." in sent.body
    assert "There is more time to answer." in sent.body


def test_staff_choose_their_digest(signed_in):
    user = UserFactory(engagement=True)
    client = signed_in(user)
    for period, kept in (("weekly", ["weekly"]), ("daily", ["daily"]), ("", [])):
        assert client.post(reverse("notices:digest"), {"period": period}).status_code == 302
        assert list(Digest.objects.values_list("period", flat=True)) == kept
    assert "so no digest would come" in client.get(reverse("notices:digest")).text
    assert signed_in(UserFactory()).get(reverse("notices:digest")).status_code == 403
