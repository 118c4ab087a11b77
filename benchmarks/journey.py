"""Partners answer five pages of thirty questions, over HTTP, from “Respond” to the receipt.

    .venv/bin/python benchmarks/journey.py [--responses 60] [--at-once 3]

Starts its own PostgreSQL, Redis, web server (gunicorn, as in the Dockerfile) and worker with clock, and stops them.
CPU seconds are those of all of these together, from the first request until the last receipt has left; the browser's
side is not in it. Each respondent begins signed in and with an empty cache, follows every redirect and fetches style
and script once. Mail goes to memory, so a mail server's work is not in it either.

The bound is what the same number of requests costs when they ask for a page of text without any query.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TICK = os.sysconf("SC_CLK_TCK")
ASSET = re.compile(r'<(?:link rel="(?:stylesheet|icon)" href|script[^>]* src)="([^"]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
REVISION = re.compile(r'name="revision" value="(\d+)"')
TEXT = "We turned away two contracts this year because we could not find people, and trained six ourselves. " * 4


# --- the servers ----------------------------------------------------------------------------------------


PARTS = {"gunicorn": "web", "celery": "worker", "postgres": "database", "redis-server": "broker"}


def cpu_by_part() -> dict[str, float]:
    """CPU seconds of the programs below this one, those that ended included, by what they are."""
    rows: dict[int, tuple[int, float, str]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                command = (folder / "cmdline").read_bytes().decode(errors="replace")
                rows[int(folder.name)] = (int(fields[1]), sum(int(n) for n in fields[11:15]) / TICK, command)
    found: dict[str, float] = dict.fromkeys([*PARTS.values(), "other"], 0.0)
    for top in [pid for pid, row in rows.items() if row[0] == os.getpid()]:
        part = next((name for word, name in PARTS.items() if word in rows[top][2]), "other")
        wanted = {top}
        while wanted:
            found[part] += sum(rows[pid][1] for pid in wanted)
            wanted = {pid for pid, row in rows.items() if row[0] in wanted}
    return found


def cpu_of_children() -> float:
    """The same, all together."""
    return sum(cpu_by_part().values())


@contextlib.contextmanager
def running(name: str, command: list[str], folder: Path) -> Any:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def wait_for(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("The web server did not start.")


# --- what is asked --------------------------------------------------------------------------------------


def questionnaire() -> list[Any]:
    """Five pages with six questions each, of every kind."""
    from consultations.surveys.definition import Choice, Page, Question  # noqa: PLC0415 - Django first

    yes_no = (Choice("yes", "Yes"), Choice("no", "No"))
    several = tuple(Choice(f"c{n}", f"Choice number {n}") for n in range(6))
    five = tuple(Choice(str(n), str(n)) for n in range(1, 6))
    pages = []
    for n in range(5):
        pages.append(
            Page(
                f"page{n}",
                f"Theme {n}",
                questions=(
                    Question(f"single{n}", "single", "Do you agree?", required=True, choices=yes_no),
                    Question(f"multiple{n}", "multiple", "What holds you back?", choices=several, has_other=True),
                    Question(f"scale{n}", "scale", "How confident are you?", choices=five),
                    Question(f"number{n}", "integer", "How many people work for you?"),
                    Question(f"matrix{n}", "matrix", "How important are these?", choices=five, rows=several[:3]),
                    Question(f"text{n}", "long_text", "What should we know?"),
                ),
                relevance=f"${{single{n - 1}}} = 'yes'" if n else "",
            )
        )
    return pages


def typed(n: int) -> dict[str, Any]:
    """What one respondent types on page `n`."""
    return {
        f"single{n}": "yes",
        f"multiple{n}": ["c1", "c3", "other"],
        f"multiple{n}__other": "Broadband",
        f"scale{n}": "4",
        f"number{n}": "120",
        **{f"matrix{n}--c{row}": str(row + 1) for row in range(3)},
        f"text{n}": TEXT,
    }


def prepare(responses: int) -> tuple[str, str, str, list[str]]:
    """A consultation with its survey; its reference, a kind, an area, and a session for each respondent."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from engagement.stakeholders.models import Area, Kind  # noqa: PLC0415
    from tests.factories.accounts import UserFactory  # noqa: PLC0415
    from tests.factories.programme import ConsultationFactory  # noqa: PLC0415
    from tests.factories.surveys import published_survey  # noqa: PLC0415

    consultation = ConsultationFactory(reference="journey")
    published_survey(consultation, pages=questionnaire(), code="survey")
    sessions = []
    for _ in range(responses):
        client = Client()
        client.force_login(UserFactory())
        sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    kind = Kind.objects.filter(sector__code="individual").first()
    area = Area.objects.filter(level="authority").first()
    assert kind is not None
    assert area is not None
    return consultation.reference, kind.code, area.code, sessions


