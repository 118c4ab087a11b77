"""A hundred people book a thirty-place event at once, from four processes, on PostgreSQL and on SQLite.

    .venv/bin/python benchmarks/capacity.py [--places 30] [--people 100]

Every tenth person clicks twice, and twenty people who booked before give their place up in the same moment. Then
the same crowd comes to an event with places online apart, a limit for a sector, parties of two and offers that hold
(`mixed_`): no pool may be over-booked and every counter must equal what the rows say. Last it comes without the lock,
which must over-book: if it does not, the figures above prove nothing.
Starts and stops its own PostgreSQL. The last line is JSON; `places`, `confirmed`, `over_booked`, `errors` and
`control_over_booked` are of PostgreSQL, the same with `sqlite_` in front of SQLite.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PROCESSES = 4
LEAVING = 20


def set_up(database_url: str, folder: str) -> None:
    """Django on this database; called once in each process."""
    os.environ.update(DATABASE_URL=database_url, VAR_DIR=folder, DJANGO_SETTINGS_MODULE="engagement.settings")
    os.environ.pop("REDIS_URL", None)
    import django  # noqa: PLC0415 - the settings have to be named first

    django.setup()


def new_event(places: int) -> int:
    from django.utils import timezone  # noqa: PLC0415

    from engagement.events import actions, lifecycle  # noqa: PLC0415

    starts = timezone.now() + timedelta(days=10)
    place = {"venue_name": "Exchange Hall", "access_information": "Step-free"}
    values = {
        "title": "Crowd",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=1),
        "capacity": places,
        **place,
    }
    event = actions.create_event(values)
    lifecycle.open_booking(event.pk)
    return event.pk


def new_mixed_event(places: int) -> int:
    """Half as many places online, six for one sector at most, and offers that hold for a day."""
    from engagement.events import lifecycle  # noqa: PLC0415
    from engagement.events.models import Event  # noqa: PLC0415
    from engagement.stakeholders.models import Kind, Sector  # noqa: PLC0415

    event_id = new_event(places)
    Event.objects.filter(pk=event_id).update(mode=Event.Mode.HYBRID, online_capacity=places // 2, offer_hours=24)
    sector, _ = Sector.objects.get_or_create(code="limited", defaults={"name": "Limited"})
    Kind.objects.get_or_create(code="limited", defaults={"name": "Limited", "sector": sector})
    limited = {"reserved": 4, "most": 6, "target": 0, "release_at": None}
    lifecycle.allocate(event_id, {sector.pk: limited})
    return event_id


def counters_off(event_id: int) -> int:
    """By how many chairs the counters differ from the rows, all pools together."""
    from engagement.events.models import Event, Registration  # noqa: PLC0415

    event = Event.objects.get(pk=event_id)
    held = list(Registration.objects.holding().filter(event=event).select_related("kind"))
    room = [one for one in held if not one.is_online]
    off = abs(event.taken - len(room)) + abs(event.online_taken - (len(held) - len(room)))
    for row in event.allocations.all():
        off += abs(row.taken - sum(one.kind is not None and one.kind.sector_id == row.sector_id for one in room))
    return off


def crowd(
    database_url: str, folder: str, event_id: int, jobs: list[Any], barrier: Any, results: Any, naked: bool
) -> None:
    """One process's part of the crowd: a thread and a connection for each job, all let go at once."""
    set_up(database_url, folder)
    from django.db import connection  # noqa: PLC0415

    from engagement.events.lifecycle import places  # noqa: PLC0415
    from engagement.events.models import Event  # noqa: PLC0415
    from engagement.stakeholders.models import Kind  # noqa: PLC0415

    register = places.register
    kind = Kind.objects.filter(code="limited").first()
    warm_up = new_event(1)
    for number in range(2):
        # A server that takes bookings has loaded its templates long ago.
        register(warm_up, name="Warm", email=f"warm{number}@crowd.example")
    connection.close()
    if naked:

        def unlocked(event_id: int) -> Event:
            event = Event.objects.get(pk=event_id)
            time.sleep(0.05)
            return event

        places.lock = unlocked
        # Without its decorator it has no transaction either, which on SQLite is the lock.
        register = places.register.__wrapped__

    def run(job: tuple[str, int]) -> None:
        act, number = job
        try:
            connection.ensure_connection()
            barrier.wait(120)
            begun = time.monotonic()
            if act == "leave":
                places.cancel(number)
            elif act == "mixed":
                places.register(
                    event_id,
                    name=f"Person {number}",
                    email=f"person{number}@crowd.example",
                    kind=kind if number % 3 == 0 else None,
                    is_online=number % 4 == 1,
                    guests=[places.Guest(f"With {number}")] if number % 10 == 2 else [],
                )
            else:
                register(event_id, name=f"Person {number}", email=f"person{number}@crowd.example")
            results.put(("done", time.monotonic() - begun))
        except Exception as error:  # noqa: BLE001 - every kind counts as an error
            results.put(("error", repr(error)))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run_crowd(
    database_url: str, folder: str, places: int, people: int, *, naked: bool = False, mixed: bool = False
) -> dict[str, Any]:
    from django.db import connections  # noqa: PLC0415

    from engagement.events import lifecycle  # noqa: PLC0415
    from engagement.events.models import Event, Registration  # noqa: PLC0415

    event_id = new_mixed_event(places) if mixed else new_event(places)
    act = "mixed" if mixed else "book"
    jobs: list[tuple[str, int]] = [(act, number) for number in range(people)]
    if not naked:
        jobs += [(act, number) for number in range(0, people, 10)]
        early = [
            lifecycle.register(event_id, name=f"Early {number}", email=f"early{number}@crowd.example").pk
            for number in range(min(LEAVING, places))
        ]
        jobs += [("leave", pk) for pk in early]
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(len(jobs)), context.Queue()
    processes = [
        context.Process(
            target=crowd, args=(database_url, folder, event_id, jobs[part::PROCESSES], barrier, results, naked)
        )
        for part in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    answers = [results.get(timeout=300) for _ in jobs]
    for process in processes:
        process.join(60)
    seconds = sorted(value for kind, value in answers if kind == "done")
    there = Registration.objects.filter(event=event_id)
    waiting = there.queue().count()
    confirmed = there.holding().filter(is_online=False).count()
    event = Event.objects.get(pk=event_id)
    for kind, value in answers:
        if kind == "error":
            print(value, file=sys.stderr)
    return {
        "confirmed": confirmed,
        "waiting": waiting,
        "over_booked": max(0, confirmed - places),
        **({"counters_off": counters_off(event_id)} if mixed else {}),
        "free_while_waiting": places - event.taken if waiting else 0,
        "errors": sum(kind == "error" for kind, _ in answers),
        "p95_s": round(seconds[int(len(seconds) * 0.95) - 1], 2) if seconds else None,
    }


def measure(database_url: str, folder: str, places: int, people: int, results: Any) -> None:
    """Both crowds on one database, in a process of its own, since Django knows one database only."""
    set_up(database_url, folder)
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    locked = run_crowd(database_url, folder, places, people)
    mixed = run_crowd(database_url, folder, places, people, mixed=True)
    control = run_crowd(database_url, folder, places, people, naked=True)
    # In the mixed crowd the room has `places`, online has half as many, and offers hold places too.
    told = {f"mixed_{name}": mixed[name] for name in ("errors", "counters_off", "over_booked")}
    results.put({**locked, **told, "control_over_booked": control["over_booked"]})


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--places", type=int, default=30)
    parser.add_argument("--people", type=int, default=100)
    options = parser.parse_args()
    from tests import testservers  # noqa: PLC0415 - needs the path set above

    context = multiprocessing.get_context("spawn")
    figures: dict[str, Any] = {"places": options.places, "people": options.people}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="soundings-capacity-"))
        databases = {"": stack.enter_context(testservers.postgres()), "sqlite_": f"sqlite:///{folder}/crowd.sqlite3"}
        for prefix, url in databases.items():
            results = context.Queue()
            process = context.Process(target=measure, args=(url, folder, options.places, options.people, results))
            process.start()
            found = results.get(timeout=500)
            process.join(60)
            figures.update({f"{prefix}{name}": value for name, value in found.items()})
            print(f"{'SQLite' if prefix else 'PostgreSQL'}: {found}", file=sys.stderr)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
