"""Rules: small named questions about a person and a thing, combined with `&`, `|` and `~`.

Whether a thing exists for somebody is answered by the scope of the query (404); whether they may do this
with it is answered by a rule (403).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Rule:
    """A named yes-or-no question `rule(user, subject)`; `subject` is None for pages about no one thing."""

    def __init__(self, question: Callable[[Any, Any], bool], name: str = "") -> None:
        self.question = question
        self.name = name or question.__name__

    def __call__(self, user: Any, subject: Any = None) -> bool:
        return bool(self.question(user, subject))

    def __and__(self, other: Rule) -> Rule:
        return Rule(
            lambda user, subject: self(user, subject) and other(user, subject), f"({self.name} and {other.name})"
        )

    def __or__(self, other: Rule) -> Rule:
        return Rule(lambda user, subject: self(user, subject) or other(user, subject), f"({self.name} or {other.name})")

    def __invert__(self) -> Rule:
        return Rule(lambda user, subject: not self(user, subject), f"not {self.name}")

    def __repr__(self) -> str:
        return f"<Rule {self.name}>"


def rule(question: Callable[[Any, Any], bool]) -> Rule:
    """Make a Rule of a function `(user, subject) -> bool`."""
    return Rule(question)


@rule
def anyone(user: Any, subject: Any) -> bool:
    """True for everybody, signed in or not."""
    return True


@rule
def signed_in(user: Any, subject: Any) -> bool:
    """True for every person with an active account."""
    return bool(user.is_authenticated and user.is_active)
