"""Cuts an expression into tokens, each with the character at which it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 4000
# What word processors make of quotes and signs; the same width, so that positions stay true.
STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "–": "-", "−": "-"})
NAME = r"[^\W\d][\w\-]*(?:\.[\w\-]+)*"

TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<number>\d+(?:\.\d*)?|\.\d+)
  | (?P<text>"[^"]*"|'[^']*')
  | (?P<reference>\$\{{\s*(?P<code>[^{{}}\s]+)\s*\}})
  | (?P<name>{NAME}(?::{NAME})?)
  | (?P<operator>!=|<=|>=|[=<>+\-*(),.])
    """,
    re.VERBOSE,
)


class ExpressionError(Exception):
    """What is wrong with an expression, as a sentence, and at which character (from 1)."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number, text, reference, name, operator, end
    value: str
    position: int


def tokens_of(text: str) -> list[Token]:
    """The tokens of `text`, ended by one of kind "end"; raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(f"It is longer than {LONGEST:,} characters.", LONGEST)
    # Quotes inside a quoted text stay as they were written.
    straight = text.translate(STRAIGHT)
    found: list[Token] = []
    at = 0
    while at < len(straight):
        match = TOKEN.match(straight, at)
        if match is None:
            raise ExpressionError(_what_is_wrong(straight, at), at + 1)
        kind = match.lastgroup or ""
        if kind == "code":
            kind = "reference"
        if match["reference"] is not None:
            found.append(Token("reference", match["code"], at + 1))
        elif match["text"] is not None:
            found.append(Token("text", text[at + 1 : match.end() - 1], at + 1))
        elif match["space"] is None:
            found.append(Token(kind, match[kind], at + 1))
        at = match.end()
    found.append(Token("end", "", len(text) + 1))
    return found


def _what_is_wrong(text: str, at: int) -> str:
    character = text[at]
    if character in "'\"":
        return "A quotation mark is opened here and never closed."
    if text.startswith("${", at):
        return "A reference is opened here with “${” and not closed with “}”."
    if character == "/":
        return "A path with “/” is not part of the expressions that Soundings reads."
    if character in "[]":
        return "Square brackets are not part of the expressions that Soundings reads."
    return f"The character “{character}” has no meaning here."
