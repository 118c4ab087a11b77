"""Patterns for `regex()`, matched in time proportional to the text: forms are imported from strangers.

A pattern is read into a small machine whose states are followed all at once, so that no pattern can make the
server try for ever. Known: characters, `.`, `\\d \\w \\s` and their opposites, `[...]`, groups, `|`, `* + ? {m,n}`,
`^` and `$`. Back-references and looking around are refused. The whole text has to match.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

LONGEST = 500
MOST_STATES = 5000
MOST_REPEATS = 1000
LONGEST_TEXT = 20_000

Test = Callable[[str], bool]


class PatternError(Exception):
    """Why a pattern cannot be used, as a sentence."""


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


CLASSES: dict[str, Test] = {
    "d": str.isdecimal,
    "D": lambda c: not c.isdecimal(),
    "w": _is_word,
    "W": lambda c: not _is_word(c),
    "s": str.isspace,
    "S": lambda c: not c.isspace(),
}
CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}


class Machine:
    """States with a test and one way on, or two ways on without a test."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > LONGEST:
            raise PatternError(f"it is longer than {LONGEST} characters.")
        self.tests: list[Test | str | None] = []
        self.ways: list[list[int]] = []
        self.end = -1
        tree = _Reader(pattern).whole()
        self.end = self.state(None)
        self.start = self.build(tree, self.end)

    def state(self, test: Test | str | None, *ways: int) -> int:
        if len(self.tests) >= MOST_STATES:
            raise PatternError("it is too large once its repetitions are written out.")
        self.tests.append(test)
        self.ways.append(list(ways))
        return len(self.tests) - 1

    def build(self, node: tuple, after: int) -> int:
        """The state at which `node` begins when `after` follows it."""
        kind = node[0]
        if kind == "test":
            return self.state(node[1], after)
        if kind == "anchor":
            return self.state(node[1], after)
        if kind == "sequence":
            for part in reversed(node[1]):
                after = self.build(part, after)
            return after
        if kind == "either":
            return self.state(None, *(self.build(part, after) for part in node[1]))
        return self.repeat(node[1], node[2], node[3], after)

    def repeat(self, node: tuple, least: int, most: int | None, after: int) -> int:
        if most is None:
            loop = self.state(None, after)
            self.ways[loop].insert(0, self.build(node, loop))
            after = loop
        else:
            ending = after
            for _ in range(most - least):
                after = self.state(None, self.build(node, after), ending)
        for _ in range(least):
            after = self.build(node, after)
        return after

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` is described by the pattern."""
        if len(text) > LONGEST_TEXT:
            return False
        now = self.closure([self.start], at_start=True, at_end=not text)
        for index, character in enumerate(text):
            following = [self.ways[s][0] for s in now if callable(test := self.tests[s]) and test(character)]
            if not following:
                return False
            now = self.closure(following, at_start=False, at_end=index == len(text) - 1)
        return self.end in now

    def closure(self, states: list[int], *, at_start: bool, at_end: bool) -> set[int]:
        seen: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in seen:
                continue
            test = self.tests[state]
            if test == "^" and not at_start:
                continue
            if test == "$" and not at_end:
                continue
            seen.add(state)
            if not callable(test):
                waiting.extend(self.ways[state])
        return seen


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        character = self.next
        if not character:
            raise PatternError("it breaks off.")
        self.at += 1
        return character

    def whole(self) -> tuple:
        node = self.either()
        if self.next:
            raise PatternError(f"the bracket at character {self.at + 1} closes nothing.")
        return node

    def either(self) -> tuple:
        self.depth += 1
        if self.depth > 40:
            raise PatternError("its groups are nested too deep.")
        parts = [self.sequence()]
        while self.next == "|":
            self.take()
            parts.append(self.sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else ("either", parts)

    def sequence(self) -> tuple:
        parts = []
        while self.next and self.next not in "|)":
            parts.append(self.repeated(self.single()))
        return ("sequence", parts)

    def repeated(self, node: tuple) -> tuple:
        while self.next and (self.next in "*+?" or (self.next == "{" and self.bounds_ahead())):
            sign = self.take()
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign) or self.bounds()
            node = ("repeat", node, least, most)
            if self.next and self.next in "?+":  # lazy or possessive: the same texts match
                self.take()
        return node

    def bounds_ahead(self) -> bool:
        inside, closing, _ = self.pattern[self.at + 1 :].partition("}")
        return bool(closing) and inside.replace(",", "", 1).replace(" ", "").isdecimal()

    def bounds(self) -> tuple[int, int | None]:
        inside, _, _ = self.pattern[self.at :].partition("}")
        self.at += len(inside) + 1
        first, comma, second = inside.replace(" ", "").partition(",")
        least = int(first or 0)
        most = (int(second) if second else None) if comma else least
        if least > MOST_REPEATS or (most or 0) > MOST_REPEATS:
            raise PatternError(f"it repeats something more than {MOST_REPEATS} times.")
        if most is not None and most < least:
            raise PatternError("a repetition ends before it begins.")
        return least, most

    def single(self) -> tuple:
        character = self.take()
        if character == "(":
            return self.group()
        if character == "[":
            return ("test", self.one_of())
        if character == ".":
            return ("test", lambda c: c != "\n")
        if character in "^$":
            return ("anchor", character)
        if character == "\\":
            return ("test", self.escaped())
        if character in "*+?":
            raise PatternError(f"“{character}” at character {self.at} repeats nothing.")
        return ("test", character.__eq__)

    def group(self) -> tuple:
        if self.next == "?":
            self.take()
            if self.take() != ":":
                raise PatternError("looking ahead or behind and named groups are not known.")
        node = self.either()
        if self.next != ")":
            raise PatternError("a bracket is opened and never closed.")
        self.take()
        return node

    def escaped(self) -> Test:
        character = self.take()
        if character in CLASSES:
            return CLASSES[character]
        if character in CONTROLS:
            return CONTROLS[character].__eq__
        if character == "u":
            return self.code_point().__eq__
        if character.isalnum():
            raise PatternError(f"“\\{character}” is not known.")
        return character.__eq__

    def code_point(self) -> str:
        digits = self.pattern[self.at : self.at + 4]
        try:
            found = chr(int(digits, 16)) if len(digits) == 4 else ""
        except ValueError:
            found = ""
        if not found:
            raise PatternError("“\\u” needs four hexadecimal digits.")
        self.at += 4
        return found

    def one_of(self) -> Test:
        is_negated = self.next == "^"
        if is_negated:
            self.take()
        singles: set[str] = set()
        ranges: list[tuple[str, str]] = []
        classes: list[Test] = []
        is_first = True
        while self.next != "]" or is_first:
            is_first = False
            low = self.member(classes)
            if low is None:
                continue
            if self.next == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("]", ""):
                self.take()
                high = self.member(classes)
                if high is None or high < low:
                    raise PatternError("a range between square brackets ends before it begins.")
                ranges.append((low, high))
            else:
                singles.add(low)
        self.take()

        def test(c: str) -> bool:
            inside = c in singles or any(a <= c <= b for a, b in ranges) or any(one(c) for one in classes)
            return inside != is_negated

        return test

    def member(self, classes: list[Test]) -> str | None:
        """One character between square brackets, or None when it was a class such as `\\d`."""
        character = self.take()
        if character != "\\":
            return character
        escaped = self.take()
        if escaped in CLASSES:
            classes.append(CLASSES[escaped])
            return None
        if escaped == "u":
            return self.code_point()
        return CONTROLS.get(escaped, escaped)


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Machine:
    """The machine of a pattern, kept for the next time; raises PatternError."""
    return Machine(pattern)
