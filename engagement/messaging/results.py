"""What came of one attempt, written down if the row is still ours."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, When
from django.utils import timezone

from engagement.messaging import claims, line, reports
from engagement.messaging.models import OutgoingMessage, Suppression
from engagement.messaging.transports import Outcome, Result
from engagement.messaging.wanted import Verdict

State = OutgoingMessage.State
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60, 3600
# A message without an end of its own is given up after this long.
PATIENCE = timedelta(days=4)


def store(message: OutgoingMessage, owner: str, outcome: Outcome) -> str:
    """Write down the outcome of one attempt; returns the name under which it is counted."""
    now = timezone.now()
    match outcome.result:
        case Result.SENT:
            if claims.sent(message.pk, owner, now):
                message.state, message.sent_at, message.reason = State.SENT, now, ""
                reports.tell(message, "sent")
        case Result.REFUSED:
            _fail(message, owner, outcome)
            return "failed"
        case Result.UNCERTAIN:
            claims.leave_uncertain(message, owner, outcome.reason)
        case Result.LATER:
            return _put_off(message, owner, outcome.reason, now)
        case Result.NO_LINE:
            line.fails(outcome.reason, now)
    return outcome.result.value


def settle(message: OutgoingMessage, owner: str, verdict: Verdict) -> str:
    """Write down why a claimed message does not leave now."""
    if verdict.state == State.PLANNED:
        claims.move(
            message.pk,
            {State.CLAIMED},
            owner,
            state=State.PLANNED,
            owner="",
            retry_at=verdict.until,
            reason=verdict.reason[:300],
        )
        return "later"
    claims.move(message.pk, {State.CLAIMED}, owner, state=verdict.state, reason=verdict.reason[:300])
    return "skipped"


def _fail(message: OutgoingMessage, owner: str, outcome: Outcome) -> None:
    states = {State.CLAIMED, State.SENDING}
    with transaction.atomic():
        is_ours = claims.move(
            message.pk, states, owner, state=State.FAILED, reason=outcome.reason[:300], step=outcome.reason
        )
        if is_ours and outcome.is_address_unknown:
            reports.suppress(message.address_key, Suppression.Cause.BOUNCED, outcome.reason)
    if is_ours and outcome.is_address_unknown:
        message.state, message.reason = State.FAILED, outcome.reason[:300]
        reports.tell(message, "bounced")


def _put_off(message: OutgoingMessage, owner: str, reason: str, now: datetime) -> str:
    """Due again after a while that doubles from a minute to an hour; given up after four days."""
    if message.expires_at is None and now - message.due_at > PATIENCE:
        _fail(message, owner, Outcome(Result.REFUSED, f"Given up after four days. {reason}"))
        return "failed"
    longest = min(FIRST_WAIT_SECONDS * 2 ** min(message.attempts, 10), LONGEST_WAIT_SECONDS)
    wait = timedelta(seconds=random.uniform(longest / 2, longest))  # noqa: S311 - spreads retries, guards nothing
    # Nobody counts an attempt that ended before its mark, so it is counted here.
    counted = F("attempts") + Case(When(state=State.CLAIMED, then=1), default=0)
    claims.move(
        message.pk,
        {State.CLAIMED, State.SENDING},
        owner,
        state=State.PLANNED,
        owner="",
        attempts=counted,
        retry_at=now + wait,
        reason=reason[:300],
        step=reason,
    )
    return "later"
