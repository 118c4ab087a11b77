"""Reads tokens into a tree of tuples and checks it: known functions, number of arguments, limits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from consultations.surveys.conditions.functions import FUNCTIONS
from consultations.surveys.conditions.patterns import PatternError, compiled
from consultations.surveys.conditions.tokens import ExpressionError, Token, tokens_of

DEEPEST = 60
TALLEST = 150
MOST_NODES = 2000

# A node is ("number", 5.0), ("text", "a"), ("reference", "code"), ("this",), ("column", "name"),
# ("call", "name", (nodes...)), ("minus", node), ("or", nodes...), ("and", nodes...) or (operator, left, right).
Node = tuple[Any, ...]

LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
WORDS = frozenset({"or", "and", "div", "mod"})


class _Parser:
    def __init__(self, text: str, allow_columns: bool) -> None:
        self.tokens = tokens_of(text)
        self.allow_columns = allow_columns
        self.at = 0
        self.nodes = 0
        self.depth = 0
        # How tall the tree below each node is, by the node's identity; trees live as long as the parser.
        self.heights: dict[int, int] = {}

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def is_operator(self, *values: str) -> bool:
        token = self.token
        if token.value not in values:
            return False
        return token.kind == "operator" or (token.kind == "name" and token.value in WORDS)

    def made(self, *node: Any) -> Node:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise ExpressionError(f"It has more than {MOST_NODES:,} parts.", self.token.position)
        below = node[2] if node[0] == "call" else node[1:]
        height = 1 + max((self.heights.get(id(part), 0) for part in below), default=0)
        if height > TALLEST:
            raise ExpressionError("It has too many parts in a row.", self.token.position)
        self.heights[id(node)] = height
        return node

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise ExpressionError("It is empty.", 1)
        tree = self.level(0)
        if self.token.kind != "end":
            raise ExpressionError(f"“{self.token.value}” is not expected here.", self.token.position)
        return tree

    def level(self, number: int) -> Node:
        if number == len(LEVELS):
            return self.unary()
        left = self.level(number + 1)
        if number < 2:
            return self.joined(number, left)
        while self.is_operator(*LEVELS[number]):
            operator = self.take()
            left = self.made(operator.value, left, self.level(number + 1))
        return left

    def joined(self, number: int, first: Node) -> Node:
        """A row of “or” or of “and” is one node, however long it is."""
        parts, word = [first], ""
        while self.is_operator(*LEVELS[number]):
            word = self.take().value
            parts.append(self.level(number + 1))
        return self.made(word, *parts) if word else first

    def unary(self) -> Node:
        minuses = 0
        while self.is_operator("-"):
            self.take()
            minuses += 1
        node = self.single()
        # Two minuses undo each other; the number that remains is one or none, or none at all.
        if minuses:
            node = self.made("minus", node)
            if minuses % 2 == 0:
                node = self.made("minus", node)
        return node

    def single(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return self.made("number", float(token.value))
        if token.kind == "text":
            return self.made("text", token.value)
        if token.kind == "reference":
            return self.made("reference", token.value)
        if token.kind == "name":
            return self.name(token)
        if token.value == ".":
            return self.made("this")
        if token.value == "(":
            return self.inside(token)
        if token.kind == "end":
            raise ExpressionError("It breaks off: something is missing at the end.", token.position)
        raise ExpressionError(f"“{token.value}” is not expected here.", token.position)

    def inside(self, opened: Token) -> Node:
        self.deeper(opened)
        node = self.level(0)
        self.closed(opened)
        return node

    def deeper(self, opened: Token) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(f"It is nested more than {DEEPEST} deep.", opened.position)

    def closed(self, opened: Token) -> None:
        if not self.is_operator(")"):
            if self.token.kind == "end":
                raise ExpressionError("A bracket is opened here and never closed.", opened.position)
            raise ExpressionError(f"“{self.token.value}” is not expected here.", self.token.position)
        self.take()
        self.depth -= 1

    def name(self, token: Token) -> Node:
        if not self.is_operator("("):
            if self.allow_columns and token.value not in WORDS:
                return self.made("column", token.value)
            raise ExpressionError(_bare_name(token.value), token.position)
        opened = self.take()
        self.deeper(opened)
        arguments: list[Node] = []
        if not self.is_operator(")"):
            arguments.append(self.level(0))
            while self.is_operator(","):
                self.take()
                arguments.append(self.level(0))
        self.closed(opened)
        self.check_call(token, arguments)
        return self.made("call", token.value, tuple(arguments))

    def check_call(self, token: Token, arguments: list[Node]) -> None:
        function = FUNCTIONS.get(token.value)
        if function is None:
            raise ExpressionError(f"The function “{token.value}()” is not one that Soundings knows.", token.position)
        if not function.least <= len(arguments) <= function.most:
            raise ExpressionError(
                f"The function “{token.value}()” does not take {_arguments(len(arguments))}.", token.position
            )
        if token.value == "regex" and arguments[1][0] == "text":
            try:
                compiled(arguments[1][1])
            except PatternError as error:
                raise ExpressionError(f"The pattern cannot be used: {error}", token.position) from error
        if token.value == "regex" and arguments[1][0] != "text":
            raise ExpressionError("The pattern of “regex()” must be a quoted text.", token.position)


def _arguments(count: int) -> str:
    return f"{count} value" if count == 1 else f"{count} values"


def _bare_name(name: str) -> str:
    if name in WORDS:
        return f"“{name}” needs something on both sides."
    return f"“{name}” is neither a function nor a reference. Write ${{{name}}} for an answer, '{name}' for a text."


@lru_cache(maxsize=4096)
def parse(text: str, allow_columns: bool = False) -> Node:
    """The tree of an expression, kept for the next time; raises ExpressionError with a sentence and a position."""
    return _Parser(text, allow_columns).whole()


def nodes_of(tree: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield tree
    kind = tree[0]
    if kind in {"number", "text", "reference", "this", "column"}:
        return
    for part in tree[2] if kind == "call" else tree[1:]:
        yield from nodes_of(part)


def references(text: str, allow_columns: bool = False) -> list[str]:
    """The codes that an expression refers to, each once, in order; raises ExpressionError."""
    return list(dict.fromkeys(node[1] for node in nodes_of(parse(text, allow_columns)) if node[0] == "reference"))


def problems_of(
    text: str, *, known: set[str], all_codes: set[str], allow_columns: bool = False
) -> list[tuple[str, int]]:
    """What stands in the way of using `text`: (sentence, character from 1) pairs.

    `known` are the codes that come before; `all_codes` those of the whole survey, so that a reference to a later
    question is told from a reference to nothing.
    """
    try:
        wanted = references(text, allow_columns)
    except ExpressionError as error:
        return [(error.message, error.position)]
    found = []
    for code in wanted:
        if code in known:
            continue
        position = text.find(code) - 1
        if code in all_codes:
            found.append(
                (f"It refers to “{code}”, which comes later. It can only use what was asked before.", position)
            )
        else:
            found.append((f"It refers to “{code}”, and there is no question with that code.", position))
    return [(message, max(position, 1)) for message, position in found]
