"""Whether a message can be lost or sent twice, whatever is killed, and what that certainty costs.

    .venv/bin/python benchmarks/messages.py [--messages 1000] [--kills 100] [--rounds 3] [--seed 1] [--only PART ...]

Starts and stops its own PostgreSQL, Redis and mail server. The parts, all of them without `--only`:

- rates: a bare Django loop with a reused connection, a Celery task for each message with an in-flight flag, and the
  outbox with one process and with two, one after the other in every round, over PostgreSQL with fsync on; and the time
  to plan 10,000 messages, to plan them again, and to look when nothing is due;
- kills: two processes send while one after the other is killed with -9, some frozen for longer than their lease, and
  the mail server refuses, puts off and cuts lines; on PostgreSQL and on SQLite;
- controls: the same with an in-flight flag, and with claims that have no fence: both must send twice, or the figures
  above prove nothing;
- stack: two beats, three workers, Redis flushed twenty times.

The last line is JSON. `duplicates`, `lost`, `uncertain` and `kills` are sums over both databases.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import ground
from ground import say

HERE = Path(__file__).resolve().parent
PARTS = ("rates", "kills", "controls", "stack")
# Percentages of messages: put off, refused, and cut after the dot without and with taking the message.
HOSTILE = "later=5,refuse=1,cut=2,take=1"
PLANNED = 10_000


@contextlib.contextmanager
def mail_server(log: Path, faults: str = "", seed: int = 1, delay_ms: float = 0) -> Iterator[int]:
    """A mail server of its own process; gives its port."""
    command = [sys.executable, str(HERE / "mailserver.py"), "--log", str(log), "--faults", faults]
    command += ["--seed", str(seed), "--delay-ms", str(delay_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def send_to(port: int) -> None:
    from django.conf import settings  # noqa: PLC0415 - Django is set up by now

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- rates ------------------------------------------------------------------------------------------------


class Peer:
    """A Celery worker of the other pattern, started once and warmed up."""

    def __init__(self, environment: dict[str, str], redis_url: str, port: int) -> None:
        own = {**environment, "REDIS_URL": redis_url, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        command = [sys.executable, "-m", "celery", "-A", "peer", "worker", "-P", "solo", "-l", "CRITICAL"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.worker = subprocess.Popen(command, cwd=HERE, env=own, stdout=subprocess.DEVNULL)
        os.environ["REDIS_URL"] = redis_url
        from celery import Celery  # noqa: PLC0415 - Django is set up by now

        self.app = Celery("peer", broker=redis_url)
        self.send("warm", 20)

    def send(self, run: str, many: int) -> tuple[float, float, float]:
        """Seconds of wall time, of the worker's CPU, and of the CPU of asking."""
        import senders  # noqa: PLC0415 - needs Django

        senders.plan(many, run)
        keys = list(senders.OutgoingMessage.objects.filter(occurrence=run).values_list("pk", flat=True))
        began, used, asking = time.perf_counter(), cpu_of(self.worker.pid), time.process_time()
        for key in keys:
            self.app.send_task("peer.send", args=[key], ignore_result=True)
        asking = time.process_time() - asking
        end = time.monotonic() + 120
        while senders.OutgoingMessage.objects.filter(occurrence=run).exclude(state="sent").exists():
            if time.monotonic() > end:
                raise RuntimeError("The task-per-message worker does not come to an end.")
            time.sleep(0.05)
        return time.perf_counter() - began, cpu_of(self.worker.pid) - used, asking

    def stop(self) -> None:
        self.worker.terminate()
        self.worker.wait(20)


