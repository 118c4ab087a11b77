"""Kinds that ask nothing: texts and pictures to look at, and values that come from elsewhere."""

from __future__ import annotations

from typing import Any

from consultations.surveys.definition import Question
from consultations.surveys.kinds.base import BLANK, Column, Kind, Say, is_number, plain_number


class Note(Kind):
    name, words, example, family = "note", "Text to read", "Nothing to answer", "Nothing to answer"
    is_answered = has_value = takes_rule = False
    figure = ""
    seconds = 5

    def accepted(self, question: Question, value: Any) -> Any:
        return None

    def is_missing(self, question: Question, value: Any) -> bool:
        return False

    def columns(self, question: Question) -> list[Column]:
        return []


class Calculated(Kind):
    """A value that follows from earlier answers, `settings["calculation"]`; a text or a number."""

    name, words, family = "calculated", "Calculated value", "Nothing to answer"
    example = "Worked out from earlier answers, for conditions, texts and exports"
    is_answered = takes_rule = False
    settings = ("calculation",)
    figure = ""
    seconds = 0

    def accepted(self, question: Question, value: Any) -> Any:
        return value if value not in BLANK and (isinstance(value, str) or is_number(value)) else None

    def is_missing(self, question: Question, value: Any) -> bool:
        return False

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        return [plain_number(value)]


class Hidden(Calculated):
    """A value that the link brings, under the question's code; `settings["default"]` where it brings none."""

    name, words, family = "hidden", "Hidden value", "Nothing to answer"
    example = "Comes with the link, for example “?source=newsletter”"
    settings = ("default",)
