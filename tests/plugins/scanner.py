"""A scanner that answers in the words of clamd, for tests of files."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest

VIRUS = b"this is bad for you"


class FakeClamd(socketserver.BaseRequestHandler):
    """Reads INSTREAM as clamd does and finds what holds VIRUS."""

    def handle(self) -> None:
        line = self.request.makefile("rb")
        assert line.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", line.read(4))[0]:
            content += line.read(size)
        self.server.seen.append(content)
        answer = self.server.says or (b"stream: Test FOUND" if VIRUS in content else b"stream: OK")
        self.request.sendall(answer + b"\0")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    says = b""


@pytest.fixture
def clamd(settings: Any) -> Iterator[Any]:
    """A scanner that listens; `says` is what it answers instead of what it finds, `seen` what it was shown."""
    with Server(("127.0.0.1", 0), FakeClamd) as server:
        server.seen = []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.CLAMD = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()
