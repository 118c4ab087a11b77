"""The way to the mail server: whether it works, whether it was stopped, and whether this is a restored database."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from engagement.messaging.models import Line, OutgoingMessage, Step

logger = logging.getLogger(__name__)
State = OutgoingMessage.State
OUT = "mail"
# Failures in a row to reach the mail server, after which the pauses grow: 1, 2, 4 ... 15 minutes.
FAILURES_BEFORE_PAUSE = 5
LONGEST_PAUSE_MINUTES = 15
# So many refusals, and this share of what was tried in one go, stop what is refused.
REFUSALS_BEFORE_STOP = 5
REFUSED_SHARE = 0.05
RESTORED = (
    "This database is an older copy that was put back: messages that it takes for due may have been sent already."
)
# What the pages of staff ask, since a query on every page would be too dear; refreshed by every look while it is true.
SIGN = "messaging.stopped"
SIGN_SECONDS = 15 * 60
# Staff who start sending accept the database as it is: it overtakes whatever any machine remembers of its earlier life.
LEAP = 1_000_000_000


def look(now: datetime) -> Line:
    """The line as it stands, with the note that it was looked at. Stops it when the database was put back.

    Two statements. A file in VAR_DIR remembers how often this database was looked at: it is read before the database,
    so a smaller number there can only come from an older copy.
    """
    remembered = _remembered()
    line = Line.objects.filter(name=OUT).first()
    if line is None:
        line, _ = Line.objects.get_or_create(name=OUT)
    if remembered.get(line.identity, 0) > line.looks and line.stopped_at is None:
        stop(RESTORED)
        line.refresh_from_db()
    Line.objects.filter(name=OUT).update(looks=F("looks") + 1, looked_at=now)
    _remember(line.identity, line.looks + 1)
    if line.stopped_at is not None:
        cache.set(SIGN, line.stopped_why, SIGN_SECONDS)
    return line


def is_stopped() -> bool:
    return Line.objects.filter(name=OUT, stopped_at__isnull=False).exists()


def stop(why: str) -> bool:
    """Let nothing more leave. What is claimed loses its owner, so that no process can mark it any more."""
    now = timezone.now()
    Line.objects.get_or_create(name=OUT)
    stopped = Line.objects.filter(name=OUT, stopped_at=None).update(stopped_at=now, stopped_why=why[:300])
    OutgoingMessage.objects.filter(state=State.CLAIMED).update(
        state=State.PLANNED, owner="", lease_until=None, updated_at=now
    )
    cache.set(SIGN, why[:300], SIGN_SECONDS)
    if stopped:
        logger.warning("Sending was stopped.")
    return bool(stopped)


def start() -> bool:
    """Let messages leave again, with a clean record of failures."""
    started = Line.objects.filter(name=OUT, stopped_at__isnull=False).update(
        stopped_at=None, stopped_why="", failures=0, paused_until=None, reason="", looks=F("looks") + LEAP
    )
    cache.delete(SIGN)
    return bool(started)


def works() -> None:
    """The mail server answered."""
    Line.objects.filter(name=OUT, failures__gt=0).update(failures=0, paused_until=None, reason="")


def fails(reason: str, now: datetime) -> None:
    """Count one more failure in a row; after a few of them, pause. The messages themselves are not to blame."""
    Line.objects.filter(name=OUT).update(failures=F("failures") + 1, reason=reason[:300])
    failures = Line.objects.values_list("failures", flat=True).get(name=OUT)
    too_many = failures - FAILURES_BEFORE_PAUSE
    if too_many >= 0:
        pause = min(2 ** min(too_many, 10), LONGEST_PAUSE_MINUTES)
        Line.objects.filter(name=OUT).update(paused_until=now + timedelta(minutes=pause))
    logger.warning("No line to the mail server: failure %s in a row.", failures)


class Refusals:
    """Counts what the server refuses in one go, and stops what it refuses too often.

    Addresses that do not exist hold back the rest of the mailing they belong to, since its list is old. Any other no is
    about us, and holds back everything.
    """

    def __init__(self) -> None:
        self.tried = Counter[str]()
        self.refused = Counter[str]()

    def note(self, message: OutgoingMessage, *, refused: bool, is_address: bool, reason: str = "") -> None:
        # "" stands for the line as a whole.
        for name in (message.rule, ""):
            self.tried[name] += 1
        if not refused:
            return
        name = message.rule if is_address else ""
        self.refused[name] += 1
        many, tried = self.refused[name], self.tried[name]
        if many < REFUSALS_BEFORE_STOP or many < REFUSED_SHARE * tried:
            return
        self.refused[name] = 0
        if is_address:
            hold_rest(message.rule, f"{many} of {tried} addresses of this mailing do not exist, so the rest waits.")
        else:
            stop(f"The mail server refused {many} of {tried} messages. {reason}")


def hold_rest(rule: str, reason: str) -> int:
    """Keep back what of a mailing has not left, unless staff have let it go on once already."""
    if Step.objects.filter(message__rule=rule, actor__isnull=False, text="Released").exists():
        return 0
    rows = OutgoingMessage.objects.filter(rule=rule, state__in=[State.PLANNED, State.CLAIMED])
    return rows.update(state=State.HELD, owner="", lease_until=None, reason=reason, updated_at=timezone.now())


def _file() -> Path:
    return Path(settings.VAR_DIR) / "outbox-looks"


def _remembered() -> dict[str, int]:
    try:
        identity, _, looks = _file().read_text(encoding="ascii").partition(" ")
        return {identity: int(looks)}
    except (OSError, ValueError):
        return {}


def _remember(identity: str, looks: int) -> None:
    with contextlib.suppress(OSError):
        fresh = _file().with_suffix(".new")
        fresh.write_text(f"{identity} {looks}", encoding="ascii")
        fresh.replace(_file())
