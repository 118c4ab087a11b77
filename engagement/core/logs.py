"""What the log says, without what lets somebody in."""

from __future__ import annotations

import logging
import re
from typing import Any

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


def for_level(level: str) -> dict[str, Any]:
    """What Django's LOGGING is: one line for each record, from this level on, to the standard error output."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
        # What stands in an address and lets somebody in is written nowhere.
        "filters": {"no_tokens": {"()": "engagement.core.logs.WithoutTokens"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_tokens"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
    }
