"""Conditions as people put them together: rows of a question, a test and a value, joined by “all” or “any”.

`read(write(rows))` is `rows` again for all rows whose values are of their test's kind. `read` gives None for an
expression that rows cannot say; that one is edited as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from consultations.surveys.conditions.parsing import Node, parse
from consultations.surveys.conditions.tokens import ExpressionError

ALL, ANY = "all", "any"
JOINTS = {ALL: " and ", ANY: " or "}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")

# Test -> how it is said between the question and the value.
WORDS = {
    "is": "is",
    "is_not": "is not",
    "ticked": "includes",
    "not_ticked": "does not include",
    "answered": "is answered",
    "blank": "is left blank",
    "equal": "is exactly",
    "unequal": "is not exactly",
    "more": "is more than",
    "less": "is less than",
    "at_least": "is at least",
    "at_most": "is at most",
    "on": "is on",
    "after": "is after",
    "before": "is before",
    "from": "is on or after",
    "until": "is on or before",
    "contains": "contains the words",
    "count_at_least": "has at least this many ticks:",
    "count_at_most": "has at most this many ticks:",
}
WITHOUT_VALUE = frozenset({"answered", "blank"})
NUMERIC = {"equal": "=", "unequal": "!=", "more": ">", "less": "<", "at_least": ">=", "at_most": "<="}
DATED = {"on": "=", "after": ">", "before": "<", "from": ">=", "until": "<="}
COUNTED = {"count_at_least": ">=", "count_at_most": "<="}
TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Row:
    """One line: the code of an earlier question, a test (a key of WORDS) and a value as text, "" where none is asked.

    The value is a choice's code, a number in digits, an ISO date or a text without both kinds of quotation marks.
    """

    code: str
    test: str
    value: str = ""


@dataclass(frozen=True)
class Rows:
    """A condition: `joint` is ALL or ANY; without rows it always holds."""

    rows: tuple[Row, ...] = ()
    joint: str = ALL


def is_number(text: str) -> bool:
    """Whether a value can stand as a number in an expression."""
    return bool(NUMBER.fullmatch(text))


def can_be_quoted(text: str) -> bool:
    """Whether a text can stand in an expression: there is no way to write both kinds of quotation marks in one."""
    return not ("'" in text and '"' in text)


def write(condition: Rows) -> str:
    """The expression of these rows, in the subset of XLSForm's language that every tool of that standard reads."""
    return JOINTS[condition.joint].join(_written(row) for row in condition.rows)


def _written(row: Row) -> str:
    reference = f"${{{row.code}}}"
    if row.test == "is":
        return f"{reference} = {_quoted(row.value)}"
    if row.test == "is_not":
        return f"{reference} != {_quoted(row.value)}"
    if row.test == "ticked":
        return f"selected({reference}, {_quoted(row.value)})"
    if row.test == "not_ticked":
        return f"not(selected({reference}, {_quoted(row.value)}))"
    if row.test == "answered":
        return f"{reference} != ''"
    if row.test == "blank":
        return f"{reference} = ''"
    if row.test == "contains":
        return f"contains({reference}, {_quoted(row.value)})"
    if row.test in NUMERIC:
        return f"{reference} {NUMERIC[row.test]} {row.value}"
    if row.test in COUNTED:
        return f"count-selected({reference}) {COUNTED[row.test]} {row.value}"
    return f"{reference} {DATED[row.test]} date('{row.value}')"


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


def read(text: str) -> Rows | None:
    """The rows of an expression, or None when it says something that rows cannot."""
    if not text.strip():
        return Rows()
    try:
        tree = parse(text.strip())
    except ExpressionError:
        return None
    joint, parts = (ANY, tree[1:]) if tree[0] == "or" else (ALL, tree[1:] if tree[0] == "and" else (tree,))
    rows = [_row(part) for part in parts]
    return None if None in rows else Rows(tuple(row for row in rows if row is not None), joint)


def _row(node: Node) -> Row | None:
    if node[0] == "call":
        return _called(node)
    if node[0] not in TURNED:
        return None
    operator, left, right = node
    if left[0] in {"text", "number", "minus"} or (left[0] == "call" and left[1] == "date"):
        operator, left, right = TURNED[operator], right, left
    if left[0] == "call" and left[1] == "count-selected":
        return _counted(operator, left[2][0], right)
    return _compared(operator, left[1], right) if left[0] == "reference" else None


def _called(node: Node) -> Row | None:
    name, arguments = node[1], node[2]
    if name == "not":
        inside = _row(arguments[0])
        return Row(inside.code, "not_ticked", inside.value) if inside is not None and inside.test == "ticked" else None
    test = {"selected": "ticked", "contains": "contains"}.get(name)
    if test is None or arguments[0][0] != "reference" or arguments[1][0] != "text" or not arguments[1][1]:
        return None
    return Row(arguments[0][1], test, arguments[1][1])


def _compared(operator: str, code: str, value: Node) -> Row | None:
    if value[0] == "text":
        test = {"=": "is", "!=": "is_not"}.get(operator)
        if test and not value[1]:
            return Row(code, "blank" if operator == "=" else "answered")
        return Row(code, test, value[1]) if test else None
    if value[0] == "call" and value[1] == "date":
        return _dated(operator, code, value[2][0])
    number = _digits(value)
    test = _name_of(NUMERIC, operator)
    return Row(code, test, number) if number and test else None


def _dated(operator: str, code: str, value: Node) -> Row | None:
    test = _name_of(DATED, operator)
    is_day = value[0] == "text" and bool(DAY.fullmatch(value[1]))
    return Row(code, test, value[1]) if test and is_day else None


def _counted(operator: str, question: Node, value: Node) -> Row | None:
    test, number = _name_of(COUNTED, operator), _digits(value)
    return Row(question[1], test, number) if question[0] == "reference" and test and number else None


def _name_of(table: dict[str, str], operator: str) -> str:
    return next((name for name, sign in table.items() if sign == operator), "")


def _digits(node: Node) -> str:
    """A number as people write it; "" for anything else."""
    if node[0] == "minus":
        inside = _digits(node[1])
        return f"-{inside}" if inside and not inside.startswith("-") else ""
    if node[0] != "number":
        return ""
    value: Any = node[1]
    text = str(int(value)) if float(value).is_integer() and abs(value) < 1e12 else f"{value:.6f}".rstrip("0")
    return text if is_number(text) and float(text) == value else ""
