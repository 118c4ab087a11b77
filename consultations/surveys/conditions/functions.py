"""The functions that expressions may call: plain functions of values.

A value is a text, a float, a truth value, a list of codes or an object (a matrix). An empty answer is the empty
text. What cannot be computed is not-a-number, which compares as false: nothing here raises for what people answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from consultations.surveys.conditions.patterns import compiled

NAN = math.nan
EPOCH = date(1970, 1, 1)
NUMERIC = frozenset("0123456789+-.eE")
ANY = 100


def text_of(value: Any) -> str:
    """How a value reads: codes joined by spaces, whole numbers without a point, nothing for what is not a number."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if math.isnan(value) or math.isinf(value):
            return ""
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    if isinstance(value, dict):
        return " ".join(text_of(part) for part in value.values())
    return " ".join(text_of(part) for part in value)


def number_of(value: Any) -> float:
    """A value as a number; days since 1970 for a date; not-a-number for any other text and for nothing."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, int | float):
        return float(value)
    text = text_of(value).strip()
    if not text:
        return NAN
    try:
        # Python also reads "1_000" and "infinity", which people do not mean as numbers.
        return float(text) if set(text) <= NUMERIC else days_of(text)
    except ValueError:
        return days_of(text)


def days_of(text: str) -> float:
    """Days since 1970 of an ISO date or moment; not-a-number for any other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return NAN
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return (moment - datetime(1970, 1, 1)) / timedelta(days=1)  # noqa: DTZ001 - both are without a zone


