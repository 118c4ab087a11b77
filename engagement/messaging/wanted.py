"""Whether a message is still wanted, asked again just before it leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from engagement.messaging import claims
from engagement.messaging.models import OutgoingMessage, Suppression

State = OutgoingMessage.State
TRANSACTIONAL = OutgoingMessage.Category.TRANSACTIONAL
# What was read for a batch is read again when it is older than this.
FRESH = timedelta(seconds=5)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
# How long a calendar message waits for an older one of the same entry that is on its way.
IN_ORDER = timedelta(seconds=30)
TOO_LATE = "Its time had passed before it could be sent."
NEVER_TOLD = "It takes back an invitation that was never sent, so both were left out."
TAKEN_BACK = "What it announced was called off before it was sent."


class Verdict(NamedTuple):
    """Send it (state ""), end it in a state with a reason, or try again at a moment (state planned)."""

    state: str = ""
    reason: str = ""
    until: datetime | None = None


class Wishes:
    """What the mailboxes of one batch want, and what they got lately; read in two statements for all of them."""

    def __init__(self, owner: str, batch: Sequence[OutgoingMessage]) -> None:
        self.owner = owner
        self.keys = {message.address_key for message in batch}
        self._read()

    def _read(self) -> None:
        self.at = timezone.now()
        self.stopped: dict[str, list[Suppression]] = defaultdict(list)
        for row in Suppression.objects.filter(address_key__in=self.keys).order_by("pk"):
            self.stopped[row.address_key].append(row)
        self.got: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
        if settings.MESSAGES_A_WEEK or settings.MESSAGES_A_DAY:
            lately = OutgoingMessage.objects.filter(address_key__in=self.keys, sent_at__gt=self.at - WEEK)
            for key, moment, category in lately.order_by("sent_at").values_list("address_key", "sent_at", "category"):
                if moment is not None:
                    self.got[key].append((moment, category == TRANSACTIONAL))

    def note(self, message: OutgoingMessage, now: datetime) -> None:
        """Remember that a mailbox of this batch got a message."""
        self.got[message.address_key].append((now, message.category == TRANSACTIONAL))

    def verdict(self, message: OutgoingMessage) -> Verdict:
        """Whether this message of the batch is to leave now. May leave the calendar file out of it."""
        now = timezone.now()
        if now - self.at > FRESH:
            self._read()
        if message.expires_at is not None and message.expires_at <= now:
            return Verdict(State.EXPIRED, TOO_LATE)
        if reason := _trial(message) or self._stopped(message):
            return Verdict(State.SKIPPED, reason)
        if message.check_name and (reason := import_string(settings.MESSAGE_CHECKS[message.check_name])(message)):
            return Verdict(State.SKIPPED, reason)
        if message.calendar_uid and (verdict := _in_order(message, self.owner, now)):
            return verdict
        return self._enough(message, now)

    def _stopped(self, message: OutgoingMessage) -> str:
        causes = Suppression.Cause
        for row in self.stopped[message.address_key]:
            # What somebody asked for by an act of their own reaches them whatever else they stopped.
            holds = (
                row.category == "" and row.cause in (causes.BOUNCED, causes.STAFF)
                if message.category == TRANSACTIONAL
                else row.category in ("", message.category)
            )
            if holds:
                return f"Nothing is sent to this address: {causes(row.cause).label.lower()}."
        return ""

    def _enough(self, message: OutgoingMessage, now: datetime) -> Verdict:
        """Nobody gets more than so many messages a week that they did not cause, nor so many a day of any kind."""
        got = self.got[message.address_key]
        limits = [(settings.MESSAGES_A_DAY, DAY, [moment for moment, _ in got], "a day")]
        if message.category != TRANSACTIONAL:
            limits.append((settings.MESSAGES_A_WEEK, WEEK, [moment for moment, caused in got if not caused], "a week"))
        for most, span, moments, words in limits:
            recent = [moment for moment in moments if moment > now - span]
            if not most or len(recent) < most:
                continue
            until = recent[-most] + span
            reason = f"This person had {most} messages within {words} already."
            if message.expires_at is not None and message.expires_at <= until:
                return Verdict(State.SKIPPED, f"{reason} When the next may leave, it would be too late.")
            return Verdict(State.PLANNED, f"{reason} It waits until the next may leave.", until)
        return Verdict()


def _trial(message: OutgoingMessage) -> str:
    """On a trial site, only the addresses and domains that were named get anything."""
    allowed = [entry.lower() for entry in settings.MESSAGES_ONLY_TO]
    address = message.to_email.lower()
    if not allowed or address in allowed or f"@{address.rpartition('@')[2]}" in allowed:
        return ""
    return "This is a trial site, and the address is not among those that it writes to."


def _in_order(message: OutgoingMessage, owner: str, now: datetime) -> Verdict | None:
    """Keep the messages of one calendar entry in order: none overtakes an older one, and a cancellation takes back
    what has not left. Of an entry that was never announced, nothing is sent."""
    older = list(OutgoingMessage.objects.filter(calendar_uid=message.calendar_uid, pk__lt=message.pk).order_by("pk"))
    if message.calendar_method == "CANCEL":
        for other in older:
            if other.calendar_method == "CANCEL" or other.state not in (State.PLANNED, State.HELD, State.CLAIMED):
                continue
            holder = owner if other.state == State.CLAIMED else None
            is_back = claims.move(other.pk, {State(other.state)}, holder, state=State.SKIPPED, reason=TAKEN_BACK)
            # Otherwise somebody else has begun with it meanwhile.
            other.state = State.SKIPPED if is_back else State.SENDING
    if any(other.state in (State.CLAIMED, State.SENDING) for other in older):
        return Verdict(State.PLANNED, "An older message of the same calendar entry is on its way.", now + IN_ORDER)
    was_told = any(other.state in (State.SENT, State.UNCERTAIN) for other in older)
    if message.calendar_method == "CANCEL" and not was_told:
        if message.on_uncertain != OutgoingMessage.Policy.RESEND_ONCE:
            return Verdict(State.SKIPPED, NEVER_TOLD)
        # The news itself matters; only a calendar that knows nothing of the entry has nothing to clear.
        message.calendar = message.calendar_method = ""
    return None