def rates(environment: dict[str, str], log: Path, many: int, rounds: int) -> dict[str, Any]:
    import senders  # noqa: PLC0415 - needs Django

    from tests import testservers  # noqa: PLC0415 - found only with the path of the project

    cpu: dict[str, list[float]] = {name: [] for name in ("loop", "inflight", "asking", "ours", "two")}
    wall: dict[str, list[float]] = {name: [] for name in ("loop", "inflight", "ours", "two")}

    def note(name: str, taken: tuple[float, float]) -> None:
        wall[name].append(many / taken[0])
        cpu[name].append(taken[1] * 1000 / many)

    with mail_server(log) as port, testservers.redis_server() as redis_url:
        send_to(port)
        peer = Peer(environment, f"{redis_url}/3", port)
        try:
            for number in range(rounds):
                rows = senders.plan(many, f"loop{number}", state="held")
                note("loop", senders.in_processes(1, lambda rows=rows: senders.loop(rows)))
                seconds, worker, asking = peer.send(f"flag{number}", many)
                note("inflight", (seconds, worker))
                cpu["asking"].append(asking * 1000 / many)
                for name, processes in (("ours", 1), ("two", 2)):
                    senders.plan(many, f"{name}{number}")
                    note(name, senders.in_processes(processes, senders.ours))
                    assert len(senders.accepted(log, f"{name}{number}")[0]) == many
                say(
                    f"round {number + 1}: "
                    + ", ".join(f"{n} {v[-1]:.2f} ms, {wall[n][-1]:.0f}/s" for n, v in cpu.items() if n in wall)
                )
        finally:
            peer.stop()
    middle = {name: statistics.median(values) for name, values in cpu.items()}
    per_s = {name: statistics.median(values) for name, values in wall.items()}
    return {
        "per_s": round(per_s["ours"], 1),
        "cpu_ms_per_message": round(middle["ours"], 2),
        "loop_cpu_ms": round(middle["loop"], 2),
        "loop_per_s": round(per_s["loop"], 1),
        "ratio_to_loop": round(middle["ours"] / middle["loop"], 2),
        "inflight_cpu_ms": round(middle["inflight"], 2),
        "inflight_per_s": round(per_s["inflight"], 1),
        "inflight_asking_cpu_ms": round(middle["asking"], 2),
        "ratio_inflight_to_ours": round(middle["inflight"] / middle["ours"], 2),
        "two_per_s": round(per_s["two"], 1),
        "two_to_one": round(statistics.median(b / a for a, b in zip(wall["ours"], wall["two"], strict=True)), 2),
    }


def planning() -> dict[str, Any]:
    """Planning 10,000 recipients of one message, then again, as the planner does it: who has a row is left out.

    `benchmarks/plans.py` measures the planner itself.
    """
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by now

    from engagement.messaging import outbox, rendering  # noqa: PLC0415 - needs Django
    from engagement.messaging.models import OutgoingMessage  # noqa: PLC0415 - needs Django

    marks = {name: rendering.mark(name) for name in ("booking_url", "event_url")}
    due = timezone.now() + timedelta(days=9)

    def plan() -> None:
        rows = OutgoingMessage.objects.filter(rule="planning", occurrence="first")
        present = set(rows.values_list("recipient", flat=True))
        drawn = rendering.stencil("events/email/reminder", marks, language="en-gb", category="event")
        outbox.queue_all(
            outbox.prepare(
                "events/email/reminder",
                to=f"reader{number}@planning.example",
                rule="planning",
                occurrence="first",
                recipient=str(number),
                context={},
                category="event",
                due_at=due,
                stencil=drawn,
                values=dict.fromkeys(marks, f"https://soundings.example/{number}"),
            )
            for number in range(PLANNED)
            if str(number) not in present
        )

    began = time.perf_counter()
    cpu, _ = ground.cpu_of(plan)
    first = time.perf_counter() - began
    began = time.perf_counter()
    plan()
    again = time.perf_counter() - began
    assert OutgoingMessage.objects.filter(rule="planning").count() == PLANNED
    OutgoingMessage.objects.filter(rule="planning").delete()
    return {
        "planning_s": round(first, 2),
        "planning_cpu_s": round(cpu, 2),
        "replanning_s": round(again, 2),
        "planned": PLANNED,
    }


