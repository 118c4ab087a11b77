"""Settings: each variable is listed and explained; a wrong value stops the start and names itself."""

import ast
import os
import re
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

NAME = re.compile(r"^# ([A-Z][A-Z0-9_]*)=", re.MULTILINE)
SAFE = {
    "SITE_URL": "https://consult.soundings.example",
    "SECRET_KEY": "a-long-secret-of-the-tests-that-nobody-uses-anywhere-0123456789",
    "EMAIL_URL": "smtp://mail.soundings.example:25",
    "REDIS_URL": "redis://redis.soundings.example:6379/0",
}


def asked_for() -> set[str]:
    """The names that settings.py reads, also in branches that this machine does not take."""
    tree = ast.parse((ROOT / "engagement" / "settings.py").read_text(encoding="utf-8"))
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "ENV"
        and isinstance(node.args[0], ast.Constant)
    }


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    environment = {**inherited, "DJANGO_SETTINGS_MODULE": "engagement.settings", **variables}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_lists_exactly_what_the_settings_ask_for():
    listed = NAME.findall((ROOT / ".env.example").read_text(encoding="utf-8"))

    assert sorted(listed) == sorted(asked_for())


def test_every_variable_in_the_example_is_explained():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if NAME.match(line) and not before.startswith("# ")
    ]

    assert bare == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMALL_NUMBER", "3"),
        ("DEBUG", "perhaps"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DISPLAY_TIME_ZONE", "Mars/Olympus"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_itself(name, value):
    result = manage("check", **{name: value})

    assert result.returncode == 1
    assert f"{name} is “{value}”; it must be" in result.stderr


def test_a_real_site_passes_the_checks_for_deployment():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **SAFE)

    assert result.stderr == ""
    assert result.returncode == 0


def test_an_unsafe_site_does_not_pass():
    result = manage(
        "check", "--deploy", **{**SAFE, "SITE_URL": "http://consult.soundings.example", "MAIL_CATCHER": "yes"}
    )

    assert result.returncode == 1
    assert "soundings.E001" in result.stderr
    assert "soundings.E005" in result.stderr
