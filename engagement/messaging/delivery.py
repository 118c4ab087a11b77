"""Sending what is due: claim, ask again whether it is wanted, hand over, write down what came of it.

A row moves planned -> claimed -> sending -> sent. Every move is an UPDATE that names the state and the owner it
expects; when it changes no row, somebody else has the message and this process lets go. The way back from
*sending* to *planned* exists only with the server's own word that it did not take the message; a row whose answer
was lost becomes *uncertain* and is never sent again by itself.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.module_loading import import_string

from engagement.messaging import faults
from engagement.messaging.building import build
from engagement.messaging.models import Line, OutgoingMessage, Step, Suppression, Tick
from engagement.messaging.transports import ANSWER_SECONDS, Outcome, Result, Transport, open_transport

logger = logging.getLogger(__name__)
State = OutgoingMessage.State

AT_ONCE = 20
# How long a claimed row stays with a process that shows no sign of life; nothing was handed over yet.
CLAIM_LEASE = timedelta(seconds=30)
# Longer than the server may take to answer, with room for a slow machine.
SENDING_LEASE = timedelta(seconds=3 * ANSWER_SECONDS)
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60, 3600
# A message without an end of its own is given up after this long.
PATIENCE = timedelta(days=4)
# Failures in a row to reach the mail server, after which the pauses grow: 1, 2, 4 ... 15 minutes.
FAILURES_BEFORE_PAUSE = 5
LONGEST_PAUSE_MINUTES = 15
LINE, TICK = "mail", "messaging.send_due"
LOST = "The process that was sending it ended before the mail server’s answer was written down."


def drain(seconds: float = 12) -> dict[str, int]:
    """Send what is due, for at most about so many seconds. Returns how many were sent, skipped, failed, uncertain.

    Must not run inside a transaction: what it writes has to be certain before the next step. May run in several
    processes at once, be called too often, and be killed anywhere.
    """
    now = timezone.now()
    _tick(now)
    counts = Counter[str](_reap(now))
    if not Line.objects.filter(name=LINE, paused_until__gt=now).exists():
        owner = f"{socket.gethostname()[:20]}/{os.getpid()}/{secrets.token_hex(8)}"
        with closing(open_transport()) as transport:
            end = time.monotonic() + seconds
            for message in _claimed(owner, end):
                outcome = _process(message, owner, transport)
                counts[outcome] += 1
                if outcome == "no_line":
                    break
        if counts.total():
            _let_go(owner)
    return {name: counts[name] for name in ("sent", "skipped", "failed", "uncertain")}


# --- whose it is ----------------------------------------------------------------------------------------


def _claimed(owner: str, end: float) -> Iterator[OutgoingMessage]:
    while time.monotonic() < end and (batch := _claim(owner)):
        for message in batch:
            if time.monotonic() >= end:
                return
            yield message


@transaction.atomic
def _claim(owner: str) -> list[OutgoingMessage]:
    """Up to 20 due rows, the most urgent first, which nobody else gets until the lease is over."""
    now = timezone.now()
    due = (
        OutgoingMessage.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), state=State.PLANNED, due_at__lte=now)
        .select_for_update(skip_locked=True)
        .order_by("priority", "due_at", "pk")[:AT_ONCE]
    )
    keys = [message.pk for message in due]
    if not keys:
        return []
    OutgoingMessage.objects.filter(pk__in=keys, state=State.PLANNED).update(
        state=State.CLAIMED, owner=owner, lease_until=now + CLAIM_LEASE, updated_at=now
    )
    faults.fault("in claim")
    return list(
        OutgoingMessage.objects.filter(pk__in=keys, state=State.CLAIMED, owner=owner).order_by(
            "priority", "due_at", "pk"
        )
    )


def _let_go(owner: str) -> None:
    """Give back what was claimed and not tried."""
    OutgoingMessage.objects.filter(state=State.CLAIMED, owner=owner).update(
        state=State.PLANNED, owner="", lease_until=None, updated_at=timezone.now()
    )


def _reap(now: datetime) -> dict[str, int]:
    """Rows whose process is gone: those not tried become due again, those on their way become uncertain."""
    left = OutgoingMessage.objects.filter(state__in=[State.CLAIMED, State.SENDING], lease_until__lt=now)
    lost = 0
    for key, state in left.values_list("pk", "state"):
        if state == State.CLAIMED:
            _move(key, {State.CLAIMED}, None, lease_is_over_at=now, state=State.PLANNED, owner="")
        else:
            lost += _move(
                key, {State.SENDING}, None, lease_is_over_at=now, state=State.UNCERTAIN, reason=LOST, step=LOST
            )
    return {"uncertain": lost}


def _move(
    key: int,
    states: set[State],
    holder: str | None,
    *,
    step: str = "",
    lease_is_over_at: datetime | None = None,
    **fields: object,
) -> bool:
    """Change one row if it still is in one of `states`, belongs to `holder` (or to anybody, for None), and, where
    asked, has outlived its lease. False means that somebody else has it by now."""
    rows = OutgoingMessage.objects.filter(pk=key, state__in=states)
    if holder is not None:
        rows = rows.filter(owner=holder)
    if lease_is_over_at is not None:
        rows = rows.filter(lease_until__lt=lease_is_over_at)
    with transaction.atomic():
        moved = rows.update(**{"lease_until": None, "updated_at": timezone.now(), **fields})
        if moved and step:
            Step.objects.create(message_id=key, text=step[:300])
    return bool(moved)


# --- one message ----------------------------------------------------------------------------------------


def _process(message: OutgoingMessage, owner: str, transport: Transport) -> str:
    """Take one claimed message to its next state; returns the name under which it is counted."""
    faults.fault("after claim")
    try:
        state, reason = _wanted(message)
    except Exception as error:
        logger.exception("Message %s: the question “%s” failed.", message.pk, message.check_name)
        outcome = Outcome(Result.LATER, f"The question whether it is still wanted failed: {type(error).__name__}")
        return _store(message, owner, outcome)
    if state:
        _move(message.pk, {State.CLAIMED}, owner, state=state, reason=reason[:300])
        return "skipped"
    try:
        email = build(message)
    except ValueError as error:
        return _store(message, owner, Outcome(Result.REFUSED, f"It cannot be written as a message: {error}"))

    marked = False

    def mark() -> bool:
        nonlocal marked
        lease = timezone.now() + SENDING_LEASE
        marked = _move(
            message.pk, {State.CLAIMED}, owner, state=State.SENDING, attempts=F("attempts") + 1, lease_until=lease
        )
        return marked

    try:
        outcome = transport.send(email, mark)
    except DatabaseError:
        raise
    except Exception as error:
        logger.exception("Message %s could not be handed over.", message.pk)
        transport.close()
        reason = f"Handing it over failed: {type(error).__name__}"
        outcome = Outcome(Result.UNCERTAIN if marked else Result.LATER, reason)
    faults.fault("before result")
    counted = _store(message, owner, outcome)
    faults.fault("after result")
    return counted


def _wanted(message: OutgoingMessage) -> tuple[str, str]:
    """("", "") when the message is to be sent; otherwise the state it ends in and the reason for staff."""
    if message.expires_at is not None and message.expires_at <= timezone.now():
        return State.EXPIRED, "Its time had passed before it could be sent."
    if reason := _suppressed(message):
        return State.SKIPPED, reason
    if message.check_name:
        reason = import_string(settings.MESSAGE_CHECKS[message.check_name])(message)
        if reason:
            return State.SKIPPED, reason
    return "", ""


def _suppressed(message: OutgoingMessage) -> str:
    causes = Suppression.Cause
    is_transactional = message.category == OutgoingMessage.Category.TRANSACTIONAL
    rows = Suppression.objects.filter(address_key=message.address_key, category__in=["", message.category])
    if is_transactional:
        # What somebody asked for by an act of their own reaches them whatever else they stopped.
        rows = rows.filter(category="", cause__in=[causes.BOUNCED, causes.STAFF])
    found = rows.order_by("pk").first()
    return f"Nothing is sent to this address: {causes(found.cause).label.lower()}." if found else ""


# --- what came of it ------------------------------------------------------------------------------------


def _store(message: OutgoingMessage, owner: str, outcome: Outcome) -> str:
    """Write down the outcome of one attempt, if the row is still ours."""
    now = timezone.now()
    match outcome.result:
        case Result.SENT:
            # A late answer of the same owner also settles what was taken for uncertain meanwhile.
            _move(message.pk, {State.SENDING, State.UNCERTAIN}, owner, state=State.SENT, sent_at=now, reason="")
            _line_works()
        case Result.REFUSED:
            _fail(message, owner, outcome)
            return "failed"
        case Result.UNCERTAIN:
            _move(message.pk, {State.SENDING}, owner, state=State.UNCERTAIN, reason=outcome.reason, step=outcome.reason)
        case Result.LATER:
            return _put_off(message, owner, outcome.reason, now)
        case Result.NO_LINE:
            _line_fails(outcome.reason, now)
    return outcome.result.value


def _fail(message: OutgoingMessage, owner: str, outcome: Outcome) -> None:
    states = {State.CLAIMED, State.SENDING}
    with transaction.atomic():
        is_ours = _move(message.pk, states, owner, state=State.FAILED, reason=outcome.reason[:300], step=outcome.reason)
        if is_ours and outcome.is_address_unknown:
            Suppression.objects.get_or_create(
                address_key=message.address_key, category="", defaults={"cause": Suppression.Cause.BOUNCED}
            )


def _put_off(message: OutgoingMessage, owner: str, reason: str, now: datetime) -> str:
    """Due again after a while that doubles from a minute to an hour; given up after four days."""
    if message.expires_at is None and now - message.due_at > PATIENCE:
        _fail(message, owner, Outcome(Result.REFUSED, f"Given up after four days. {reason}"))
        return "failed"
    longest = min(FIRST_WAIT_SECONDS * 2 ** min(message.attempts, 10), LONGEST_WAIT_SECONDS)
    wait = timedelta(seconds=random.uniform(longest / 2, longest))  # noqa: S311 - spreads retries, guards nothing
    # Nobody counts an attempt that ended before its mark, so it is counted here.
    counted = F("attempts") + Case(When(state=State.CLAIMED, then=1), default=0)
    _move(
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


# --- the way to the mail server -------------------------------------------------------------------------


def _line_works() -> None:
    Line.objects.filter(name=LINE, failures__gt=0).update(failures=0, paused_until=None, reason="")


def _line_fails(reason: str, now: datetime) -> None:
    """Count one more failure in a row; after a few of them, pause. The messages themselves are not to blame."""
    line, _ = Line.objects.get_or_create(name=LINE)
    Line.objects.filter(name=LINE).update(failures=F("failures") + 1, reason=reason[:300])
    too_many = line.failures + 1 - FAILURES_BEFORE_PAUSE
    if too_many >= 0:
        pause = min(2 ** min(too_many, 10), LONGEST_PAUSE_MINUTES)
        Line.objects.filter(name=LINE).update(paused_until=now + timedelta(minutes=pause))
    logger.warning("No line to the mail server: failure %s in a row.", line.failures + 1)


def _tick(now: datetime) -> None:
    if not Tick.objects.filter(name=TICK).update(at=now):
        Tick.objects.bulk_create([Tick(name=TICK, at=now)], ignore_conflicts=True)