# --- one respondent -------------------------------------------------------------------------------------


class Respondent:
    """A browser as far as the server can tell: cookies, redirects, style and script."""

    def __init__(self, port: int, session: str, seconds: list[float]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = {"session": session}
        self.seconds, self.requests = seconds, 0
        self.text = ""

    def send(self, method: str, path: str, fields: dict[str, Any] | None = None) -> bytes:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept-Encoding": "gzip"}
        body = None
        if fields is not None:
            body = urlencode({**fields, "csrfmiddlewaretoken": self.token}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        self.requests += 1
        if not path.startswith("/static/"):
            self.seconds.append(time.perf_counter() - begun)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status in {301, 302}:
            place = urlsplit(answer.headers["Location"])
            return self.get(place.path + (f"?{place.query}" if place.query else ""))
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:500]!r}")
        return content

    @property
    def token(self) -> str:
        found = TOKEN.search(self.text)
        return found[1] if found else ""

    def get(self, path: str) -> bytes:
        content = self.send("GET", path)
        if not path.startswith("/static/") and not content.startswith(b"\x1f\x8b"):
            self.text = content.decode()
        return content

    def post(self, path: str, fields: dict[str, Any]) -> None:
        self.send("POST", path, fields)

    def answer(self, reference: str, kind: str, area: str) -> None:
        """The whole way; raises when the receipt does not come."""
        respond = f"/consultations/{reference}/respond/"
        self.get(respond)
        for asset in ASSET.findall(self.text):
            self.get(asset)
        self.post(respond, {"hat": "self"})
        self.post(f"{respond}about-you/", {"kind": kind, "areas": [area]})
        found = re.search(r"/submissions/[0-9a-f-]{36}/", self.text)
        assert found is not None
        own = found[0]
        self.get(f"{own}surveys/survey/page0/")
        for n in range(5):
            revision = REVISION.search(self.text)
            assert revision is not None, self.text[:2000]
            self.post(f"{own}surveys/survey/page{n}/", {**typed(n), "revision": revision[1]})
        self.get(f"{own}confidentiality/")
        self.post(f"{own}confidentiality/", {"confidentiality": "named", "seen": ""})
        self.post(f"{own}send/", {})
        assert "We have your response" in self.text


def bytes_of_page(port: int, session: str, path: str) -> tuple[int, int, int]:
    """(bytes of the document, bytes of all with style and script, number of requests) of one page, as transferred."""
    browser = Respondent(port, session, [])
    document = len(browser.get(path))
    assets = ASSET.findall(browser.text)
    return document, document + sum(len(browser.get(asset)) for asset in assets), 1 + len(assets)


# --- the measurement ------------------------------------------------------------------------------------


def journey(responses: int, at_once: int, port: int) -> dict[str, Any]:
    reference, kind, area, sessions = prepare(responses + 1)
    warm = Respondent(port, sessions.pop(), [])
    warm.answer(reference, kind, area)
    seconds: list[float] = []
    done: list[Respondent] = []
    errors: list[str] = []
    waiting = list(sessions)

    def work() -> None:
        while True:
            try:
                session = waiting.pop()
            except IndexError:
                return
            one = Respondent(port, session, seconds)
            try:
                one.answer(reference, kind, area)
                done.append(one)
            except Exception as error:  # noqa: BLE001 - counted and shown
                errors.append(str(error)[:300])

    wait_until_idle()
    before, begun = cpu_by_part(), time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for_mail()
    after, wall = cpu_by_part(), time.perf_counter() - begun
    spent = {part: after[part] - before[part] for part in after}
    cpu = sum(spent.values())
    requests = sum(one.requests for one in done)
    stored = count_stored() - 1
    assert done, errors
    document, page, per_page = bytes_of_section(port, done[-1].cookies["session"])
    bound = bound_of(port, requests)
    return {
        "responses": responses,
        "stored": stored,
        "errors": len(errors),
        "first_error": errors[0] if errors else "",
        "cpu_s_per_response": round(cpu / max(1, len(done)), 4),
        **{f"{part}_cpu_s_per_response": round(spent[part] / max(1, len(done)), 4) for part in PARTS.values()},
        "p95_ms": round(1000 * statistics.quantiles(seconds, n=20)[-1], 1),
        "median_ms": round(1000 * statistics.median(seconds), 1),
        "document_bytes": document,
        "page_bytes": page,
        "requests_per_page": per_page,
        "requests_per_response": round(requests / max(1, len(done)), 1),
        "receipts": count_receipts() - 1,
        "bound_cpu_s_per_response": round(bound / max(1, len(done)), 4),
        "ratio_to_bound": round(cpu / bound, 2),
        "wall_s": round(wall, 1),
        "at_once": at_once,
    }


