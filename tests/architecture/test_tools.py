"""The tools that read the code without running it find nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

BIN = Path(sys.executable).parent


def run(*command: str) -> str:
    """What the tool said when it was not content, else nothing."""
    result = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    return (result.stdout + result.stderr)[-6000:] if result.returncode else ""


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("ruff", "check", "--output-format", "concise", "."), id="ruff finds no fault"),
        pytest.param(("ruff", "format", "--check", "."), id="every file is formatted"),
        pytest.param(("lint-imports",), id="the import contracts are kept"),
        pytest.param(("mypy",), id="the types agree"),
        pytest.param(("hadolint", "Dockerfile"), id="the Dockerfile is sound"),
        pytest.param(("compose-lint", "docker-compose.yml"), id="the compose file is safe"),
    ],
)
def test_tool_is_content(command):
    if said := run(*command):
        pytest.fail(said, pytrace=False)
