"""Sending what is due: claim, ask again whether it is wanted, hand over, write down what came of it.

A row moves planned -> claimed -> sending -> sent. Every move is an UPDATE that names the state and the owner it
expects (see `claims`); when it changes no row, somebody else has the message and this process lets go. The way back
from *sending* to *planned* exists only with the server's own word that it did not take the message; a row whose answer
was lost becomes *uncertain* and is never sent again by itself, unless that was chosen for its kind.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

from django.db import DatabaseError
from django.utils import timezone

from engagement.messaging import claims, faults, results
from engagement.messaging import line as lines
from engagement.messaging.building import build
from engagement.messaging.models import OutgoingMessage
from engagement.messaging.transports import Outcome, Result, Transport, open_transport
from engagement.messaging.wanted import Wishes

logger = logging.getLogger(__name__)
State = OutgoingMessage.State


def drain(seconds: float = 12) -> dict[str, int]:
    """Send what is due, for at most about so many seconds. Returns how many were sent, skipped, failed, uncertain.

    Must not run inside a transaction: what it writes has to be certain before the next step. May run in several
    processes at once, be called too often, and be killed anywhere.
    """
    now = timezone.now()
    line = lines.look(now)
    counts = Counter[str]({"uncertain": claims.reap(now)})
    if line.stopped_at is None and (line.paused_until is None or line.paused_until <= now):
        with closing(open_transport()) as transport:
            run = Run(transport, has_failed=bool(line.failures))
            counts.update(run.until(time.monotonic() + seconds))
    return {name: counts[name] for name in ("sent", "skipped", "failed", "uncertain")}


class Run:
    """One process's share of what is due, over one transport."""

    def __init__(self, transport: Transport, *, has_failed: bool = False, owner: str = "") -> None:
        self.transport, self.has_failed = transport, has_failed
        self.owner = owner or f"{socket.gethostname()[:20]}/{os.getpid()}/{secrets.token_hex(8)}"
        self.refusals = lines.Refusals()

    def until(self, end: float) -> Counter[str]:
        """Work until nothing is due or the monotonic clock says `end`."""
        counts = Counter[str]()
        for message, wishes in self._claimed(end):
            outcome = self.process(message, wishes)
            counts[outcome] += 1
            if outcome == Result.NO_LINE.value:
                break
        if counts.total():
            claims.let_go(self.owner)
        return counts

    def _claimed(self, end: float) -> Iterator[tuple[OutgoingMessage, Wishes]]:
        is_first = True
        while time.monotonic() < end and (is_first or not lines.is_stopped()) and (batch := claims.claim(self.owner)):
            is_first = False
            wishes = Wishes(self.owner, batch)
            for message in batch:
                if time.monotonic() >= end:
                    return
                yield message, wishes

    def process(self, message: OutgoingMessage, wishes: Wishes) -> str:
        """Take one claimed message to its next state; returns the name under which it is counted."""
        faults.fault("after claim")
        try:
            verdict = wishes.verdict(message)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("Message %s: the question “%s” failed.", message.pk, message.check_name)
            reason = f"The question whether it is still wanted failed: {type(error).__name__}"
            return results.store(message, self.owner, Outcome(Result.LATER, reason))
        if verdict.state:
            return results.settle(message, self.owner, verdict)
        try:
            email = build(message)
        except ValueError as error:
            outcome = Outcome(Result.REFUSED, f"It cannot be written as a message: {error}")
            return results.store(message, self.owner, outcome)
        except DatabaseError:
            raise
        except Exception as error:
            # One message that breaks what writes it must not keep the others.
            logger.exception("Message %s could not be written.", message.pk)
            reason = f"Writing it as a message failed: {type(error).__name__}"
            return results.store(message, self.owner, Outcome(Result.LATER, reason))
        marked = False

        def mark() -> bool:
            nonlocal marked
            marked = claims.mark(message.pk, self.owner)
            return marked

        try:
            outcome = self.transport.send(email, mark)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("Message %s could not be handed over.", message.pk)
            self.transport.close()
            reason = f"Handing it over failed: {type(error).__name__}"
            outcome = Outcome(Result.UNCERTAIN if marked else Result.LATER, reason)
        faults.fault("before result")
        counted = results.store(message, self.owner, outcome)
        faults.fault("after result")
        self._learn(message, outcome, wishes)
        return counted

    def _learn(self, message: OutgoingMessage, outcome: Outcome, wishes: Wishes) -> None:
        """What this attempt says about the ones that follow."""
        if outcome.result is Result.SENT:
            wishes.note(message, timezone.now())
            if self.has_failed:
                lines.works()
                self.has_failed = False
        if outcome.result in (Result.SENT, Result.REFUSED):
            self.refusals.note(
                message,
                refused=outcome.result is Result.REFUSED,
                is_address=outcome.is_address_unknown,
                reason=outcome.reason,
            )
