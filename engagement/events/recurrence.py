"""Dates that follow one another: the same wall time on each, whatever the clocks do in between."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

WEEKLY, FORTNIGHTLY, FOUR_WEEKLY, MONTHLY_DATE, MONTHLY_WEEKDAY = "1w", "2w", "4w", "month", "weekday"
RHYTHMS = {
    WEEKLY: "Every week",
    FORTNIGHTLY: "Every 2 weeks",
    FOUR_WEEKLY: "Every 4 weeks",
    MONTHLY_DATE: "Every month on the same date",
    MONTHLY_WEEKDAY: "Every month on the same weekday (such as the second Tuesday)",
}
WEEKS = {WEEKLY: 1, FORTNIGHTLY: 2, FOUR_WEEKLY: 4}


def dates(first: date, rhythm: str, number: int) -> list[date]:
    """`number` dates after `first`. A month without the date (31 June) or the fifth weekday has none."""
    if rhythm in WEEKS:
        return [first + timedelta(weeks=WEEKS[rhythm] * step) for step in range(1, number + 1)]
    found: list[date] = []
    year, month = first.year, first.month
    # Every rhythm by months has a date at least once in eight years: the 29th of February.
    while len(found) < number:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        day = _in_month(first, rhythm, year, month)
        if day is not None:
            found.append(day)
    return found


def _in_month(first: date, rhythm: str, year: int, month: int) -> date | None:
    last = calendar.monthrange(year, month)[1]
    if rhythm == MONTHLY_DATE:
        return date(year, month, first.day) if first.day <= last else None
    offset = (first.weekday() - date(year, month, 1).weekday()) % 7
    day = 1 + offset + 7 * ((first.day - 1) // 7)
    return date(year, month, day) if day <= last else None
