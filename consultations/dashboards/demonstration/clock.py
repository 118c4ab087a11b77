"""A past for the demonstration: things happen in order, each at its own moment.

The product's own functions are called, and what they call “now” is the moment of the happening. Only for filling an
empty database in a process of its own: the clock of the whole process is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within it `timezone.now()` is this moment, also for the stamps of rows and the record of acts."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


def local(day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """This time of day in the site's zone."""
    return datetime.combine(day, time(hour, minute, second), tzinfo=timezone.get_default_timezone())


@dataclass
class Agenda:
    """What is to happen, collected in any order and run in order of time."""

    happenings: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)

    def add(self, moment: datetime, act: Callable[[], object]) -> None:
        """Plan one happening; those of one moment run in the order in which they were planned."""
        self.happenings.append((moment, len(self.happenings), act))

    def daily(self, first: date, last: date, act: Callable[[], object], *, hour: int) -> None:
        """The same happening on every day from the first to the last."""
        for number in range((last - first).days + 1):
            self.add(local(first + timedelta(days=number), hour), act)

    def run(self) -> None:
        """Let everything happen; what a happening plans for later happens too."""
        while self.happenings:
            self.happenings.sort(key=lambda one: one[:2])
            moment, _, act = self.happenings.pop(0)
            with at(moment):
                act()
