"""What every form of the register does with text."""

from __future__ import annotations


def without_breaks(text: str) -> str:
    """The text on one line, with one space between words."""
    return " ".join(text.split())
