"""Times as people enter them, over both changes of the clocks."""

from datetime import UTC, date, datetime, time

import pytest

from engagement.core.walltime import instant_of


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        (date(2027, 3, 27), time(1, 30), datetime(2027, 3, 27, 1, 30, tzinfo=UTC)),
        (date(2027, 3, 28), time(0, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        # From 1am to 2am there is no time on this day: the first instant after the gap.
        (date(2027, 3, 28), time(1, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (date(2027, 3, 28), time(1, 30), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (date(2027, 3, 28), time(2, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (date(2027, 3, 28), time(9, 0), datetime(2027, 3, 28, 8, 0, tzinfo=UTC)),
        (date(2027, 10, 30), time(23, 59, 59), datetime(2027, 10, 30, 22, 59, 59, tzinfo=UTC)),
        # From 1am to 2am happens twice on this day: the first time.
        (date(2027, 10, 31), time(1, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (date(2027, 10, 31), time(2, 0), datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
        (date(2027, 10, 31), time(9, 0), datetime(2027, 10, 31, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_one_instant(day, clock, instant):
    assert instant_of(day, clock) == instant
