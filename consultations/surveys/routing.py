"""Conditions as people say them on paper, where a question has a number: “you ticked “Yes” at question 4”."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext

from consultations.surveys import kinds
from consultations.surveys.conditions import ExpressionError, in_words, parse
from consultations.surveys.conditions.parsing import Node
from consultations.surveys.definition import Definition, Question


def routing(expression: str, definition: Definition, numbers: dict[str, int]) -> str:
    """The condition as a clause to stand after “only if”, with question numbers; "" for no condition.

    The usual conditions say what was ticked; all others are said in the words of `conditions.in_words`, with numbers
    instead of wordings.
    """
    if not expression.strip():
        return ""
    try:
        tree = parse(expression.strip())
    except ExpressionError:
        return expression.strip()
    found = _clause(tree, definition, numbers)
    if found:
        return found
    named = {code: gettext("question %(number)s") % {"number": number} for code, number in numbers.items()}
    relabelled = replace(
        definition,
        pages=tuple(
            replace(
                page,
                questions=tuple(replace(one, label=named.get(one.code, one.label)) for one in page.questions),
            )
            for page in definition.pages
        ),
    )
    clause = in_words(expression, relabelled)
    for words in sorted(named.values(), key=len, reverse=True):
        clause = clause.replace(f"“{words}”", words)
    return clause


def _clause(node: Node, definition: Definition, numbers: dict[str, int], *, inside: bool = False) -> str:
    """One of the usual conditions in words; "" for any other."""
    kind = node[0]
    if kind in {"and", "or"}:
        parts = [_clause(part, definition, numbers, inside=True) for part in node[1:]]
        if not all(parts):
            return ""
        joined = f" {gettext('and') if kind == 'and' else gettext('or')} ".join(parts)
        return f"({joined})" if inside else joined
    if kind in {"=", "!="}:
        return _ticked(node[1], node[2], definition, numbers, is_denied=kind == "!=")
    if kind == "call" and node[1] == "selected":
        return _ticked(node[2][0], node[2][1], definition, numbers, is_denied=False)
    if kind == "call" and node[1] == "not" and node[2][0][0] == "call" and node[2][0][1] == "selected":
        return _ticked(node[2][0][2][0], node[2][0][2][1], definition, numbers, is_denied=True)
    return ""


def _ticked(left: Node, right: Node, definition: Definition, numbers: dict[str, int], *, is_denied: bool) -> str:
    """“you ticked “Yes” at question 4”, where that is what is compared."""
    if left[0] != "reference" or left[1] not in numbers:
        return ""
    code = right[1] if right[0] == "text" else _plain(right[1]) if right[0] == "number" else None
    labels = _labels(definition.question(left[1]))
    if code is None or code not in labels:
        return ""
    words = (
        gettext("you did not tick “%(label)s” at question %(number)s")
        if is_denied
        else gettext("you ticked “%(label)s” at question %(number)s")
    )
    return words % {"label": labels[code], "number": numbers[left[1]]}


def _labels(question: Question) -> dict[str, str]:
    return question.choice_labels or {choice.code: choice.label for choice in kinds.of(question).fixed}


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)
