"""“Nine o’clock” stays nine o’clock, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from django.utils import timezone

from engagement.core import walltime

CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]


@pytest.mark.parametrize("change", CHANGES)
def test_a_time_that_exists_is_that_time_on_the_clock(change):
    for offset, at in product([-1, 0, 1], [time(0, 30), time(2), time(9), time(23, 30)]):
        day = change + timedelta(days=offset)
        shown = timezone.localtime(walltime.instant_of(day, at))
        assert (shown.date(), shown.time()) == (day, at)


@pytest.mark.parametrize("at", [time(1), time(1, 30), time(1, 59)])
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2027, 3, 28)])
def test_a_time_left_out_in_spring_becomes_the_first_instant_after_the_gap(day, at):
    assert walltime.instant_of(day, at) == datetime.combine(day, time(1), tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 10, 31)])
def test_a_time_that_comes_twice_in_autumn_is_the_first(day):
    assert walltime.instant_of(day, time(1, 30)) == datetime.combine(day, time(0, 30), tzinfo=UTC)


@pytest.mark.parametrize("change", CHANGES)
def test_days_before_are_counted_on_the_calendar(change):
    closes_at = walltime.instant_of(change + timedelta(days=1), time(23, 59, 59))

    for days, at in product([0, 1, 3, 7, 14, 30, 200], [time(0, 30), time(1, 30), time(9), time(23, 30)]):
        due = timezone.localtime(walltime.days_before(closes_at, days, at))
        wanted = change + timedelta(days=1 - days)
        is_left_out = wanted.month == 3 and wanted in CHANGES and at == time(1, 30)
        assert (due.date(), due.time()) == (wanted, time(2) if is_left_out else at)


def test_a_week_before_a_close_after_the_change_is_not_168_hours():
    closes_at = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)  # 9am in summer time

    due = walltime.days_before(closes_at, 7, time(9))

    assert closes_at - due == timedelta(days=7) - timedelta(hours=1)
