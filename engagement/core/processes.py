"""Several programs that live and end together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

PATIENCE_SECONDS = 15
PR_SET_PDEATHSIG = 1


class PartEnded(Exception):
    """A part that should run ended by itself; the text is for the person who started it."""


def is_port_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end_with_parent() -> None:
    """On Linux: be told to stop even when the program that started us is killed without a chance to do so."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Parts:
    """Starts programs, each in a process group with a log of its own, and stops all of them in the end.

    Use as a context manager. SIGINT, SIGTERM and SIGHUP ask for the end: `is_stopping` becomes true.
    """

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self.logs, self.environment = logs, dict(environment)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.is_stopping = False

    def __enter__(self) -> Parts:
        self.logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *exception: object) -> None:
        for name in reversed(list(self.running)):
            self.stop(name)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.is_stopping = True

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a part that is to run until the end."""
        self.running[name] = self._open(name, command)

    def run(self, name: str, command: Sequence[str], *, show: bool = False) -> int:
        """Run a program to its end while the others live; returns its exit code, or 130 when asked to stop."""
        process = (
            subprocess.Popen(command, env=self.environment, start_new_session=True)
            if show
            else self._open(name, command)
        )
        while process.poll() is None:
            if self.is_stopping:
                self._end(process)
                return 130
            try:
                self.check()
            except PartEnded:
                self._end(process)
                raise
            time.sleep(0.1)
        return process.returncode

    def check(self) -> None:
        """Raise PartEnded when a part is no longer running."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise PartEnded(
                    f"The part “{name}” ended by itself, so everything was stopped. Its last lines:\n{self.tail(name)}"
                )

    def wait_until(self, is_up: Callable[[], bool], name: str, seconds: float = 90) -> None:
        """Wait for a part to answer; raises PartEnded when it does not within `seconds`."""
        end = time.monotonic() + seconds
        while not self.is_stopping and not is_up():
            self.check()
            if time.monotonic() > end:
                raise PartEnded(
                    f"The part “{name}” did not answer within {seconds:.0f} seconds. Its last lines:\n{self.tail(name)}"
                )
            time.sleep(0.1)

    def tail(self, name: str, lines: int = 15) -> str:
        """The last lines of a part's log."""
        with contextlib.suppress(OSError):
            return "\n".join(
                (self.logs / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
            )
        return ""

    def stop(self, name: str) -> None:
        """Stop one part and everything that it started."""
        self._end(self.running.pop(name))

    def _open(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with (self.logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one call into libc
            )

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_SECONDS)
        # Whatever the part itself left behind is of the same group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
