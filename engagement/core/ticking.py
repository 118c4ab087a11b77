"""The clock’s sign of life: when beat last rang and a worker heard it."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache

TICK = "health.tick"
# A clock that was late by so many of its intervals has stopped. A worker busy with one long task is only slow.
LATE_TICKS = 8


def tick() -> None:
    """The clock rang and a worker heard it."""
    cache.set(TICK, time.time(), timeout=None)


def clock() -> str:
    """When the clock last reached a worker; “ok” while that is recent.

    Told beside the rest and not counted in: without a worker mail is late, yet every page and every answer works, so
    a load balancer must not take the server out.
    """
    last = cache.get(TICK)
    if last is None:
        return "has not rung yet"
    silent = int(time.time() - last)
    return "ok" if silent <= LATE_TICKS * settings.TICK_SECONDS else f"silent for {silent} seconds"
