"""The whole platform on one machine, with the demonstration consultation: `python3 manage.py demo`."""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands

from engagement.core.embedded import redis_command
from engagement.core.processes import PartEnded, Parts, free_port, is_port_free
from engagement.core.smtp import MailServer

MANAGE = settings.BASE_DIR / "manage.py"
# What the demonstration makes in VAR_DIR and `--fresh` takes away.
OWN_NAMES = (
    "soundings.sqlite3",
    "soundings.sqlite3-wal",
    "soundings.sqlite3-shm",
    "files",
    "mail",
    "redis",
    "beat",
    "log",
)


class Command(BaseCommand):
    help = "Runs the platform with the demonstration consultation: database, Redis, worker, web server, mail catcher."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port of the web server (8000)")
        parser.add_argument(
            "--fresh", action="store_true", help="forget what an earlier demonstration kept, and begin anew"
        )
        parser.add_argument(
            "--rehearse", action="store_true", help="play the main job once without a person, then stop"
        )
        parser.add_argument("--out", type=Path, default=None, help="where --rehearse puts its files (var/rehearsal)")
        parser.add_argument(
            "--prepare", action="store_true", help="only fill the database (the command calls itself so)"
        )

    def handle(self, **options: Any) -> None:
        if options["prepare"]:
            prepare(self)
        elif options["rehearse"]:
            out = (options["out"] or settings.BASE_DIR / "var" / "rehearsal").resolve()
            out.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="soundings-rehearsal-") as folder:
                self.run(Path(folder), free_port(), rehearse_into=out)
        else:
            port = options["port"]
            if not is_port_free(port):
                raise CommandError(
                    f"Port {port} is in use by another program. Stop that program, or choose another port: "
                    f"python3 manage.py demo --port {port + 1}"
                )
            with only_one(settings.VAR_DIR):
                if options["fresh"]:
                    self.forget()
                self.run(settings.VAR_DIR, port)

    def forget(self) -> None:
        """Remove what an earlier demonstration kept; never touches a database outside of VAR_DIR."""
        if os.environ.get("DATABASE_URL"):
            raise CommandError(
                "--fresh only empties the built-in database, and DATABASE_URL names another. Empty that one yourself."
            )
        for name in OWN_NAMES:
            path = settings.VAR_DIR / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def run(self, folder: Path, port: int, rehearse_into: Path | None = None) -> None:
        """Start every part, fill the database, and keep going until asked to stop (or until the rehearsal is over)."""
        address = f"http://127.0.0.1:{port}"
        started = time.monotonic()
        with MailServer(folder / "mail") as mail:
            environment = parts_environment(folder, address, mail.port, is_rehearsal=rehearse_into is not None)
            with Parts(folder / "log", environment) as parts:
                try:
                    start_parts(parts, folder, port, say=self.say)
                    if not parts.is_stopping:
                        self.say(
                            f"Soundings runs at {address}/ (after {time.monotonic() - started:.0f} seconds). "
                            f"Read its mail at {address}/mail/"
                        )
                    if rehearse_into is None:
                        self.say("Stop with Ctrl-C.")
                        wait(parts)
                        self.say("Stopping ...")
                        return
                    command = [
                        sys.executable,
                        str(MANAGE),
                        "rehearse",
                        "--base-url",
                        address,
                        "--out",
                        str(rehearse_into),
                    ]
                    code = parts.run("rehearse", command, show=True)
                except PartEnded as ended:
                    raise CommandError(str(ended)) from ended
        if code:
            raise CommandError("The rehearsal failed; the lines above say at which step.", returncode=code)

    def say(self, text: str) -> None:
        # Standard output belongs to the sign-ins and to the rehearsal's own lines.
        self.stderr.write(text, self.style.SUCCESS)
        self.stderr.flush()


def prepare(command: BaseCommand) -> None:
    """Bring the database up to date and load the demonstration where it is not loaded yet."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if "load_demonstration" in get_commands():
        call_command("load_demonstration")
    else:
        command.stderr.write("This version has no demonstration to load; the platform starts empty.")


def parts_environment(folder: Path, address: str, mail_port: int, *, is_rehearsal: bool) -> dict[str, str]:
    """The settings of every part. Mail always goes to the catcher: invented people must not be written to."""
    environment = dict(os.environ)
    environment.update(
        DJANGO_SETTINGS_MODULE="engagement.settings",
        PYTHONUNBUFFERED="1",
        VAR_DIR=str(folder),
        SITE_URL=address,
        EMAIL_URL=f"smtp://127.0.0.1:{mail_port}",
        MAIL_CATCHER="yes",
        # Who looks at a demonstration in the evening, or for an hour, wants to see what comes.
        SENDING_HOURS="",
        MESSAGES_A_WEEK="0",
        DEBUG="no",
    )
    if is_rehearsal:
        for name in ("DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        environment["TICK_SECONDS"] = "2"
    return environment


def start_parts(parts: Parts, folder: Path, port: int, say: Any) -> None:
    """Redis, the filled database, the worker with its clock, the web server: in this order."""
    own_process = [
        sys.executable,
        "-m",
        "gunicorn",
        "engagement.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--no-control-socket",
    ]
    own_process += ["--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--log-level", "warning"]
    has_broker = bool(parts.environment.get("REDIS_URL"))
    if not has_broker and (redis := redis_command(folder)) is not None:
        command, parts.environment["REDIS_URL"] = redis
        parts.start("redis", command)
        has_broker = True
    say("Preparing the database ...")
    if code := parts.run("prepare", [sys.executable, str(MANAGE), "demo", "--prepare"], show=True):
        if parts.is_stopping:
            return
        raise PartEnded(f"The database could not be prepared (exit code {code}); the lines above say why.")
    (folder / "beat").mkdir(exist_ok=True)
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    if has_broker:
        worker = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "engagement",
            "worker",
            "-B",
            "-s",
            str(folder / "beat" / "schedule"),
            "-c",
            "2",
        ]
        worker += [*worker_pool(), "-l", "WARNING", "--without-gossip", "--without-mingle", "--pidfile="]
        parts.start("worker", worker)
        parts.start("web", [*own_process, "--workers", "2"])
    else:
        say("No Redis was found, so the worker runs inside the web server: good for a look, not for real work.")
        parts.start("web", [*own_process, "--workers", "1", "--config", "python:engagement.core.oneprocess"])
    parts.wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "web")


def worker_pool() -> list[str]:
    """Threads in place of processes where the system has no semaphores to share (a user without /dev/shm)."""
    try:
        multiprocessing.Semaphore()
    except OSError:
        return ["-P", "threads"]
    return []


def answers(url: str) -> bool:
    """Whether the web server is up; a part that it reports as ill is no reason to wait."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError as error:
        return error.code == HTTPStatus.SERVICE_UNAVAILABLE
    except OSError:
        return False


def wait(parts: Parts) -> None:
    """Return when asked to stop; raise PartEnded when a part ends by itself."""
    while not parts.is_stopping:
        parts.check()
        time.sleep(0.2)


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Two demonstrations in one folder would share a database and disturb each other."""
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(
                f"A demonstration already runs in {folder}. Stop it, or give this one its own folder: "
                "VAR_DIR=another-folder python3 manage.py demo --port 8001"
            ) from error
        yield
