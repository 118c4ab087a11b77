"""Killing and freezing senders, flushing the broker: what `benchmarks/messages.py` does to the outbox.

Judged by the log of the mail server, not by our own table: a message that it took twice is a duplicate, one that we
call sent and it never took is lost, and so is one that never comes to an end.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import redis
import senders
from django.db import connections

from engagement.messaging import claims, delivery, line, outbox, results, transports
from engagement.messaging.models import OutgoingMessage

ROOT = Path(__file__).resolve().parent.parent
FINAL = ("sent", "uncertain", "failed", "skipped", "expired")
LEASE = timedelta(seconds=3)


@contextlib.contextmanager
def hurried() -> Iterator[None]:
    """Leases and waits of seconds, so that what takes a minute in life takes a second here; every rule stays."""
    kept = claims.CLAIM_LEASE, claims.SENDING_LEASE, transports.ANSWER_SECONDS, results.FIRST_WAIT_SECONDS
    longest, before = results.LONGEST_WAIT_SECONDS, line.FAILURES_BEFORE_PAUSE
    claims.CLAIM_LEASE, claims.SENDING_LEASE, transports.ANSWER_SECONDS = timedelta(seconds=1), LEASE, 1
    results.FIRST_WAIT_SECONDS, results.LONGEST_WAIT_SECONDS, line.FAILURES_BEFORE_PAUSE = 1, 2, 10**6
    try:
        yield
    finally:
        claims.CLAIM_LEASE, claims.SENDING_LEASE, transports.ANSWER_SECONDS, results.FIRST_WAIT_SECONDS = kept
        results.LONGEST_WAIT_SECONDS, line.FAILURES_BEFORE_PAUSE = longest, before


def ours_for_ever() -> None:
    while True:
        delivery.drain(seconds=5)
        time.sleep(0.02)


def rows_of(run: str) -> Any:
    return OutgoingMessage.objects.filter(scope=run)


def unfinished(run: str) -> int:
    return int(rows_of(run).exclude(state__in=FINAL).count())


def kill_loop(
    run: str,
    log: Path,
    *,
    many: int,
    kills: int,
    seed: int,
    sender: Callable[[], None] = ours_for_ever,
    stalls: int = 0,
    seconds: float = 280,
) -> dict[str, Any]:
    """Two processes send `many` messages while one after the other is killed with -9, or frozen for longer than its
    lease and woken again. Goes on until so many kills were done and every message has come to an end."""
    dice = random.Random(seed)
    senders.plan(many, run, scope=run)
    alive: list[int] = []
    frozen: list[tuple[float, int]] = []
    killed = stalled = planned = 0
    began = time.monotonic()
    end = began + seconds
    with hurried():
        while time.monotonic() < end:
            while len(alive) < 2:
                alive.append(senders.forked(sender))
            time.sleep(dice.uniform(0.02, 0.18))
            for wakes, pid in [one for one in frozen if one[0] <= time.monotonic()]:
                os.kill(pid, signal.SIGCONT)
                frozen.remove((wakes, pid))
                alive.append(pid)
            left = unfinished(run)
            if killed < kills or stalled < stalls:
                if not left:
                    planned += 1
                    senders.plan(50, f"{run}x{planned}", scope=run)
                victim = alive.pop(dice.randrange(len(alive)))
                if stalled < stalls and dice.random() < 0.2:
                    os.kill(victim, signal.SIGSTOP)
                    frozen.append((time.monotonic() + 1.5 * LEASE.total_seconds(), victim))
                    stalled += 1
                else:
                    killed += senders.kill(victim)
            elif not left and not frozen:
                break
    for pid in [*alive, *(pid for _, pid in frozen)]:
        senders.kill(pid)
    took = round(time.monotonic() - began, 1)
    return {"kills": killed, "stalls": stalled, "seconds": took, **judged(run, log, also=f"{run}x")}


def judged(run: str, log: Path, also: str = "") -> dict[str, Any]:
    """What the mail server's log and our table say about one run."""
    copies, cut = senders.accepted(log, run)
    if also:
        for number in range(100):
            more, cuts = senders.accepted(log, f"{also}{number}")
            copies.update(more)
            cut += cuts
    states = dict(rows_of(run).values_list("message_id", "state"))
    counts = Counter(states.values())
    lost = [name for name, state in states.items() if state == "sent" and name not in copies]
    return {
        "messages": len(states),
        "duplicates": sum(number - 1 for number in copies.values()),
        "lost": len(lost) + sum(count for state, count in counts.items() if state not in FINAL),
        "uncertain": counts["uncertain"],
        "uncertain_but_taken": sum(state == "uncertain" and name in copies for name, state in states.items()),
        "cut_lines": cut,
        "refused": counts["failed"],
        "sent": counts["sent"],
    }


def whole_stack(
    run: str, log: Path, environment: dict[str, str], redis_url: str, *, many: int, flushes: int, folder: Path
) -> dict[str, Any]:
    """Two beats, three workers, the broker emptied again and again while messages are asked for: each leaves once."""
    environment = {**environment, "REDIS_URL": redis_url, "TICK_SECONDS": "2", "SENDING_HOURS": ""}
    celery = [sys.executable, "-m", "celery", "-A", "engagement"]
    parts: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> None:
        with (folder / "celery.log").open("ab") as said:
            whole = [*celery, *command, "-l", "ERROR"]
            parts.append(subprocess.Popen(whole, cwd=ROOT, env=environment, stdout=said, stderr=said))

    try:
        for number in range(3):
            flags = ("-P", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")
            start("worker", "-n", f"w{number}@%h", *flags)
        for number in range(2):
            start("beat", "-s", str(folder / f"beat{number}"), "--pidfile=")
        broker = redis.Redis.from_url(redis_url)
        flushed = 0
        began = time.monotonic()
        for number in range(flushes):
            senders.plan(many // flushes, f"{run}p{number}", scope=run)
            with contextlib.suppress(Exception):
                outbox.ring()
            broker.flushall()
            flushed += 1
            time.sleep(0.6)
        while unfinished(run) and time.monotonic() - began < 150:
            time.sleep(0.5)
        seconds = time.monotonic() - began
    finally:
        for part in parts:
            part.terminate()
        for part in parts:
            with contextlib.suppress(subprocess.TimeoutExpired):
                part.wait(10)
            if part.poll() is None:
                part.kill()
                part.wait()
    if unfinished(run):
        print((folder / "celery.log").read_text()[-3000:], file=sys.stderr)
    return {
        "beats": 2,
        "workers": 3,
        "flushes": flushed,
        "seconds": round(seconds, 1),
        **judged(run, log, also=f"{run}p"),
    }


def idle(times: int = 50) -> dict[str, Any]:
    """What a look costs when nothing is due."""
    delivery.drain()
    connection = connections["default"]
    began = time.process_time()
    for _ in range(times):
        delivery.drain()
    cpu_ms = (time.process_time() - began) * 1000 / times
    asked: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        delivery.drain()
    return {"idle_queries": len(asked), "idle_cpu_ms": round(cpu_ms, 2)}
