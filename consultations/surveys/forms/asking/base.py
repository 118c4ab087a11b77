"""How a kind of question is asked, in general."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.html import format_html

from consultations.surveys import kinds
from consultations.surveys.definition import Question
from consultations.surveys.forms.asking.pieces import required_message_of, with_optional
from engagement.core.drawing import Group

Cleaned = Mapping[str, Any]
# The field that a sentence belongs to, and the sentence.
Fault = tuple[str, str]


class Asking:
    """A kind that is asked with one field of the question's own code."""

    def fields(self, question: Question) -> dict[str, forms.Field]:
        """Field name to field, in the order in which they are shown. None is required by itself."""
        return {question.code: self.field(question)}

    def field(self, question: Question) -> forms.Field:
        raise NotImplementedError

    def initial(self, question: Question, value: Any) -> dict[str, Any]:
        """What the fields show of an accepted answer."""
        return {question.code: value}

    def read(self, question: Question, cleaned: Cleaned) -> Any:
        """The answer that the cleaned fields give; None for none."""
        value = cleaned.get(question.code)
        return None if value in kinds.BLANK else value

    def faults(self, question: Question, cleaned: Cleaned) -> Iterator[Fault]:
        """What is wrong with the fields together."""
        return iter(())

    def lacks(self, question: Question, value: Any) -> Iterator[Fault]:
        """Which fields of a required question must still be filled in."""
        if kinds.of(question).is_missing(question, value):
            yield question.code, required_message_of(question)

    def layout(self, question: Question, names: list[str]) -> list[Any]:
        """The parts of the page."""
        return list(names)

    # Whether the legend around the fields says that the question is optional, and not each field.
    has_legend = False


class InFieldset(Asking):
    """Kinds with several fields under one legend."""

    has_legend = True
    css_class = ""

    def layout(self, question: Question, names: list[str]) -> list[Any]:
        hint = self.hint(question)
        above = [format_html('<p class="hint">{}</p>', hint)] if hint else []
        return [Group(with_optional(question), (*above, *names), self.css_class)]

    def hint(self, question: Question) -> str:
        return question.hint