def truth_of(value: Any) -> bool:
    """Whether a value counts as true: not empty, not zero, not not-a-number."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return bool(value) and not math.isnan(value)
    return bool(value)


def codes_of(value: Any) -> list[str]:
    """A value as a list of chosen codes."""
    if isinstance(value, list | tuple):
        return [text_of(part) for part in value]
    return text_of(value).split()


def _flat(values: tuple[Any, ...]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if isinstance(value, dict):
            found.extend(value.values())
        elif isinstance(value, list | tuple):
            found.extend(value)
        else:
            found.append(value)
    return found


def _numbers(values: tuple[Any, ...]) -> list[float]:
    return [number for value in _flat(values) if not math.isnan(number := number_of(value))]


def _min(*values: Any) -> float:
    return min(_numbers(values), default=NAN)


def _max(*values: Any) -> float:
    return max(_numbers(values), default=NAN)


def _sum(*values: Any) -> float:
    return float(sum(_numbers(values)))


def _whole(value: Any) -> float:
    number = number_of(value)
    return float(math.trunc(number)) if math.isfinite(number) else NAN


def _rounded(how: Callable[[float], float]) -> Callable[[Any], float]:
    def function(value: Any) -> float:
        number = number_of(value)
        return float(how(number)) if math.isfinite(number) else NAN

    return function


def _round(value: Any, digits: Any = 0) -> float:
    number, places = number_of(value), number_of(digits)
    if not math.isfinite(number) or not math.isfinite(places) or abs(places) > 20:
        return NAN
    factor = 10.0 ** int(places)
    # Half goes up, as people round and as XPath says; Python's own goes to the even neighbour.
    return math.floor(number * factor + 0.5) / factor if math.isfinite(number * factor) else number


def _power(base: Any, exponent: Any) -> float:
    try:
        result = number_of(base) ** number_of(exponent)
    except (OverflowError, ZeroDivisionError):
        return NAN
    return result if isinstance(result, float) else NAN


def _root(value: Any) -> float:
    number = number_of(value)
    return math.sqrt(number) if number >= 0 and math.isfinite(number) else NAN


def _date(value: Any) -> str:
    days = number_of(value)
    try:
        return (EPOCH + timedelta(days=math.floor(days))).isoformat()
    except (OverflowError, ValueError):
        return ""


def _date_number(value: Any) -> float:
    return number_of(value) if isinstance(value, int | float) else days_of(text_of(value))


DATE_PARTS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda d: f"{d.year:04d}",
    "y": lambda d: f"{d.year % 100:02d}",
    "m": lambda d: f"{d.month:02d}",
    "n": lambda d: str(d.month),
    "b": lambda d: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][d.month - 1],
    "d": lambda d: f"{d.day:02d}",
    "e": lambda d: str(d.day),
    "a": lambda d: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][d.weekday()],
    "H": lambda d: f"{d.hour:02d}",
    "h": lambda d: str(d.hour),
    "M": lambda d: f"{d.minute:02d}",
    "S": lambda d: f"{d.second:02d}",
    "3": lambda d: f"{d.microsecond // 1000:03d}",
}


def _format_date(value: Any, pattern: Any) -> str:
    days = number_of(value)
    try:
        moment = datetime(1970, 1, 1) + timedelta(days=days)  # noqa: DTZ001 - a day of the calendar, no instant
    except (OverflowError, ValueError):
        return ""
    out, parts = [], iter(text_of(pattern))
    for character in parts:
        if character != "%":
            out.append(character)
            continue
        letter = next(parts, "")
        out.append(DATE_PARTS[letter](moment) if letter in DATE_PARTS else f"%{letter}")
    return "".join(out)


def _substr(value: Any, start: Any, end: Any = None) -> str:
    text = text_of(value)
    first, last = number_of(start), number_of(end) if end is not None else float(len(text))
    if math.isnan(first) or math.isnan(last) or math.isinf(first) or math.isinf(last):
        return ""
    return text[slice(int(first), int(last))]


def _selected_at(value: Any, index: Any) -> str:
    codes, position = codes_of(value), number_of(index)
    return codes[int(position)] if 0 <= position < len(codes) else ""


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if text_of(value) != ""), "")


def _join(separator: Any, *values: Any) -> str:
    return text_of(separator).join(text_of(value) for value in _flat(values))


def _before(value: Any, mark: Any) -> str:
    before, found, _ = text_of(value).partition(text_of(mark)) if text_of(mark) else ("", "", "")
    return before if found else ""


def _after(value: Any, mark: Any) -> str:
    return text_of(value).partition(text_of(mark))[2] if text_of(mark) else text_of(value)


def _translate(value: Any, old: Any, new: Any) -> str:
    replacements = text_of(new)
    table = {ord(letter): replacements[i : i + 1] or None for i, letter in reversed(list(enumerate(text_of(old))))}
    return text_of(value).translate(table)


def _count_non_empty(*values: Any) -> float:
    return float(sum(text_of(value) != "" for value in _flat(values)))


@dataclass(frozen=True, slots=True)
class Function:
    """A function and how many values it takes. `call` None: the evaluator does it itself, since it needs the scope."""

    call: Callable[..., Any] | None
    least: int
    most: int


def _of(call: Callable[..., Any] | None, least: int, most: int | None = None) -> Function:
    return Function(call, least, least if most is None else most)


FUNCTIONS: dict[str, Function] = {
    "abs": _of(_rounded(abs), 1),
    "boolean": _of(truth_of, 1),
    "boolean-from-string": _of(lambda v: text_of(v).strip().lower() in {"true", "1"}, 1),
    "ceiling": _of(_rounded(math.ceil), 1),
    "coalesce": _of(None, 2, ANY),
    "concat": _of(lambda *v: "".join(text_of(part) for part in _flat(v)), 1, ANY),
    "contains": _of(lambda v, part: text_of(part) in text_of(v), 2),
    "count-non-empty": _of(_count_non_empty, 1, ANY),
    "count-selected": _of(lambda v: float(len(codes_of(v))), 1),
    "date": _of(_date, 1),
    "date-time": _of(lambda v: text_of(v) if not isinstance(v, int | float) else _date(v), 1),
    "decimal-date": _of(lambda v: float(math.floor(d)) if not math.isnan(d := _date_number(v)) else NAN, 1),
    "decimal-date-time": _of(_date_number, 1),
    "ends-with": _of(lambda v, part: text_of(v).endswith(text_of(part)), 2),
    "false": _of(lambda: False, 0),
    "floor": _of(_rounded(math.floor), 1),
    "format-date": _of(_format_date, 2),
    "format-date-time": _of(_format_date, 2),
    "if": _of(None, 3),
    "int": _of(_whole, 1),
    "join": _of(_join, 2, ANY),
    "jr:choice-name": _of(None, 2),
    "lower-case": _of(lambda v: text_of(v).lower(), 1),
    "max": _of(_max, 1, ANY),
    "min": _of(_min, 1, ANY),
    "normalize-space": _of(lambda v: " ".join(text_of(v).split()), 1),
    "not": _of(lambda v: not truth_of(v), 1),
    "now": _of(None, 0),
    "number": _of(number_of, 1),
    "once": _of(lambda v: v, 1),
    "pi": _of(lambda: math.pi, 0),
    "pow": _of(_power, 2),
    "regex": _of(lambda v, pattern: compiled(text_of(pattern)).matches(text_of(v)), 2),
    "round": _of(_round, 1, 2),
    "selected": _of(lambda v, code: text_of(code).strip() in codes_of(v), 2),
    "selected-at": _of(_selected_at, 2),
    "sqrt": _of(_root, 1),
    "starts-with": _of(lambda v, part: text_of(v).startswith(text_of(part)), 2),
    "string": _of(text_of, 1),
    "string-length": _of(lambda v: float(len(text_of(v))), 1),
    "substr": _of(_substr, 2, 3),
    "substring-after": _of(_after, 2),
    "substring-before": _of(_before, 2),
    "sum": _of(_sum, 1, ANY),
    "today": _of(None, 0),
    "translate": _of(_translate, 3),
    "true": _of(lambda: True, 0),
    "upper-case": _of(lambda v: text_of(v).upper(), 1),
}
# What the evaluator does itself.
coalesce = _coalesce
