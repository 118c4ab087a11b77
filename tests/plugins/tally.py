"""Writes the counts of a run into the file that SOUNDINGS_TALLY names, for the closing line of `manage.py test`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

OUTCOMES = ("passed", "failed", "error", "skipped")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if path := os.environ.get("SOUNDINGS_TALLY"):
        counts = {outcome: len(terminalreporter.stats.get(outcome, [])) for outcome in OUTCOMES}
        Path(path).write_text(json.dumps(counts), encoding="ascii")
