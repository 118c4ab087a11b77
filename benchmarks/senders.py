"""The ways of sending that `benchmarks/messages.py` compares: ours, a bare loop, the in-flight flag, and broken ones.

Each way runs in processes of its own over the same rows and against the same mail server, and counts the CPU that it
used. Django must be set up before.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connections, transaction
from django.utils import timezone

from engagement.messaging import building, claims, delivery
from engagement.messaging.models import OutgoingMessage, address_hash

State = OutgoingMessage.State
# About four kilobytes of text and HTML, as a reminder of ours has.
WORDS = "Thank you for taking part. Your organisation has not answered the consultation yet, and it closes soon.\n"
TEXT = WORDS * 14
HTML = "<html><body>" + f'<p style="font-size: 16px">{WORDS}</p>\n' * 18 + "</body></html>"


def plan(many: int, run: str, **fields: Any) -> list[OutgoingMessage]:
    """So many due messages of one occasion, each to a mailbox of its own."""
    now = timezone.now()
    rows = [
        OutgoingMessage(
            rule="benchmark",
            occurrence=run,
            recipient=str(number),
            to_email=f"reader{number}@{run}.example",
            to_name=f"Reader {number}",
            address_key=address_hash(f"reader{number}@{run}.example"),
            subject=f"Message {number} of {run}",
            text_body=TEXT,
            html_body=HTML,
            message_id=f"<{run}.{number}@soundings.example>",
            due_at=now,
            **fields,
        )
        for number in range(many)
    ]
    OutgoingMessage.objects.bulk_create(rows, batch_size=500)
    return rows


def forked(act: Callable[[], Any]) -> int:
    """Run `act` in a copy of this process that has no database connection of its parent's; returns its number."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        act()
        code = 0
    except Exception:  # noqa: BLE001 - the parent sees the code only
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            connections.close_all()
        os._exit(code)


def in_processes(many: int, act: Callable[[], Any]) -> tuple[float, float]:
    """Run `act` in so many processes at once; returns seconds of wall time and of all their CPU."""
    began = time.perf_counter()
    children = [forked(act) for _ in range(many)]
    cpu = 0.0
    for child in children:
        _, status, used = os.wait4(child, 0)
        if status:
            raise RuntimeError(f"A sending process ended with {status}.")
        cpu += used.ru_utime + used.ru_stime
    return time.perf_counter() - began, cpu


def ours() -> None:
    delivery.drain(seconds=300)


def loop(rows: list[OutgoingMessage]) -> None:
    """What anybody would write first: Django's own mail over one connection, and no promise whatever."""
    with get_connection("django.core.mail.backends.smtp.EmailBackend") as connection:
        for row in rows:
            email = EmailMultiAlternatives(row.subject, row.text_body, to=[row.to_email], connection=connection)
            email.attach_alternative(row.html_body, "text/html")
            email.send()


# --- the pattern of other systems: a task for each message and a flag ------------------------------------

_kept: list[Any] = []


def one_in_flight(key: int) -> None:
    """Flag the row, send, clear the flag: one task's work, with the connection kept from task to task."""
    with transaction.atomic():
        row = OutgoingMessage.objects.select_for_update().get(pk=key)
        if row.state != State.PLANNED:
            return
        row.state, row.attempts = State.SENDING, row.attempts + 1
        row.lease_until = timezone.now() + claims.SENDING_LEASE
        row.save(update_fields=["state", "attempts", "lease_until", "updated_at"])
    if not _kept:
        _kept.append(get_connection("django.core.mail.backends.smtp.EmailBackend"))
        _kept[0].open()
    email = building.build(row)
    email.connection = _kept[0]
    email.send()
    row.state, row.sent_at = State.SENT, timezone.now()
    row.save(update_fields=["state", "sent_at", "updated_at"])


def in_flight_loop() -> None:
    """A worker of that pattern without Celery, with the reaper that takes a flag left behind for an unsent message."""
    while True:
        late = OutgoingMessage.objects.filter(state=State.SENDING, lease_until__lt=timezone.now())
        late.update(state=State.PLANNED)
        key = OutgoingMessage.objects.filter(state=State.PLANNED).order_by("?").values_list("pk", flat=True).first()
        if key is None:
            if not OutgoingMessage.objects.filter(state=State.SENDING).exists():
                return
            time.sleep(0.05)
            continue
        with contextlib.suppress(Exception):
            one_in_flight(key)
            continue
        _kept.clear()


# --- ours with its fence taken away ----------------------------------------------------------------------


@contextlib.contextmanager
def without_fence() -> Iterator[None]:
    """Claims look and then take, in two steps, and nobody asks whose row it is when it is marked."""
    kept = claims.claim, claims.move, claims.mark, claims.sent

    def look_then_take(owner: str) -> list[OutgoingMessage]:
        rows = list(OutgoingMessage.objects.filter(state=State.PLANNED).order_by("pk")[: claims.AT_ONCE])
        time.sleep(0.3)
        OutgoingMessage.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.CLAIMED, owner=owner, lease_until=timezone.now() + claims.CLAIM_LEASE
        )
        return rows

    def move_whoever_has_it(key: int, *args: Any, **fields: Any) -> bool:
        fields = {name: value for name, value in fields.items() if name not in {"step", "lease_is_over_at"}}
        return bool(OutgoingMessage.objects.filter(pk=key).update(**fields))

    def mark_whoever_has_it(key: int, owner: str) -> bool:
        return move_whoever_has_it(key, state=State.SENDING, lease_until=timezone.now() + claims.SENDING_LEASE)

    def sent_whoever_has_it(key: int, owner: str, now: Any) -> bool:
        return move_whoever_has_it(key, state=State.SENT, sent_at=now, lease_until=None)

    claims.claim, claims.move = look_then_take, move_whoever_has_it  # type: ignore[assignment]
    claims.mark, claims.sent = mark_whoever_has_it, sent_whoever_has_it
    try:
        yield
    finally:
        claims.claim, claims.move, claims.mark, claims.sent = kept


# --- the log of the mail server --------------------------------------------------------------------------


def accepted(log: Path, run: str) -> tuple[dict[str, int], int]:
    """How often each message of a run was taken, and how many lines were cut after the final dot."""
    copies: dict[str, int] = {}
    cut = 0
    for line in log.read_text().splitlines():
        what, _, number = line.partition(" ")
        if not number.startswith(f"<{run}."):
            continue
        if what == "took":
            copies[number] = copies.get(number, 0) + 1
        else:
            cut += 1
    return copies, cut


def kill(pid: int) -> bool:
    """Kill a child of ours and clear it away; whether it was still alive."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)
