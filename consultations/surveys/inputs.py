"""Fields that turn what people type into answers, and say in a sentence what they could not read."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})")
DAY_MONTH = re.compile(r"(?:[a-z]+,?\s+)?(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?[\s\-]+([a-z]+)\.?,?[\s\-]+(\d{4}|\d{2})")
MONTH_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})")
# More than this is a paste gone wrong; a long answer of 8,000 words is under it.
MOST_CHARACTERS = 60_000
SHORT_CHARACTERS = 1_000
LARGEST = 10**15


def read_day(text: str) -> date:
    """A day from one of many spellings, day before month as in Britain; raises ValueError."""
    words = " ".join(text.strip().lower().split())
    relative = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if words in relative:
        return timezone.localdate() + timedelta(days=relative[words])
    if found := YEAR_FIRST.fullmatch(words):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := DAY_FIRST.fullmatch(words):
        return date(_year(found[3]), int(found[2]), int(found[1]))
    if found := DAY_MONTH.fullmatch(words):
        return date(_year(found[3]), _month(found[2]), int(found[1]))
    if found := MONTH_DAY.fullmatch(words):
        return date(_year(found[3]), _month(found[1]), int(found[2]))
    raise ValueError(text)


def _month(word: str) -> int:
    if word not in MONTHS:
        raise ValueError(word)
    return MONTHS[word]


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year <= (timezone.localdate().year % 100) + 20 else 1900)


class TextField(forms.CharField):
    """A text, with a limit in words when there is one."""

    def __init__(self, *, word_limit: int = 0, most_characters: int = SHORT_CHARACTERS, **kwargs: Any) -> None:
        self.word_limit, self.most_characters = word_limit, most_characters
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\x00", "").replace("\r\n", "\n")
        if len(text) > self.most_characters:
            raise ValidationError(
                f"This answer has {len(text):,} characters; there is room for {self.most_characters:,}. Shorten it."
            )
        words = len(text.split())
        if self.word_limit and words > self.word_limit:
            raise ValidationError(
                f"This answer has {words:,} words; there is room for {self.word_limit:,}. Shorten it by "
                f"{words - self.word_limit:,}."
            )
        return text


class NumberField(forms.CharField):
    """A number as people write it: “1,200”, “£1 200”, “12%”."""

    def __init__(self, *, is_whole: bool, least: Any = None, most: Any = None, **kwargs: Any) -> None:
        self.is_whole, self.least, self.most = is_whole, least, most
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """An int, a float, or None for nothing."""
        typed = super().to_python(value)
        if not typed:
            return None
        text = re.sub(r"[\s,_£€$%\u00a0]", "", typed).replace("−", "-")
        if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text, re.ASCII):
            raise ValidationError(f"“{typed[:60]}” is not a number. Write it in digits, for example {self.example}.")
        number = float(text)
        if abs(number) > LARGEST or not math.isfinite(number):
            raise ValidationError("This number is too large. Check how many digits it has.")
        if self.is_whole:
            if not number.is_integer():
                raise ValidationError(f"Write a whole number, for example {self.example}.")
            number = int(number)
        self._check_limits(number)
        return number

    @property
    def example(self) -> str:
        return "12" if self.is_whole else "12.5"

    def _check_limits(self, number: float) -> None:
        if self.least is not None and number < self.least:
            raise ValidationError(f"Write a number of at least {self.least:,}.")
        if self.most is not None and number > self.most:
            raise ValidationError(f"Write a number of at most {self.most:,}.")


class DayField(forms.CharField):
    """A day in any usual spelling; the answer is ISO text."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        if not typed:
            return ""
        try:
            return read_day(typed).isoformat()
        except (ValueError, OverflowError):
            raise ValidationError(
                f"“{typed[:60]}” is not a day that can be read. Write it like 8 February 2019 or 8/2/2019."
            ) from None


class OneField(forms.ChoiceField):
    """One choice of a list."""

    default_error_messages = {
        "invalid_choice": "The choice that was sent is not one of those offered. Choose one of these."
    }


class SeveralField(forms.MultipleChoiceField):
    """Several choices of a list, in the order of the list; an exclusive one stands alone."""

    default_error_messages = {
        "invalid_choice": "A choice that was sent is not one of those offered. Choose from these.",
        "invalid_list": "Choose from these.",
    }

    def __init__(
        self, *, exclusive: Iterable[str] = (), least: int | None = None, most: int | None = None, **kwargs: Any
    ) -> None:
        self.exclusive, self.least, self.most = set(exclusive), least, most
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[str]:
        ticked = set(super().clean(value))
        labels: dict[str, Any] = dict(self.choices)  # type: ignore[arg-type]
        ordered = [str(code) for code in labels if str(code) in ticked]
        alone = [code for code in ordered if code in self.exclusive]
        if alone and len(ordered) > 1:
            label = labels[alone[0]]
            raise ValidationError(f"“{label}” cannot be chosen together with another. Choose either it or the others.")
        if ordered and not alone and self.least and len(ordered) < self.least:
            raise ValidationError(f"Choose at least {self.least}; you chose {len(ordered)}.")
        if self.most and len(ordered) > self.most:
            raise ValidationError(f"Choose at most {self.most}; you chose {len(ordered)}.")
        return ordered
