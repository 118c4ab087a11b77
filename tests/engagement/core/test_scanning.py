"""The scanner is asked in the words of clamd."""

import pytest

from engagement.core import scanning
from engagement.core.scanning import Verdict
from tests.plugins.scanner import VIRUS


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
