"""A mail server of the tests that keeps a log of what it accepted, and misbehaves as told."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any


class _Talk(socketserver.StreamRequestHandler):
    timeout = 30

    def handle(self) -> None:
        self.say("220 sink")
        address = ""
        while line := self.rfile.readline():
            verb = line.split(None, 1)[0].upper()
            if verb == b"EHLO":
                self.say("250-sink", "250 8BITMIME")
            elif verb == b"RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                self.say(self.server.answer("RCPT", address) or "250 OK")
            elif verb == b"DATA":
                if not self.data(address):
                    return
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 OK")

    def data(self, address: str) -> bool:
        if refusal := self.server.answer("DATA", address):
            self.say(refusal)
            return True
        self.say("354 go on")
        content = b""
        while line := self.rfile.readline():
            if line == b".\r\n":
                break
            content += line
        else:
            return False
        answer = self.server.answer("DOT", address) or "250 kept"
        if answer.startswith("250") or answer == "accept and drop":
            self.server.keep(content)
        if "drop" in answer:
            return False
        self.say(answer)
        return True

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class Sink(socketserver.ThreadingTCPServer):
    """`answer(stage, address)` may be replaced: stage is RCPT, DATA or DOT; an empty answer means yes, "drop" cuts
    the line, and at DOT "accept and drop" keeps the message first."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.answer: Callable[[str, str], str] = lambda stage, address: ""
        self.contents: list[bytes] = []
        self.lock = threading.Lock()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def keep(self, content: bytes) -> None:
        with self.lock:
            self.contents.append(content)

    def copies(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        lines = [line for content in self.contents for line in content.decode().splitlines()]
        return Counter(line.partition(":")[2].strip() for line in lines if line.lower().startswith("message-id:"))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no news."""

    def __enter__(self) -> Sink:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        self.server_close()
