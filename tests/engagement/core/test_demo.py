"""The command that runs everything: its refusals, and one real run from start to stop."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from engagement.core.management.commands.demo import only_one, parts_environment
from engagement.core.processes import free_port

ROOT = Path(__file__).resolve().parent.parent.parent.parent


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_a_port_in_use_is_a_plain_sentence():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is in use by another program"):
            call_command("demo", port=port)


def test_two_demonstrations_do_not_share_a_folder(own_folder):
    with (own_folder / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="A demonstration already runs in"), only_one(own_folder):
            pytest.fail("must not get here")


def test_a_database_elsewhere_is_never_emptied(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@db.example/real")

    with pytest.raises(CommandError, match="--fresh only empties the built-in database"):
        call_command("demo", port=free_port(), fresh=True)


def test_mail_of_the_demonstration_always_goes_to_the_catcher(own_folder, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://real.example:25")

    environment = parts_environment(own_folder, "http://127.0.0.1:8000", 2525, is_rehearsal=False)

    assert environment["EMAIL_URL"] == "smtp://127.0.0.1:2525"
    assert environment["MAIL_CATCHER"] == "yes"


def test_a_rehearsal_leaves_the_real_database_alone(own_folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@db.example/real")

    assert "DATABASE_URL" not in parts_environment(own_folder, "http://127.0.0.1:8000", 2525, is_rehearsal=True)


def processes_that_mention(text: str) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if text.encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc for what was left running")
def test_everything_starts_answers_and_stops_without_a_trace(own_folder):
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"VAR_DIR": str(own_folder), "DJANGO_SETTINGS_MODULE": "engagement.settings"}
    command = [sys.executable, "manage.py", "demo", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Stop with Ctrl-C" in line:
                break
        assert f"Soundings runs at http://127.0.0.1:{port}/" in "".join(lines)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20) as answer:
            assert b'"ok": true' in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    for _ in range(50):
        if not processes_that_mention(str(own_folder)):
            break
        time.sleep(0.2)
    assert processes_that_mention(str(own_folder)) == []
