"""What several measurements stand on: a throw-away database with the tables in it, and the time a process used."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


@contextlib.contextmanager
def database(*, postgres: bool = True) -> Iterator[dict[str, str]]:
    """Django on an empty PostgreSQL (or SQLite), stopped and removed afterwards; the environment for further processes.

    May be entered once in a process.
    """
    from tests import testservers  # noqa: PLC0415 - found only with the path above

    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="soundings-benchmark-"))
        url = stack.enter_context(testservers.postgres()) if postgres else f"sqlite:///{folder}/benchmark.sqlite3"
        own = {
            "DATABASE_URL": url,
            "VAR_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "engagement.settings",
            "REDIS_URL": "",
            "EMAIL_URL": "memory://",
            "SENDING_HOURS": "",
            "DEBUG": "no",
            "LOG_LEVEL": "ERROR",
        }
        os.environ.update(own)
        import django  # noqa: PLC0415 - the settings have to be named first

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        try:
            yield {**os.environ, **own}
        finally:
            connection.close()


def seeded(number: int) -> Any:
    """A consultation with so many counted submissions."""
    from django.core.management import call_command  # noqa: PLC0415

    from consultations.programme.models import Consultation  # noqa: PLC0415

    out = io.StringIO()
    call_command("seed", submissions=number, stdout=out)
    return Consultation.objects.get(reference=json.loads(out.getvalue())["consultation"])


def cpu_of(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of this process's CPU that the act took, and what it returned."""
    began = time.process_time()
    result = act()
    return time.process_time() - began, result


def best_ms(act: Callable[[], Any], times: int) -> float:
    """The quickest of so many runs, in milliseconds of wall time."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        found.append((time.perf_counter() - began) * 1000)
    return min(found)


def peak_mb() -> float:
    """The most memory this process held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
