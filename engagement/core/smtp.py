"""A small mail server for demonstrations: it takes every message and keeps it as a file; nothing leaves the machine."""

from __future__ import annotations

import secrets
import socketserver
import threading
import time
from pathlib import Path
from types import TracebackType

LARGEST_BYTES = 40 * 1024 * 1024
LONGEST_LINE = 64 * 1024


class _Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs to hand over a message."""

    server: MailServer
    timeout = 60

    def handle(self) -> None:
        self.recipients: list[str] = []
        self.sender = ""
        self._say("220 Soundings keeps every message and delivers none")
        while line := self.rfile.readline(LONGEST_LINE):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if verb.upper() == "QUIT":
                self._say("221 Goodbye")
                return
            self._answer(verb.upper(), rest.strip())

    def _answer(self, verb: str, rest: str) -> None:
        match verb:
            case "EHLO":
                self._say("250-Soundings", f"250-SIZE {LARGEST_BYTES}", "250-8BITMIME", "250 SMTPUTF8")
            case "HELO" | "NOOP":
                self._say("250 OK")
            case "RSET":
                self.recipients, self.sender = [], ""
                self._say("250 OK")
            case "MAIL":
                self.recipients, self.sender = [], _address(rest)
                self._say("250 OK")
            case "RCPT":
                self.recipients.append(_address(rest))
                self._say("250 OK")
            case "DATA" if self.recipients:
                self._say("354 End with a line that holds one full stop")
                self._take_message()
            case "DATA":
                self._say("503 Name a recipient first")
            case _:
                self._say("502 This server does not know that command")

    def _take_message(self) -> None:
        lines, size = [], 0
        while (line := self.rfile.readline(LONGEST_LINE)) not in {b".\r\n", b".\n", b""}:
            size += len(line)
            if size <= LARGEST_BYTES:
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if size > LARGEST_BYTES:
            self._say("552 The message is too large")
            return
        self.server.keep(b"".join(lines), self.sender, self.recipients)
        self._say("250 Kept")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


def _address(rest: str) -> str:
    return rest.partition(":")[2].strip().partition(" ")[0].strip("<>")


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1 in a thread while the context lasts; `port` tells where. Messages go to `folder`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        super().__init__(("127.0.0.1", port), _Conversation)
        self.port: int = self.server_address[1]

    def keep(self, content: bytes, sender: str, recipients: list[str]) -> Path:
        """Write one message, whole or not at all; the name sorts by time."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        unfinished = self.folder / f"{name}.part"
        unfinished.write_bytes(envelope.encode() + content)
        return unfinished.rename(self.folder / f"{name}.eml")

    def __enter__(self) -> MailServer:
        threading.Thread(target=self.serve_forever, name="mail", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()
