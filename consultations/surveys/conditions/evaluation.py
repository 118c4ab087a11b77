"""What an expression comes to, given the answers so far. Never raises for what people answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from consultations.surveys.conditions.functions import FUNCTIONS, NAN, coalesce, number_of, text_of, truth_of
from consultations.surveys.conditions.parsing import Node, parse
from consultations.surveys.conditions.tokens import ExpressionError


def _no_label(question_code: str, choice_code: str) -> str:
    return choice_code


@dataclass(slots=True)
class Scope:
    """Where an expression finds things: answers by question code, this answer, columns of a choice, the time."""

    answers: Mapping[str, Any]
    this: Any = ""
    columns: Mapping[str, Any] = field(default_factory=dict)
    # (question code, choice code) -> label, for jr:choice-name().
    label: Callable[[str, str], str] = _no_label
    now: datetime | None = None

    @property
    def moment(self) -> datetime:
        return timezone.localtime(self.now)


def evaluate(text: str, scope: Scope, *, allow_columns: bool = False) -> Any:
    """The value of an expression: a text, a number, a truth value or a list of codes. Raises ExpressionError."""
    return _value(parse(text, allow_columns), scope)


def holds(text: str, scope: Scope, *, allow_columns: bool = False) -> bool:
    """Whether a condition is met. An empty condition always is; one that cannot be read never is."""
    if not text:
        return True
    try:
        return truth_of(evaluate(text, scope, allow_columns=allow_columns))
    except ExpressionError:
        return False


def _value(node: Node, scope: Scope) -> Any:
    kind = node[0]
    if kind == "reference":
        value = scope.answers.get(node[1], "")
        return "" if value is None else value
    if kind in {"text", "number"}:
        return node[1]
    if kind == "call":
        return _called(node[1], node[2], scope)
    if kind == "or":
        return any(truth_of(_value(part, scope)) for part in node[1:])
    if kind == "and":
        return all(truth_of(_value(part, scope)) for part in node[1:])
    if kind == "this":
        return "" if scope.this is None else scope.this
    if kind == "column":
        return scope.columns.get(node[1], "")
    if kind == "minus":
        return -number_of(_value(node[1], scope))
    return OPERATORS[kind](_value(node[1], scope), _value(node[2], scope))


def _called(name: str, arguments: tuple[Node, ...], scope: Scope) -> Any:
    function = FUNCTIONS[name].call
    if function is not None:
        return function(*(_value(argument, scope) for argument in arguments))
    if name == "if":
        return _value(arguments[1 if truth_of(_value(arguments[0], scope)) else 2], scope)
    if name == "coalesce":
        return coalesce(*(_value(argument, scope) for argument in arguments))
    if name == "today":
        return scope.moment.date().isoformat()
    if name == "now":
        return scope.moment.isoformat(timespec="seconds")
    return _choice_name(arguments, scope)


def _choice_name(arguments: tuple[Node, ...], scope: Scope) -> str:
    """jr:choice-name(code, '${question}'): the label of the choice; XLSForm puts the reference in quotes."""
    code, of = text_of(_value(arguments[0], scope)), arguments[1]
    question = of[1] if of[0] in {"reference", "text"} else ""
    return scope.label(question.strip().removeprefix("${").removesuffix("}").strip(), code) if code else ""


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return truth_of(left) == truth_of(right)
    if isinstance(left, int | float) or isinstance(right, int | float):
        return number_of(left) == number_of(right)
    return text_of(left) == text_of(right)


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    # Not-a-number compares as false with everything, which is the rule for an empty answer.
    return lambda left, right: compare(number_of(left), number_of(right))


def _divided(left: Any, right: Any) -> float:
    divisor = number_of(right)
    return number_of(left) / divisor if divisor else NAN


def _remainder(left: Any, right: Any) -> float:
    dividend, divisor = number_of(left), number_of(right)
    return math.fmod(dividend, divisor) if divisor and math.isfinite(dividend) else NAN


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": _same,
    "!=": lambda left, right: not _same(left, right),
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
    "+": lambda left, right: number_of(left) + number_of(right),
    "-": lambda left, right: number_of(left) - number_of(right),
    "*": lambda left, right: number_of(left) * number_of(right),
    "div": _divided,
    "mod": _remainder,
}
