"""When messages that can wait may leave."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engagement.messaging import delivery, holidays, hours
from tests.factories.messaging import MessageFactory

DAY = (time(8), time(18))


@pytest.fixture(autouse=True)
def _by_day(settings):
    settings.SENDING_HOURS = DAY


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-26T10:00", "2026-11-26T10:00"),  # a Thursday by day
        ("2026-11-26T18:00", "2026-11-27T08:00"),
        ("2026-11-26T03:00", "2026-11-26T08:00"),
        ("2026-11-27T18:30", "2026-11-30T08:00"),  # over a weekend
        ("2026-12-24T20:00", "2026-12-29T08:00"),  # Christmas, and Boxing Day moved to the Monday
        ("2027-03-25T20:00", "2027-03-30T07:00"),  # Easter, in which the clocks go forward
        ("2026-03-28T12:00", "2026-03-30T07:00"),
        ("2026-10-24T12:00", "2026-10-26T08:00"),  # the clocks go back
        ("2026-10-23T16:59", "2026-10-23T16:59"),
        ("2026-10-23T17:00", "2026-10-26T08:00"),
        ("2022-09-16T20:00", "2022-09-20T07:00"),  # the day of the funeral
    ],
)
def test_next_opening_knows_weekends_bank_holidays_and_both_clock_changes(now, opens):
    assert hours.next_opening(utc(now)) == utc(opens)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.integers(0, 365 * 11 * 24 * 60))
def test_an_opening_is_open_and_nothing_before_it_is(minutes):
    now = utc("2018-01-02T00:00") + timedelta(minutes=minutes)
    opening = hours.next_opening(now)

    assert hours.is_open(opening)
    assert opening >= now
    assert opening == now or not hours.is_open(opening - timedelta(seconds=1))


def test_every_year_of_the_table_has_its_eight_days_and_none_at_a_weekend():
    years = {year: [day for day in holidays.HOLIDAYS if day.year == year] for year in range(2018, 2029)}

    assert {year: len(days) for year, days in years.items()} == dict.fromkeys(years, 8) | {2022: 10, 2023: 9}
    assert all(day.weekday() < 5 for day in holidays.HOLIDAYS)
    assert date(holidays.LAST.year, 12, 31) == holidays.LAST


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 11, 26), ""),
        (date(2028, 11, 30), "The table of bank holidays ends on 31 December 2028."),
        (date(2029, 1, 2), "The table of bank holidays ended on 31 December 2028."),
    ],
)
def test_the_end_of_the_table_is_said_before_it_comes(today, said):
    assert hours.warning(today).startswith(said)
    assert bool(hours.warning(today)) == bool(said)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-26T10:00", {"asked for", "urgent", "can wait", "too late by then"}),
        ("2026-11-28T10:00", {"asked for", "urgent", "too late by then"}),  # a Saturday by day
        ("2026-11-28T22:00", {"asked for", "urgent"}),
    ],
)
def test_at_night_and_at_weekends_only_what_cannot_wait_leaves(outbox, time_machine_at, now, leaves):
    moment = utc(now)
    time_machine_at.move_to(moment)
    due = moment - timedelta(minutes=1)
    MessageFactory(subject="asked for", due_at=due)
    MessageFactory(subject="urgent", category="event", priority=1, due_at=due)
    MessageFactory(subject="can wait", category="consultation", due_at=due)
    MessageFactory(subject="too late by then", category="event", expires_at=moment + timedelta(hours=36), due_at=due)

    delivery.drain()

    assert set(outbox.subjects) == leaves
    time_machine_at.move_to(hours.next_opening(moment))
    delivery.drain()
    assert "can wait" in outbox.subjects


def test_the_zone_of_the_machine_changes_nothing():
    """The same questions in a process that lives on the other side of the world."""
    moments = ["2026-03-28T12:00", "2026-10-24T12:00", "2026-10-25T00:30", "2026-12-24T20:00"]
    code = (
        "import sys, django; django.setup()\n"
        "from datetime import UTC, datetime\n"
        "from engagement.messaging import hours\n"
        "for text in sys.argv[1:]:\n"
        "    now = datetime.fromisoformat(text).replace(tzinfo=UTC)\n"
        "    print(hours.is_by_day(now), hours.next_opening(now).isoformat())\n"
    )
    environment = {**os.environ, "TZ": "Pacific/Auckland", "DJANGO_SETTINGS_MODULE": "engagement.settings"}
    environment["SENDING_HOURS"] = "08:00-18:00"
    command = [sys.executable, "-c", code, *moments]

    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60).stdout

    here = [f"{hours.is_by_day(utc(text))} {hours.next_opening(utc(text)).isoformat()}" for text in moments]
    assert said.splitlines() == here