def bytes_of_section(port: int, session: str) -> tuple[int, int, int]:
    """The first page of the survey, for somebody who has just begun."""
    from django.contrib.sessions.models import Session  # noqa: PLC0415

    from consultations.submissions import actions  # noqa: PLC0415
    from consultations.submissions.models import Submission  # noqa: PLC0415
    from engagement.accounts.models import User  # noqa: PLC0415

    user = User.objects.get(pk=Session.objects.get(session_key=session).get_decoded()["_auth_user_id"])
    Submission.objects.filter(respondent=user).update(state="withdrawn")
    consultation = Submission.objects.filter(respondent=user).first().consultation  # type: ignore[union-attr]
    submission = actions.start(consultation, user)
    return bytes_of_page(port, session, f"/submissions/{submission.public_id}/surveys/survey/page0/")


def bound_of(port: int, requests: int) -> float:
    """CPU seconds of as many requests for a page of text that asks the database nothing."""
    wait_until_idle()
    before = cpu_of_children()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(requests):
        connection.request("GET", "/accessibility/")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
    return cpu_of_children() - before


def wait_until_idle(patience: float = 60) -> None:
    """Starting a worker costs seconds of CPU that belong to no response."""
    end = time.monotonic() + patience
    used = cpu_of_children()
    while time.monotonic() < end:
        time.sleep(2)
        now = cpu_of_children()
        if now - used < 0.1:
            return
        used = now


def wait_for_mail(patience: float = 90) -> None:
    from engagement.messaging.models import OutgoingMessage  # noqa: PLC0415

    end = time.monotonic() + patience
    waiting = OutgoingMessage.objects.filter(state__in=["planned", "claimed", "sending"])
    while waiting.exists() and time.monotonic() < end:
        time.sleep(0.5)


def count_stored() -> int:
    """Sent submissions whose thirty answers are all there."""
    from consultations.submissions.models import Response  # noqa: PLC0415

    rows = Response.objects.filter(submission__state="submitted").values_list("data", flat=True)
    return sum(1 for data in rows if sum(not code.endswith("__other") for code in data) == 30)


def count_receipts() -> int:
    from engagement.messaging.models import OutgoingMessage  # noqa: PLC0415

    return OutgoingMessage.objects.filter(rule="submissions.receipt", state="sent").count()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--responses", type=int, default=60)
    arguments.add_argument("--at-once", type=int, default=3)
    given = arguments.parse_args()
    from tests.testservers import free_port, postgres, redis_server  # noqa: PLC0415

    with contextlib.ExitStack() as open_parts:
        folder = Path(open_parts.enter_context(tempfile.TemporaryDirectory(prefix="soundings-journey-")))
        port = free_port()
        os.environ.update(
            DATABASE_URL=open_parts.enter_context(postgres()),
            REDIS_URL=f"{open_parts.enter_context(redis_server())}/0",
            VAR_DIR=str(folder),
            SITE_URL=f"http://127.0.0.1:{port}",
            EMAIL_URL="memory://",
            LOG_LEVEL="WARNING",
            STATIC_MANIFEST="yes",
            DJANGO_SETTINGS_MODULE="engagement.settings",
        )
        import django  # noqa: PLC0415 - the settings have to be named first

        django.setup()
        web = [sys.executable, "-m", "gunicorn", "engagement.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
        web += [
            "--threads",
            "4",
            "--worker-class",
            "gthread",
            "--preload",
            "--no-control-socket",
            "--log-level",
            "warning",
        ]
        worker = [sys.executable, "-m", "celery", "-A", "engagement", "worker", "-B", "-c", "2", "-l", "WARNING"]
        worker += ["--without-gossip", "--without-mingle", "-s", str(folder / "schedule")]
        prepare_database()
        open_parts.enter_context(running("web", web, folder))
        open_parts.enter_context(running("worker", worker, folder))
        wait_for(port)
        result = journey(given.responses, given.at_once, port)
    print(json.dumps(result))


def prepare_database() -> None:
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    # As the image build does: files under hashed names, compressed beforehand, kept by browsers for good.
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
