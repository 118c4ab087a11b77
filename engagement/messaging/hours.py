"""When messages that can wait may leave: on working days, by day.

A message that somebody asked for by an act of their own, or that is urgent, leaves at any time. The others wait for
SENDING_HOURS on a working day; one that would be too late by then leaves by day on any day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from engagement.core import walltime
from engagement.messaging.holidays import HOLIDAYS, LAST
from engagement.messaging.models import OutgoingMessage

# Messages of this priority and below wait for no hour.
URGENT = 1
# How long before the end of the table staff are told.
WARNING = timedelta(days=60)
AT_ANY_HOUR = Q(category=OutgoingMessage.Category.TRANSACTIONAL) | Q(priority__lte=URGENT)


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no bank holiday of England and Wales; after the end of the table weekends only."""
    return day.weekday() < 5 and day not in HOLIDAYS


def is_by_day(now: datetime) -> bool:
    """Whether the clock in the site's zone stands within SENDING_HOURS, on whatever day."""
    if not settings.SENDING_HOURS:
        return True
    opens, closes = settings.SENDING_HOURS
    return opens <= timezone.localtime(now).time() < closes


def is_open(now: datetime) -> bool:
    """Whether every message may leave at this moment."""
    return not settings.SENDING_HOURS or (is_by_day(now) and is_working_day(timezone.localdate(now)))


def next_opening(now: datetime) -> datetime:
    """The first moment from now on at which every message may leave."""
    if is_open(now):
        return now
    day, opens = timezone.localdate(now), settings.SENDING_HOURS
    while opens:
        moment = walltime.instant_of(day, opens[0])
        if moment > now and is_working_day(day):
            return moment
        day += timedelta(days=1)
    return now


def may_leave(now: datetime) -> Q:
    """The condition on messages that may leave now; empty when all of them may."""
    if is_open(now):
        return Q()
    if is_by_day(now):
        return AT_ANY_HOUR | Q(expires_at__lte=next_opening(now))
    return AT_ANY_HOUR


def warning(today: date) -> str:
    """A sentence when the table of bank holidays ends soon or has ended; empty otherwise."""
    if not settings.SENDING_HOURS or today + WARNING <= LAST:
        return ""
    verb = "ended" if today > LAST else "ends"
    return (
        f"The table of bank holidays {verb} on {LAST:%-d %B %Y}. After that day messages go out on bank holidays too; "
        "an update of Soundings brings the new table."
    )
