"""Wall time and instants: a plan says “14 days before the close, at 9am”, whatever the clocks do in between."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone


def instant_of(day: date, at: time) -> datetime:
    """The instant at which clocks in the site's zone show this time on this day.

    A time that the spring change leaves out becomes the first instant after the gap; one that comes twice in autumn
    is the first of the two.
    """
    zone = timezone.get_default_timezone()
    wall = datetime.combine(day, at)
    while True:
        instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == wall:
            return instant
        # Inside the gap: the next full minute that exists is the instant after it.
        wall = wall.replace(second=0, microsecond=0) + timedelta(minutes=1)


def oddity(day: date, at: time) -> str:
    """What is wrong with this time on this day, as the end of a sentence; empty for a time that comes once."""
    zone = timezone.get_default_timezone()
    wall = datetime.combine(day, at)
    if wall.replace(tzinfo=zone, fold=0).utcoffset() == wall.replace(tzinfo=zone, fold=1).utcoffset():
        return ""
    exists = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
    return "happens twice, because the clocks go back" if exists else "does not exist, because the clocks go forward"


def days_before(moment: datetime, days: int, at: time) -> datetime:
    """The instant of this wall time on the day that lies so many calendar days before the day of `moment`."""
    return instant_of(timezone.localdate(moment) - timedelta(days=days), at)


def spoken(at: time) -> str:
    """A time of day as it is said: “9:00am”, “5:30pm”."""
    return f"{at.hour % 12 or 12}:{at.minute:02d}{'am' if at.hour < 12 else 'pm'}"
