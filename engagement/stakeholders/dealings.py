"""What passed between us and one organisation, from every part of the site: what we asked, what they told us.

The register knows calls, meetings and letters. The apps above add what they know through `settings.DEALINGS`, and count
through `settings.ASKS` how often they asked lately. What of it somebody may see, each app decides as on its own pages;
how often an organisation was asked is a number, and counts for everybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from engagement.stakeholders import queries
from engagement.stakeholders.models import Organisation

# The span that “lately” means.
DAYS = 90
# The latest so many of each source are shown.
MOST = 200


@dataclass(frozen=True)
class Dealing:
    """One thing that passed: when, in which direction, and in words.

    `side` is "asked" for what came from us, "told" for what came from them. `about` names the consultation or event,
    `lines` hold what was said or what became of it.
    """

    at: datetime
    side: str
    what: str
    about: str = ""
    url: str = ""
    lines: tuple[str, ...] = ()


def dealings_with(organisation: Organisation, user: Any) -> list[Dealing]:
    """Everything of it that this member of staff may see, the latest first: a fixed number of queries."""
    found = _interactions(organisation, user)
    for path in settings.DEALINGS:
        found += import_string(path)(organisation, user, MOST)
    return sorted(found, key=lambda one: one.at, reverse=True)


def midday(day: date) -> datetime:
    """A moment to sort a day by."""
    return timezone.make_aware(datetime.combine(day, time(12)))


def _interactions(organisation: Organisation, user: Any) -> list[Dealing]:
    rows = queries.interactions_visible_to(user).filter(organisation=organisation)[:MOST]
    itself = reverse("stakeholders:organisation", args=[organisation.public_id])
    return [
        Dealing(
            at=midday(row.on),
            side="told",
            what=f"{row.get_way_display()} with {row.contact.name}" if row.contact else row.get_way_display(),
            about="",
            url=f"{itself}#interactions",
            lines=(row.text,),
        )
        for row in rows
    ]


# --- how often they were asked --------------------------------------------------------------------------


def asked_lately(organisations: Iterable[int], days: int = DAYS) -> Counter[int]:
    """How often each of these organisations was asked for something in the last days: consultations and events to which
    somebody of it was invited, each once. Organisations that were not are missing."""
    keys, since = list(organisations), timezone.now() - timedelta(days=days)
    found: Counter[int] = Counter()
    for path in settings.ASKS:
        found.update(import_string(path)(keys, since))
    return found


def too_often(number: int) -> bool:
    """Whether so many askings in 90 days deserve a second thought."""
    return number > settings.ASKED_OFTEN
