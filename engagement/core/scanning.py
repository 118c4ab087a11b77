"""Asks a scanner for viruses about a file: clamd over its socket, where the site has one (`CLAMD` in the settings).

The protocol is INSTREAM of clamd: “zINSTREAM”, pieces with their length before each, one of length 0, one line back.
"""

from __future__ import annotations

import socket
import struct
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings

PIECE = 1 << 16
SECONDS = 20
PORT = 3310
# The file by which scanners are tried out (eicar.org); it is refused also where no scanner is set up.
TRIAL = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Verdict(StrEnum):
    """What is known of a file. OFF: nobody was asked, since the site has no scanner."""

    OFF = "off"
    WAITING = "waiting"
    CLEAN = "clean"
    FOUND = "found"


def is_on() -> bool:
    """Whether this site has a scanner."""
    return bool(settings.CLAMD)


def scan(content: bytes) -> Verdict:
    """What the scanner says; WAITING when it does not answer, so that the file can be asked about again."""
    if TRIAL in content[:4096]:
        return Verdict.FOUND
    if not is_on():
        return Verdict.OFF
    try:
        answer = _ask(content)
    except OSError:
        return Verdict.WAITING
    if answer.endswith("FOUND"):
        return Verdict.FOUND
    return Verdict.CLEAN if answer.endswith("OK") else Verdict.WAITING


def _ask(content: bytes) -> str:
    with _connect(settings.CLAMD) as line:
        line.settimeout(SECONDS)
        line.sendall(b"zINSTREAM\0")
        for at in range(0, len(content), PIECE):
            piece = content[at : at + PIECE]
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := line.recv(4096)):
            answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connect(address: str) -> socket.socket:
    """The socket of “unix:///run/clamd.sock” or “tcp://host:port”."""
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname, parts.port or PORT), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    try:
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line
