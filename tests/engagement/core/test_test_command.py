"""The closing line of `manage.py test`, which CI reads."""

from collections import Counter

import pytest

from engagement.core.management.commands import test as command


@pytest.mark.parametrize(
    ("counts", "codes", "line", "exit_code"),
    [
        ({"passed": 12, "skipped": 1}, [0, 0], "12 passed, 0 failed", 0),
        ({"passed": 12, "failed": 2, "error": 1}, [1, 0], "12 passed, 3 failed", 1),
        # The second run may have nothing to do; a run that broke without a count is a failure all the same.
        ({"passed": 3}, [0, 5], "3 passed, 0 failed", 0),
        ({"passed": 3}, [0, 4], "3 passed, 1 failed", 1),
        ({}, [5, 5], "0 passed, 0 failed", 1),
    ],
)
def test_the_last_line_counts_both_databases(capsys, counts, codes, line, exit_code):
    assert command.close(Counter(counts), codes, 12.0) == exit_code
    assert capsys.readouterr().out.splitlines()[-1] == line


def test_the_browser_that_is_named_is_taken(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/opt/other/chrome")

    assert command.find_browser() == "/opt/other/chrome"


def test_a_plain_user_is_told_what_to_install(monkeypatch, capsys):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(command.shutil, "which", lambda name: None)
    monkeypatch.setattr(command, "has_playwright_browser", lambda: False)

    assert command.Command().run([]) == 1
    said = capsys.readouterr().out.splitlines()
    assert "sudo apt install chromium" in said[0]
    assert said[-1] == "0 passed, 1 failed"
