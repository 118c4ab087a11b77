"""Kinds that are answered by choosing from a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext_noop

from consultations.surveys.definition import Choice, Question
from consultations.surveys.kinds.base import BLANK, Cell, Column, Kind, Say

JOINER = "; "
TICKED = (("1", "ticked"), ("0", "not ticked"))


class Single(Kind):
    name, words, family = "single", "One choice", "Choices"
    example = "One of a list, with “Other” and a comment if you like"
    has_choices = offers_other = offers_comment = True
    figure = "choices"
    required_message = gettext_noop("Choose an answer to “{label}”.")
    seconds = 12

    def accepted(self, question: Question, value: Any) -> Any:
        return value if isinstance(value, str) and value in question.choice_labels else None

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        return [say(value)]

    def columns(self, question: Question) -> list[Column]:
        labels = question.choice_labels

        def read(value: Any) -> Cell:
            return None if value in BLANK else str(value)

        def read_words(value: Any) -> Cell:
            return None if value in BLANK else labels.get(value, value)

        return [Column("", "", read, read_words, tuple(labels.items()))]

    def counted(self, question: Question, value: Any) -> Iterator[tuple[str, str]]:
        yield "", str(value)


class YesNo(Single):
    name, words, example = "yes_no", "Yes or no", "With a comment if you like"
    has_choices = offers_other = False
    fixed = (Choice("yes", gettext_noop("Yes")), Choice("no", gettext_noop("No")))


class Scale(Single):
    name, words, example = "scale", "Scale or rating", "From low to high, such as 1 to 5"
    offers_other = False
    settings = ("low_label", "high_label")


class Consent(Single):
    name, words, family = "consent", "Consent or declaration", "People and places"
    example = "One box to tick: “I confirm that …”"
    has_choices = offers_other = offers_comment = takes_rule = False
    fixed = (Choice("ok", gettext_noop("I confirm this")),)
    required_message = gettext_noop("Tick the box if you agree: “{label}”.")
    seconds = 8


class Multiple(Kind):
    name, words, family = "multiple", "Several choices", "Choices"
    example = "Any of a list, with limits and “None of these” if you like"
    has_choices = offers_other = offers_comment = True
    settings = ("least_choices", "most_choices")
    figure = "several"
    required_message = gettext_noop("Choose at least one answer to “{label}”.")
    seconds = 20

    def accepted(self, question: Question, value: Any) -> Any:
        known = question.choice_labels
        codes = value if isinstance(value, list | tuple) else ()
        return [code for code in codes if isinstance(code, str) and code in known] or None

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        return [say(code) for code in value]

    def columns(self, question: Question) -> list[Column]:
        """One with all choices, and one for each choice: 1 ticked, 0 asked and not ticked, empty not answered."""
        labels = question.choice_labels

        def joined(value: Any) -> Cell:
            return None if value in BLANK else JOINER.join(value)

        def joined_words(value: Any) -> Cell:
            return None if value in BLANK else JOINER.join(labels.get(code, code) for code in value)

        columns = [Column("", "", joined, joined_words, tuple(labels.items()))]
        for code, label in labels.items():
            flag = _flag(code)
            columns.append(Column(f"__{code}", f": {label}", flag, flag, TICKED))
        return columns

    def counted(self, question: Question, value: Any) -> Iterator[tuple[str, str]]:
        for code in value if isinstance(value, list | tuple) else ():
            yield "", str(code)


class Ranking(Kind):
    """The answer is the list of choices from first to last; those that were not ranked are left out."""

    name, words, example, family = "ranking", "Ranking", "Put these in order, without dragging", "Choices"
    has_choices = True
    takes_rule = False
    settings = ("least_choices", "most_choices")
    figure = "ranks"
    required_message = gettext_noop("Put these in order: “{label}”.")
    seconds = 45

    def accepted(self, question: Question, value: Any) -> Any:
        known = question.choice_labels
        codes = value if isinstance(value, list | tuple) else ()
        return [code for code in dict.fromkeys(map(str, codes)) if code in known] or None

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        return [f"{place}. {say(code)}" for place, code in enumerate(value, 1)]

    def columns(self, question: Question) -> list[Column]:
        """One for each choice, with its rank; empty where it was not ranked."""
        return [
            Column(f"__{choice.code}", f": {choice.label}", _rank(choice.code), _rank(choice.code))
            for choice in question.choices
        ]

    def counted(self, question: Question, value: Any) -> Iterator[tuple[str, str]]:
        for place, code in enumerate(value if isinstance(value, list | tuple) else (), 1):
            yield str(code), str(place)


def _flag(code: str) -> Callable[[Any], Cell]:
    return lambda value: None if value in BLANK else int(code in value)


def _rank(code: str) -> Callable[[Any], Cell]:
    return lambda value: value.index(code) + 1 if value not in BLANK and code in value else None
