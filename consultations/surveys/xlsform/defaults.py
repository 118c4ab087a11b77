"""Answers that stand filled in beforehand, as a workbook writes them and as a question keeps them."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

from consultations.surveys.definition import Question
from consultations.surveys.inputs import read_clock
from consultations.surveys.kinds.base import is_number
from consultations.surveys.xlsform.expressions import OK_HERE, OK_THERE

WRITTEN = frozenset({"short_text", "long_text", "email", "phone", "url", "hidden"})
SEVERAL = frozenset({"multiple", "ranking"})
ONE = frozenset({"single", "scale", "yes_no"})
NUMBERS = frozenset({"integer", "decimal"})
# A reference or a call: the value is worked out and not just there.
DYNAMIC = re.compile(r"\$\{|[A-Za-z_][\w:\-]*\(")
# A text in quotation marks, by itself or in string().
LITERAL = re.compile(r"(?:string\(\s*)?(?:'([^']*)'|\"([^\"]*)\")(?:\s*\))?")
# What other tools may take for an expression.
OPERATORS = re.compile(r"[$()*|+\[\-]|\b(?:div|mod)\b")
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?")
CLOCK = re.compile(r"(\d{1,2}:\d{2})(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")
POINT = re.compile(r"([+-]?\d+(?:\.\d+)?)[\s,]+([+-]?\d+(?:\.\d+)?)(?:[\s,]+[+-]?[\d.]+){0,2}")


class Dynamic(Exception):
    """The value depends on other answers or on the moment."""


def read_default(question: Question, cell: str) -> Any:
    """The answer that a cell of the column “default” stands for; None for one that this question cannot have.

    Raises Dynamic for an expression.
    """
    literal = LITERAL.fullmatch(cell)
    if literal:
        cell = literal[1] if literal[1] is not None else literal[2]
    elif DYNAMIC.search(cell):
        raise Dynamic(cell)
    kind = question.kind
    if kind in WRITTEN:
        return cell or None
    if kind in ONE:
        return cell if cell in question.choice_labels else None
    if kind in SEVERAL:
        codes = list(dict.fromkeys(cell.split()))
        return codes if codes and set(codes) <= set(question.choice_labels) else None
    if kind == "consent":
        return OK_HERE if cell.lower() == OK_HERE else None
    return _measured(question, cell)


def _measured(question: Question, cell: str) -> Any:
    try:
        if question.kind in NUMBERS:
            number = number_in(cell)
            return None if question.kind == "integer" and not isinstance(number, int) else number
        if question.kind == "date" and (found := DAY.fullmatch(cell)):
            return date.fromisoformat(found[1]).isoformat()
        if question.kind == "time" and (found := CLOCK.fullmatch(cell)):
            return read_clock(found[1])
    except ValueError:
        return None
    if question.kind == "location":
        return _place(question, cell)
    return None


def _place(question: Question, cell: str) -> Any:
    if not question.settings.get("coordinates"):
        return {"place": cell}
    found = POINT.fullmatch(cell)
    if found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        return None
    return {"lat": float(found[1]), "lon": float(found[2])}


def write_default(question: Question) -> Any:
    """The cell that `read_default` reads as the question's default; empty for none."""
    value = question.settings.get("default")
    kind = question.kind
    if kind == "location" and isinstance(value, dict):
        value = f"{value['lat']!r} {value['lon']!r}" if {"lat", "lon"} <= set(value) else value.get("place", "")
    if kind in WRITTEN | {"location"} and isinstance(value, str):
        return _quoted(value) if OPERATORS.search(value) or LITERAL.fullmatch(value) else value
    if kind in SEVERAL and isinstance(value, list):
        return " ".join(value)
    if kind == "consent" and value:
        return OK_THERE
    return value if isinstance(value, str) or is_number(value) else ""


def _quoted(text: str) -> str:
    """An expression that is just this text, so that nobody works it out; the text where it has both marks."""
    if "'" not in text:
        return f"string('{text}')"
    return f'string("{text}")' if '"' not in text else text


def number_in(cell: str) -> int | float:
    """The number of a cell, a whole one as int; raises ValueError for anything else, not-a-number included."""
    if not cell.isascii() or "_" in cell:
        raise ValueError(cell)
    try:
        return int(cell)
    except ValueError:
        number = float(cell)
    if not math.isfinite(number):
        raise ValueError(cell)
    return int(number) if number.is_integer() else number
