"""Who is asked, who answers and how: the cast of the call for evidence, chosen before anything happens."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from consultations.dashboards.demonstration.call import EXTENDED_ON, FIRST_CLOSE, LAST_DAY, OPENS
from consultations.dashboards.demonstration.clock import local
from consultations.dashboards.demonstration.register import Body
from consultations.dashboards.demonstration.sentences import WITHHELD_REASONS

INVITED_ORGANISATIONS, INVITED_PEOPLE = 124, 6
# Channel -> how many organisations answer by it; four people answer online for themselves.
CHANNELS = {"online": 44, "email": 15, "letter": 6, "telephone": 5}
PEOPLE_ANSWER = 4
UNNAMED, WITHHELD = 9, 6
LATE_ONLINE, LATE_LETTERS = 2, 2
WITHDRAWN, UNFINISHED, DECLINED, BOUNCED = 2, 4, 4, 3
WITH_DOCUMENT = 25
# How readily a kind answers; others have 1.
EAGER = {
    "university": 6.0, "college": 4.0, "local-authority": 6.0, "combined-authority": 6.0, "chamber": 5.0, "nhs": 3.0,
    "employers-federation": 4.0, "sector-body": 3.0, "infrastructure-body": 3.0, "trade-union": 3.0,
    "transport-body": 4.0, "advanced-manufacturing": 1.6, "energy": 1.6, "housing-provider": 2.0,
    "research-centre": 3.0,
}  # fmt: skip
# Days with their shares: a slow start, waves after reminders, the rush before both closes.
WAVES: list[tuple[date, date, float]] = [
    (date(2018, 12, 4), date(2018, 12, 20), 0.16),
    (date(2019, 1, 4), date(2019, 1, 24), 0.24),
    (date(2019, 1, 25), date(2019, 2, 1), 0.22),
    (EXTENDED_ON, FIRST_CLOSE, 0.18),
    (date(2019, 2, 11), LAST_DAY, 0.20),
]


@dataclass
class Reply:
    """One submission that is to come: from whom, by which way, when, and what may become of it."""

    body: Body | None
    channel: str
    sent_at: datetime
    person: Any = None  # the contact, for somebody who answers for themselves
    area: str = ""
    confidentiality: str = "named"
    reason: str = ""
    document: int = 0
    outcome: str = "accepted"  # accepted, submitted (not looked at yet), withdrawn, unfinished

    @property
    def is_late(self) -> bool:
        return self.sent_at > local(LAST_DAY, 23, 59, 59)


@dataclass
class Cast:
    """The organisations invited and those that were not, and every reply to come."""

    invited: list[Body]
    others: list[Body]
    replies: list[Reply] = field(default_factory=list)
    declined: list[Body] = field(default_factory=list)
    bounced: list[Body] = field(default_factory=list)
    opened: list[Body] = field(default_factory=list)


def choose(rng: random.Random, bodies: list[Body]) -> Cast:
    """Whom to invite, who answers: every thin group answers once, the eager more often than the others."""
    thin = [body for body in bodies if body.is_thin]
    loud = [body for body in bodies if not body.is_thin]
    eager = _eager_first(rng, loud)
    invited = [*thin, *eager[: INVITED_ORGANISATIONS - len(thin)]]
    cast = Cast(invited, eager[INVITED_ORGANISATIONS - len(thin) :])
    answering = _one_of_each(thin) + _eager_first(rng, invited[len(thin) :])
    number = sum(CHANNELS.values())
    replying, rest = answering[:number], answering[number:]
    rest = rng.sample(rest, len(rest))
    cast.replies = _replies(rng, replying)
    for outcome, many in (("withdrawn", WITHDRAWN), ("unfinished", UNFINISHED)):
        cast.replies += [Reply(rest.pop(), "online", _moment(rng), outcome=outcome) for _ in range(many)]
    silent = rest + [body for body in thin if body not in replying]
    # Nobody of the thin groups says no: they were not reached at all.
    cast.declined, cast.bounced = rest[:DECLINED], rest[DECLINED : DECLINED + BOUNCED]
    cast.opened = [body for body in silent if body not in cast.declined and body not in cast.bounced][::3]
    return cast


def _eager_first(rng: random.Random, bodies: list[Body]) -> list[Body]:
    return sorted(bodies, key=lambda body: (-(rng.random() ** (1 / EAGER.get(body.kind, 1.0))), body.name))


def _one_of_each(thin: list[Body]) -> list[Body]:
    """One builder, one farm, one charity of Northumberland."""
    groups: dict[str, Body] = {}
    for body in thin:
        groups.setdefault(body.kind if body.kind in {"construction", "rural-food"} else "voluntary", body)
    return list(groups.values())


def _replies(rng: random.Random, bodies: list[Body]) -> list[Reply]:
    ways = [channel for channel, number in CHANNELS.items() for _ in range(number)]
    # Small and old-fashioned bodies write letters; nobody is asked to.
    replies = [Reply(body, way, _moment(rng)) for body, way in zip(bodies, rng.sample(ways, len(ways)), strict=True)]
    _make_late([reply for reply in replies if reply.channel == "online"][:LATE_ONLINE], 16)
    _make_late([reply for reply in replies if reply.channel == "letter"][:LATE_LETTERS], 19)
    for number, reply in enumerate(rng.sample(replies, UNNAMED + WITHHELD)):
        reply.confidentiality = "unnamed" if number < UNNAMED else "withheld"
        reply.reason = "" if number < UNNAMED else WITHHELD_REASONS[number - UNNAMED]
    for number, reply in enumerate(rng.sample(replies, WITH_DOCUMENT)):
        reply.document = number + 1
    return replies


def _make_late(replies: list[Reply], day: int) -> None:
    for number, reply in enumerate(replies):
        reply.sent_at = local(date(2019, 2, day + number), 10 + number, 20)


def _moment(rng: random.Random) -> datetime:
    first, last, _ = rng.choices(WAVES, [share for _, _, share in WAVES])[0]
    day = first + timedelta(days=rng.randint(0, (last - first).days))
    while day.weekday() > 4 and rng.random() < 0.85:
        day = max(first, day - timedelta(days=2))
        if day == first:
            break
    return local(max(day, OPENS), rng.choice([9, 10, 11, 11, 13, 14, 14, 15, 16, 16, 20]), rng.randint(0, 59))


def people_reply(rng: random.Random, contact: Any, area: str) -> Reply:
    """Somebody who answers for themselves, online."""
    return Reply(None, "online", _moment(rng), person=contact, area=area, outcome="accepted")
