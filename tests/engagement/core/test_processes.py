"""Programs that live and end together."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from engagement.core.processes import PartEnded, Parts, free_port, is_port_free

LONG = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
# A child of its own, as the worker has.
FAMILY = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)",
]


@pytest.fixture(autouse=True)
def same_signals_afterwards():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"


def wait_for(parts: Parts, name: str) -> str:
    parts.wait_until(lambda: bool(parts.tail(name)), name, seconds=20)
    return parts.tail(name)


def test_leaving_stops_every_part_and_its_children(tmp_path):
    with Parts(tmp_path, os.environ) as parts:
        parts.start("family", FAMILY)
        child = int(wait_for(parts, "family"))
        parent = parts.running["family"].pid
        assert is_alive(child)

    assert not is_alive(parent)
    for _ in range(50):
        if not is_alive(child):
            break
        time.sleep(0.1)
    assert not is_alive(child)


def test_a_part_that_ends_by_itself_is_named_with_its_last_lines(tmp_path):
    with Parts(tmp_path, os.environ) as parts:
        parts.start("short", [sys.executable, "-c", "print('the reason')"])
        parts.running["short"].wait(20)
        with pytest.raises(PartEnded, match=r"“short” ended by itself(?s:.*)the reason"):
            parts.check()


def test_a_part_that_never_answers_is_not_waited_for_forever(tmp_path):
    with Parts(tmp_path, os.environ) as parts:
        parts.start("silent", LONG)
        with pytest.raises(PartEnded, match="did not answer"):
            parts.wait_until(lambda: False, "silent", seconds=0.3)


def test_being_asked_to_stop_ends_the_wait(tmp_path):
    with Parts(tmp_path, os.environ) as parts:
        parts.start("long", LONG)
        os.kill(os.getpid(), signal.SIGTERM)
        parts.wait_until(lambda: False, "long")
        assert parts.is_stopping
        assert parts.run("never", LONG) == 130


def test_a_port_in_use_is_noticed():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert not is_port_free(server.getsockname()[1])
    assert is_port_free(free_port())
