"""Kinds that are answered in words, with a number, a day or a time."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_noop

from consultations.surveys.definition import Question
from consultations.surveys.kinds.base import Cell, Column, Kind, Say, is_number, plain_number


class ShortText(Kind):
    name, words, example, family = "short_text", "Short text", "A name or a few words", "Words"
    settings = ("word_limit",)
    required_message = gettext_noop("Write an answer to “{label}”.")


class LongText(Kind):
    name, words, family = "long_text", "Long text", "Words"
    example = "Views and reasons; these answers are coded"
    settings = ("word_limit", "rows")
    is_coded = True
    required_message = gettext_noop("Write an answer to “{label}”.")
    seconds = 120


class Email(Kind):
    name, words, example, family = "email", "E-mail address", "Checked for its form", "Words"
    is_personal = True
    required_message = gettext_noop("Write an e-mail address for “{label}”.")


class Phone(Kind):
    name, words, example, family = "phone", "Telephone number", "With or without the country", "Words"
    is_personal = True
    required_message = gettext_noop("Write a telephone number for “{label}”.")


class Url(Kind):
    name, words, example, family = "url", "Web address", "Of a page or a site", "Words"
    required_message = gettext_noop("Write a web address for “{label}”.")


class Integer(Kind):
    name, words, example, family = "integer", "Whole number", "How many people, sites or years", "Numbers and dates"
    settings = ("least", "most")
    figure = "numbers"
    required_message = gettext_noop("Write a number for “{label}”.")

    def accepted(self, question: Question, value: Any) -> Any:
        return value if is_number(value) else None

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        return [plain_number(value)]


class Decimal(Integer):
    name, words, example = "decimal", "Number", "With decimals, for example a share or an amount"


class Date(Kind):
    name, words, example, family = "date", "Date", "A day in any usual spelling", "Numbers and dates"
    figure = "dates"
    required_message = gettext_noop("Write a day for “{label}”.")

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        with contextlib.suppress(ValueError):
            return [date_format(date.fromisoformat(value), "j F Y")]
        return [str(value)]

    def columns(self, question: Question) -> list[Column]:
        return [Column("", "", _day, _day)]


class Time(Kind):
    name, words, example, family = "time", "Time of day", "For example 9.30am or 14:00", "Numbers and dates"
    required_message = gettext_noop("Write a time for “{label}”.")


def _day(value: Any) -> Cell:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return str(value)
