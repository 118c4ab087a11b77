"""The scanner is asked in the words of clamd; a false one answers here."""

import socketserver
import struct
import threading

import pytest

from consultations.programme import scanning
from consultations.programme.scanning import Verdict

VIRUS = b"this is bad for you"


class FakeClamd(socketserver.BaseRequestHandler):
    """Reads INSTREAM as clamd does and finds what holds VIRUS."""

    def handle(self):
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
def clamd(settings):
    """A scanner that listens; `says` is what it answers instead of what it finds, `seen` what it was shown."""
    with Server(("127.0.0.1", 0), FakeClamd) as server:
        server.seen = []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.CLAMD = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def test_without_a_scanner_nobody_is_asked():
    assert scanning.scan(b"anything") == Verdict.OFF


def test_what_is_harmless_and_what_is_not(clamd):
    long = b"x" * (3 * scanning.PIECE + 7)

    assert scanning.scan(long) == Verdict.CLEAN
    assert scanning.scan(VIRUS) == Verdict.FOUND
    assert clamd.seen == [long, VIRUS]


def test_a_scanner_that_says_something_else_is_asked_again_later(clamd):
    clamd.says = b"INSTREAM size limit exceeded. ERROR"

    assert scanning.scan(b"x") == Verdict.WAITING


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.sock"])
def test_a_scanner_that_does_not_answer_leaves_the_file_waiting(settings, address):
    settings.CLAMD = address

    assert scanning.scan(b"x") == Verdict.WAITING


def test_the_trial_file_of_scanners_is_refused_also_without_one():
    assert scanning.scan(b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + scanning.TRIAL + b"!$H+H*") == Verdict.FOUND