# --- the parts, each in a process of its own, since Django knows one database only --------------------------


def measure_rates(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    with ground.database() as environment:
        import breaking  # noqa: PLC0415 - needs Django
        from django.db import connection  # noqa: PLC0415

        with connection.cursor() as cursor:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                cursor.execute(f"ALTER SYSTEM SET {setting} = on")
            cursor.execute("SELECT pg_reload_conf()")
        found = {**breaking.idle(), **planning()}
        say(f"planning and idle: {found}")
        return {**rates(environment, folder / "rates.log", min(options.messages, 500), options.rounds), **found}


def measure_kills(options: argparse.Namespace, folder: Path, *, postgres: bool) -> dict[str, Any]:
    log = folder / f"kills-{postgres}.log"
    with ground.database(postgres=postgres), mail_server(log, HOSTILE, options.seed, delay_ms=20) as port:
        import breaking  # noqa: PLC0415 - needs Django

        send_to(port)
        return breaking.kill_loop("kills", log, many=options.messages, kills=options.kills, stalls=5, seed=options.seed)


def measure_controls(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    log = folder / "controls.log"
    many = max(100, options.messages // 4)
    with ground.database(), mail_server(log, HOSTILE, options.seed, delay_ms=20) as port:
        import breaking  # noqa: PLC0415 - needs Django
        import senders  # noqa: PLC0415 - needs Django

        send_to(port)
        flag = breaking.kill_loop(
            "flag",
            log,
            many=many,
            kills=options.kills // 2,
            seed=options.seed,
            sender=senders.in_flight_loop,
            seconds=90,
        )
        with senders.without_fence():
            naked = breaking.kill_loop("naked", log, many=many, kills=options.kills // 5, seed=options.seed, seconds=60)
    say(f"in-flight flag: {flag}\nwithout a fence: {naked}")
    return {
        "control_inflight_duplicates": flag["duplicates"],
        "control_inflight_kills": flag["kills"],
        "control_no_fence_duplicates": naked["duplicates"],
    }


def measure_stack(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    log = folder / "stack.log"
    with ground.database() as environment, mail_server(log) as port:
        import breaking  # noqa: PLC0415 - needs Django

        from tests import testservers  # noqa: PLC0415 - found only with the path of the project

        with testservers.redis_server() as redis_url:
            environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
            found = breaking.whole_stack(
                "stack", log, environment, f"{redis_url}/2", many=options.messages, flushes=20, folder=folder
            )
    return {f"stack_{name}": value for name, value in found.items()}


def apart(act: Callable[..., dict[str, Any]], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """What `act` returns, from a process of its own."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_report, args=(results, act, args, kwargs))
    process.start()
    found, error = results.get(timeout=580)
    process.join(60)
    if error:
        raise RuntimeError(error)
    return dict(found)


def _report(results: Any, act: Callable[..., dict[str, Any]], args: Any, kwargs: Any) -> None:
    try:
        results.put((act(*args, **kwargs), ""))
    except BaseException as error:
        results.put(({}, repr(error)))
        raise


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    figures: dict[str, Any] = {"messages": options.messages, "seed": options.seed}
    with tempfile.TemporaryDirectory(prefix="soundings-messages-") as name:
        folder = Path(name)
        if "rates" in options.only:
            figures.update(apart(measure_rates, options, folder))
        if "kills" in options.only:
            both = {
                name: apart(measure_kills, options, folder, postgres=name == "postgres")
                for name in ("postgres", "sqlite")
            }
            for name, found in both.items():
                say(f"{name}: {found}")
                figures.update({f"{name}_{key}": value for key, value in found.items()})
            for key in ("duplicates", "lost", "uncertain", "kills", "cut_lines"):
                figures[key] = sum(found[key] for found in both.values())
        if "controls" in options.only:
            figures.update(apart(measure_controls, options, folder))
        if "stack" in options.only:
            figures.update(apart(measure_stack, options, folder))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
