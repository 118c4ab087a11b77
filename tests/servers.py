"""Loaded with `-p tests.servers`, which is before pytest-django reads the settings (a conftest is too late).

`--quick` (or QUICK=1): SQLite in a temporary file, no servers. Otherwise PostgreSQL and Redis are started, or
taken from TEST_DATABASE_URL and TEST_REDIS_URL. `--sqlite`: SQLite, but with Redis.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests import testservers

_open = contextlib.ExitStack()
KEPT = {"CHROMIUM"}


def _forget_the_shell() -> None:
    """A developer's own settings must not change what the tests mean."""
    example = Path(__file__).parent.parent / ".env.example"
    if example.exists():
        for line in example.read_text(encoding="utf-8").splitlines():
            name = line.lstrip("# ").partition("=")[0]
            if name.isidentifier() and name.isupper() and name not in KEPT:
                os.environ.pop(name, None)
    for name in ("DATABASE_URL", "REDIS_URL", "VAR_DIR", "SITE_URL", "DEBUG", "EMAIL_URL"):
        os.environ.pop(name, None)


def _start() -> None:
    _forget_the_shell()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    # Playwright keeps an event loop in this thread; Django would take every query for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        # Being told to end is an end like Ctrl-C: the servers stop and their folders go.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        folder = tempfile.mkdtemp(prefix="soundings-tests-")
        _open.callback(shutil.rmtree, folder, ignore_errors=True)
        os.environ["TEST_VAR_DIR"] = folder
        wants_sqlite = "--sqlite" in sys.argv or "--quick" in sys.argv or os.environ.get("QUICK") == "1"
        wants_redis = not ("--quick" in sys.argv or os.environ.get("QUICK") == "1")
        if wants_sqlite:
            os.environ["TEST_DATABASE_URL"] = f"sqlite:///{folder}/soundings.sqlite3"
        else:
            os.environ["TEST_DATABASE_URL"] = _open.enter_context(testservers.postgres())
        if wants_redis:
            os.environ["TEST_REDIS_URL"] = _open.enter_context(testservers.redis_server())
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
    os.environ["VAR_DIR"] = str(Path(os.environ["TEST_VAR_DIR"]) / (worker or "main"))


_start()


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("soundings")
    group.addoption("--quick", action="store_true", help="SQLite and no servers: for work on one app")
    group.addoption("--sqlite", action="store_true", help="SQLite in place of PostgreSQL")
    group.addoption("--only-database", action="store_true", help="only tests that use the database and no browser")


def pytest_unconfigure() -> None:
    _open.close()
