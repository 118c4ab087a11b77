"""Every check of the project, on both databases: `python3 manage.py test [pytest arguments]`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

NO_TESTS_COLLECTED = 5
BROWSERS = ("chromium", "google-chrome", "chromium-browser")
# Arguments with which a person wants to watch one process.
ALONE = ("-n", "--numprocesses", "--pdb", "-s", "--capture=no", "--trace", "--collect-only", "--co")


class Command(BaseCommand):
    help = "Runs everything on PostgreSQL, then what uses the database again on SQLite. Arguments go to pytest."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """Take every argument as pytest's own, `-k` and `--lf` included."""
        sys.exit(self.run(argv[2:]))

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(self.run([]))

    def run(self, arguments: list[str]) -> int:
        started = time.monotonic()
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        if (browser := find_browser()) is not None:
            environment["CHROMIUM"] = browser
        elif not has_playwright_browser():
            say("The tests need Chromium. Install it (Debian and Ubuntu: sudo apt install chromium),")
            say("or name it: CHROMIUM=path python3 manage.py test")
            say("0 passed, 1 failed")
            return 1
        ensure_office()
        total: Counter[str] = Counter()
        codes = []
        for title, extra in (("PostgreSQL", []), ("SQLite", ["--sqlite", "--only-database"])):
            say(f"--- {title} " + "-" * 60)
            code, counts = run_pytest([*extra, *arguments], environment)
            codes.append(code)
            total += counts
            if code == 2:  # stopped by the person
                break
        return close(total, codes, time.monotonic() - started)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run_pytest(arguments: list[str], environment: dict[str, str]) -> tuple[int, Counter[str]]:
    """One run of pytest; its exit code and its counts by outcome."""
    command = [sys.executable, "-m", "pytest", "-qq", "-p", "tests.plugins.tally"]
    if (os.cpu_count() or 1) > 1 and not any(argument.startswith(ALONE) for argument in arguments):
        command += ["-n", "2", "--dist", "loadgroup"]
    with tempfile.TemporaryDirectory(prefix="soundings-tally-") as folder:
        tally = Path(folder) / "tally.json"
        code = subprocess.run(
            [*command, *arguments],
            cwd=settings.BASE_DIR,
            env={**environment, "SOUNDINGS_TALLY": str(tally)},
            stdin=subprocess.DEVNULL if not sys.stdin or not sys.stdin.isatty() else None,
            check=False,
        ).returncode
        counts: Counter[str] = Counter(
            json.loads(tally.read_text(encoding="ascii")) if tally.exists() else {"failed": 1}
        )
    return code, counts


def close(total: Counter[str], codes: list[int], seconds: float) -> int:
    """Print the closing lines, the last with the counts alone; return the exit code of the whole."""
    found_nothing = all(code == NO_TESTS_COLLECTED for code in codes)
    failed = total["failed"] + total["error"]
    is_well = not failed and not found_nothing and all(code in {0, NO_TESTS_COLLECTED} for code in codes)
    if found_nothing:
        say("No test has that name.")
    elif not is_well and not failed:
        failed = 1
    say(f"\n{total['skipped']} skipped, {seconds:.0f} seconds in all")
    say(f"{total['passed']} passed, {failed} failed")
    return 0 if is_well else 1


def find_browser() -> str | None:
    """Chromium on this machine, installed from the system's packages when we may do that."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    if may_install():
        install("chromium")
        return shutil.which("chromium")
    return None


def has_playwright_browser() -> bool:
    """Whether Playwright has a Chromium of its own, fetched now when it can be."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def ensure_office() -> None:
    """LibreOffice opens the exported files as somebody else would; the tests that use it say so when it is missing."""
    if not shutil.which("soffice") and may_install():
        install("libreoffice-calc-nogui", "libreoffice-writer-nogui")


def may_install() -> bool:
    return os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> None:
    """Install system packages; that it did not work shows in what is missing afterwards."""
    say(f"Installing {', '.join(packages)} ...")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(
            ["apt-get", *step],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
            timeout=900,
        )
