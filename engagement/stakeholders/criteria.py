"""What partners did before, as something by which a set of them may be chosen.

The register itself knows nothing of invitations, answers or events. The apps above say what they know with tuples of
`Criterion`, which `settings.SEGMENT_CRITERIA` names.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Criterion:
    """Something that is true of some organisations.

    `label` stands beside a box to tick (“Came to an event”), `words` in a sentence after “that” (“came to an event”).
    `found(since)` gives the keys of the organisations of which it is true since that moment (None: ever), as a query of
    one column that is never empty. With `opposite` those are meant of which it is not.
    """

    code: str
    label: str
    words: str
    found: Callable[[datetime | None], QuerySet[Any, Any]]
    opposite: bool = False


def criteria() -> dict[str, Criterion]:
    """Every criterion that any app offers, by its code, in the order in which they are shown."""
    return {one.code: one for path in settings.SEGMENT_CRITERIA for one in import_string(path)}


def since(months: int | None) -> datetime | None:
    """The moment so many calendar months ago; None for None, which means ever."""
    if not months:
        return None
    now = timezone.now()
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return now.replace(year=year, month=month + 1, day=min(now.day, last))
