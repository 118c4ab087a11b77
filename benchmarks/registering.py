"""A hundred people book a place through the page, over HTTP, on two cores.

    .venv/bin/python benchmarks/registering.py [--people 100] [--places 60] [--seconds 20]

Starts its own PostgreSQL, Redis and web server (gunicorn, as in the Dockerfile), and stops them. Twice a hundred
people open the form of an event with a waiting list, a sector's places kept and questions of its own, and send it:
first spread by chance over `--seconds`, as after an announcement; then all in the same instant, which no server can
answer at once and which is told apart as `burst_`. Each comes from a network of their own, through a proxy.

Times are from the first byte sent to the last one read, in milliseconds. The last line is JSON; `page_bytes` is the
page of the form without style, `loop_ms` what the same server needs for a page without a query, from the same run.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
FORM_KEY = re.compile(r'name="form_key" value="([^"]+)"')


def share(times: list[float], part: float) -> float:
    """The time within which this part of them lies, in milliseconds."""
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 1)


class Person:
    """A browser without script: one connection, its cookies, its network."""

    def __init__(self, port: int, number: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.number = number
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, float]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": f"10.{self.number // 250}.{self.number % 250}.1",
            "X-Forwarded-Proto": "http",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        begun = time.monotonic()
        if method == "POST":
            # Nobody fills a form in within the two seconds that a server keeps an idle connection.
            self.connection.close()
        self.connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode(errors="replace")
        took = time.monotonic() - begun
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text, took

    def open_form(self, path: str) -> tuple[dict[str, str], int, float]:
        status, text, took = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"The form answered {status}.")
        token, key = TOKEN.search(text), FORM_KEY.search(text)
        fields = {
            "csrfmiddlewaretoken": token.group(1) if token else "",
            "form_key": key.group(1) if key else "",
            "name": f"Person {self.number}",
            "email": f"person{self.number}@crowd.example",
            "organisation_name": f"Body {self.number % 40}",
            "companions": "0",
            "consent": "on",
        }
        return fields, len(text.encode()), took


def prepare(places: int) -> list[Any]:
    """Two events with booking open; one for each crowd."""
    from datetime import timedelta  # noqa: PLC0415

    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from engagement.events import actions, lifecycle  # noqa: PLC0415
    from engagement.stakeholders.models import Sector  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    starts = timezone.now() + timedelta(days=10)
    found = []
    for title in ("Spread", "Burst"):
        event = actions.create_event(
            {
                "title": title,
                "starts_at": starts,
                "ends_at": starts + timedelta(hours=2),
                "venue_name": "Exchange Hall",
                "access_information": "Step-free",
                "capacity": places,
            }
        )
        question = {"pk": None, "text": "What would you talk about?", "type": "text", "choices": []}
        lifecycle.set_questions(event.pk, [{**question, "is_required": False, "only_for_id": None}], {}, actor=None)
        sector, _ = Sector.objects.get_or_create(code="kept", defaults={"name": "Kept for"})
        kept = {"reserved": 5, "most": None, "target": 5, "release_at": None}
        lifecycle.allocate(event.pk, {sector.pk: kept})
        found.append(lifecycle.open_booking(event.pk))
    return found


def crowd(port: int, slug: str, people: list[int], seconds: float) -> dict[str, Any]:
    """Everybody opens the form and sends it; `seconds` 0: all send in the same instant."""
    rng = random.Random(1)
    gets: list[float] = []
    posts: list[float] = []
    sizes: list[int] = []
    problems: list[str] = []
    barrier = threading.Barrier(len(people))

    def run(number: int, wait: float) -> None:
        try:
            person, path = Person(port, number), f"/events/{slug}/book/"
            if seconds:
                time.sleep(wait)
            fields, size, took = person.open_form(path)
            gets.append(took)
            sizes.append(size)
            if not seconds:
                barrier.wait(120)
            status, _, took = person.ask("POST", path, fields)
            posts.append(took)
            if status != 302:
                problems.append(f"{status}")
        except Exception as error:  # noqa: BLE001 - every kind counts
            problems.append(repr(error))

    threads = [threading.Thread(target=run, args=(number, rng.uniform(0, seconds))) for number in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for problem in problems:
        print(problem, file=sys.stderr)
    return {
        "errors": len(problems),
        "open_p50_ms": share(gets, 0.5),
        "open_p95_ms": share(gets, 0.95),
        "book_p50_ms": share(posts, 0.5),
        "book_p95_ms": share(posts, 0.95),
        "page_bytes": max(sizes),
    }


def counted(event: Any) -> dict[str, int]:
    from engagement.events.models import Event, Registration  # noqa: PLC0415

    there = Registration.objects.filter(event=event)
    return {
        "confirmed": there.confirmed().count(),
        "waiting": there.queue().count(),
        "over_booked": max(0, Event.objects.get(pk=event.pk).taken - event.capacity),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--people", type=int, default=100)
    arguments.add_argument("--places", type=int, default=60)
    arguments.add_argument("--seconds", type=float, default=20)
    given = arguments.parse_args()
    from tests.testservers import free_port, postgres, redis_server  # noqa: PLC0415

    with contextlib.ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="soundings-registering-")))
        port = free_port()
        os.environ.update(
            DATABASE_URL=parts.enter_context(postgres()),
            REDIS_URL=f"{parts.enter_context(redis_server())}/0",
            VAR_DIR=str(folder),
            SITE_URL=f"http://127.0.0.1:{port}",
            EMAIL_URL="memory://",
            LOG_LEVEL="WARNING",
            TRUSTED_PROXY_COUNT="1",
            DJANGO_SETTINGS_MODULE="engagement.settings",
        )
        import django  # noqa: PLC0415 - the settings have to be named first

        django.setup()
        from django.db import connections  # noqa: PLC0415

        spread, burst = prepare(given.places)
        connections.close_all()
        web = [sys.executable, "-m", "gunicorn", "engagement.wsgi", "--bind", f"127.0.0.1:{port}"]
        web += ["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--preload", "--no-control-socket"]
        with (folder / "web.log").open("wb") as log:
            server = subprocess.Popen([*web, "--log-level", "warning"], cwd=ROOT, stdout=log, stderr=log)
        parts.callback(server.wait)
        parts.callback(server.terminate)
        loop = warm_up(port)
        result = crowd(port, spread.slug, list(range(given.people)), given.seconds)
        result |= counted(spread)
        at_once = crowd(port, burst.slug, list(range(given.people, 2 * given.people)), 0) | counted(burst)
        result |= {f"burst_{name}": value for name, value in at_once.items() if name != "page_bytes"}
        connections.close_all()
    print(json.dumps({"people": given.people, "places": given.places, "loop_ms": loop, **result}))


def warm_up(port: int) -> float:
    """Wait until it answers and both processes are warm; what a page without a query takes then."""
    end = time.monotonic() + 60
    times: list[float] = []
    while len(times) < 40:
        try:
            times.append(Person(port, 249).ask("GET", "/accessibility/")[2])
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
    return share(times[20:], 0.5)


if __name__ == "__main__":
    main()
