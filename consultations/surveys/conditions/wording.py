"""Conditions in plain words: what stands on the builder's pages, in differences between versions and in codebooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from consultations.surveys.conditions.parsing import Node, parse
from consultations.surveys.conditions.tokens import ExpressionError

if TYPE_CHECKING:
    from consultations.surveys.definition import Definition

LONGEST_LABEL = 70
COMPARED = {
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
DATED = {"=": "is on", "!=": "is not on", "<": "is before", "<=": "is on or before", ">": "is after"}
DATED[">="] = "is on or after"
SIGNS = {"+": "+", "-": "-", "*": "×", "div": "÷", "mod": "modulo"}
# Functions whose meaning can be said of one or two values.
OF_ONE = {
    "count-selected": "the number of ticks in {0}",
    "string-length": "the number of characters of {0}",
    "int": "{0} without decimals",
    "round": "{0} rounded",
    "number": "{0}",
    "string": "{0}",
    "date": "{0}",
    "once": "{0}",
    "lower-case": "{0} in small letters",
    "upper-case": "{0} in capitals",
    "today": "today",
    "now": "now",
    "true": "always",
    "false": "never",
}
OF_TWO = {
    "contains": "{0} contains {1}",
    "starts-with": "{0} begins with {1}",
    "ends-with": "{0} ends with {1}",
    "regex": "{0} has the form {1}",
}
TRUTHS = frozenset({"=", "!=", "<", "<=", ">", ">=", "and", "or"})
TRUE_FUNCTIONS = frozenset({"selected", "not", "true", "false", "if", *OF_TWO})


def in_words(expression: str, definition: Definition) -> str:
    """The condition as a clause to stand after “Shown when”: questions by their wording, choices by their labels.

    "" for an empty condition. One that cannot be read comes back as it is written, so that nothing is hidden.
    """
    text = expression.strip()
    if not text:
        return ""
    try:
        tree = parse(text)
    except ExpressionError:
        return text
    return _Speaker(definition).truth(tree)


def asked_when(definition: Definition, code: str) -> str:
    """When a question is asked, in words: by the condition of its page and its own; "" for one that everybody is asked.

    Raises KeyError for a question that the document does not have.
    """
    both = (definition.page_of(code).relevance, definition.question(code).relevance)
    return ", and ".join(words for words in (in_words(one, definition) for one in both) if words)


class _Speaker:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def truth(self, node: Node, *, inside: bool = False) -> str:
        """A node that is asked whether it holds."""
        kind = node[0]
        if kind in {"and", "or"}:
            words = f" {kind} ".join(self.truth(part, inside=True) for part in node[1:])
            return f"({words})" if inside else words
        if kind in COMPARED:
            return self.comparison(node)
        if kind == "reference":
            return f"{self.question(node[1])} is answered"
        if kind == "call" and node[1] in TRUE_FUNCTIONS:
            return self.call_of_truth(node)
        return f"{self.value(node)} is neither nothing nor 0"

    def comparison(self, node: Node) -> str:
        operator, left, right = node
        if left[0] in {"text", "number"} and right[0] not in {"text", "number"}:
            left, right = right, left
            operator = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
        subject = self.value(left)
        if right == ("text", "") and operator in {"=", "!="}:
            return f"{subject} is {'left blank' if operator == '=' else 'answered'}"
        if self.is_date(left) or self.is_date(right):
            return f"{subject} {DATED[operator]} {self.value(right)}"
        return f"{subject} {COMPARED[operator]} {self.value(right, of=left)}"

    def is_date(self, node: Node) -> bool:
        if node[0] == "call":
            return node[1] in {"date", "today", "now"}
        if node[0] != "reference" or not self.definition.has_question(node[1]):
            return False
        return self.definition.question(node[1]).kind == "date"

    def call_of_truth(self, node: Node) -> str:
        name, arguments = node[1], node[2]
        if name == "selected":
            return f"{self.value(arguments[0])} includes {self.value(arguments[1], of=arguments[0])}"
        if name == "not":
            return self.denial(arguments[0])
        if name == "if":
            test, then, otherwise = arguments
            return f"(if {self.truth(test)}: {self.truth(then)}; otherwise: {self.truth(otherwise)})"
        if name in OF_TWO:
            return OF_TWO[name].format(self.value(arguments[0]), self.value(arguments[1]))
        return {"true": "always", "false": "never"}[name]

    def denial(self, node: Node) -> str:
        if node[0] == "call" and node[1] == "selected":
            return f"{self.value(node[2][0])} does not include {self.value(node[2][1], of=node[2][0])}"
        if node[0] == "reference":
            return f"{self.question(node[1])} is left blank"
        return f"it is not so that {self.truth(node, inside=True)}"

    def value(self, node: Node, *, of: Node | None = None) -> str:
        """A node that stands for a value; `of` is what it is compared with, whose labels name it."""
        speak: Callable[[Node], str] | None = {
            "reference": lambda one: self.question(one[1]),
            "text": lambda one: self.label(one[1], of),
            "number": lambda one: self.number(one[1], of),
            "this": lambda one: "the answer",
            "column": lambda one: f"“{one[1]}” of the choice",
            "minus": lambda one: f"-{self.value(one[1])}",
            "call": self.call,
        }.get(node[0])
        if speak is not None:
            return speak(node)
        if node[0] in SIGNS:
            return f"({self.value(node[1])} {SIGNS[node[0]]} {self.value(node[2])})"
        return self.truth(node, inside=True)

    def call(self, node: Node) -> str:
        name, arguments = node[1], node[2]
        if name == "date" and arguments[0][0] == "text":
            return _day(arguments[0][1])
        if name in TRUE_FUNCTIONS:
            return self.call_of_truth(node)
        if name in OF_ONE:
            return OF_ONE[name].format(*(self.value(argument) for argument in arguments))
        return f"{name}({', '.join(self.value(argument) for argument in arguments)})"

    def question(self, code: str) -> str:
        if not self.definition.has_question(code):
            page = next((one for one in self.definition.pages if one.code == code and one.repeats), None)
            return f"the number of entries of “{_short(page.title or code)}”" if page else f"“{code}”"
        return f"“{_short(self.definition.question(code).label)}”"

    def label(self, text: str, of: Node | None) -> str:
        if of is not None and of[0] == "reference" and self.definition.has_question(of[1]):
            text = self.definition.question(of[1]).choice_labels.get(text, text)
        return f"“{_short(text)}”"

    def number(self, value: float, of: Node | None) -> str:
        text = f"{int(value)}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:g}"
        if of is not None and of[0] == "reference" and self.definition.has_question(of[1]):
            labels = self.definition.question(of[1]).choice_labels
            if text in labels:
                return f"“{_short(labels[text])}”"
        return f"{int(text):,}" if text.isdecimal() and len(text) > 4 else text


def _day(text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return f"“{text}”"
    return f"{found.day} {found:%B} {found.year}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1].rstrip()}…"
