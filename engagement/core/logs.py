"""What the log says, without what lets somebody in."""

from __future__ import annotations

import logging
import re

# What follows /return/, and any part of an address that is too long and too mixed to be a word of ours: the token of a
# booking or an invitation. Public ids and the references of consultations, which let nobody in, stay readable.
TOKEN = re.compile(r"(?<=/return/)[^/\s]+|(?<=/)(?=[\w:-]*[A-Z:])[\w:-]{24,}(?=[/?\s\"']|$)")


class WithoutTokens(logging.Filter):
    """Takes tokens out of the addresses in a message before any handler writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        shorter = TOKEN.sub("…", message)
        if shorter != message:
            record.msg, record.args = shorter, ()
        return True
