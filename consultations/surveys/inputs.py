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
from django.core.validators import URLValidator, validate_email
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
# As people write them in Welsh, whatever language the page is in.
WELSH_MONTHS = "ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr".split()
MONTHS |= {name: number for number, name in enumerate(WELSH_MONTHS, 1)}
DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})")
DAY_MONTH = re.compile(
    r"(?:dydd\s+)?(?:[a-z]+,?\s+)?(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?[\s\-]+([a-z]+)\.?,?[\s\-]+(\d{4}|\d{2})"
)
MONTH_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})")
# More than this is a paste gone wrong; a long answer of 8,000 words is under it.
MOST_CHARACTERS = 60_000
SHORT_CHARACTERS = 1_000
LARGEST = 10**15


def read_day(text: str) -> date:
    """A day from one of many spellings, day before month as in Britain; raises ValueError."""
    words = " ".join(text.strip().lower().split())
    relative = {"today": 0, "yesterday": -1, "tomorrow": 1, "heddiw": 0, "ddoe": -1, "yfory": 1}
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
                gettext("This answer has %(n)s characters; there is room for %(most)s. Shorten it.")
                % {"n": f"{len(text):,}", "most": f"{self.most_characters:,}"}
            )
        words = len(text.split())
        if self.word_limit and words > self.word_limit:
            raise ValidationError(
                gettext("This answer has %(n)s words; there is room for %(most)s. Shorten it by %(over)s.")
                % {"n": f"{words:,}", "most": f"{self.word_limit:,}", "over": f"{words - self.word_limit:,}"}
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
            raise ValidationError(
                gettext("“%(typed)s” is not a number. Write it in digits, for example %(example)s.")
                % {"typed": typed[:60], "example": self.example}
            )
        number = float(text)
        if abs(number) > LARGEST or not math.isfinite(number):
            raise ValidationError(gettext("This number is too large. Check how many digits it has."))
        if self.is_whole:
            if not number.is_integer():
                raise ValidationError(
                    gettext("Write a whole number, for example %(example)s.") % {"example": self.example}
                )
            number = int(number)
        self._check_limits(number)
        return number

    @property
    def example(self) -> str:
        return "12" if self.is_whole else "12.5"

    def _check_limits(self, number: float) -> None:
        if self.least is not None and number < self.least:
            raise ValidationError(gettext("Write a number of at least %(least)s.") % {"least": f"{self.least:,}"})
        if self.most is not None and number > self.most:
            raise ValidationError(gettext("Write a number of at most %(most)s.") % {"most": f"{self.most:,}"})


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
                gettext("“%(typed)s” is not a day that can be read. Write it like 8 February 2019 or 8/2/2019.")
                % {"typed": typed[:60]}
            ) from None


CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?")


def read_clock(text: str) -> str:
    """A time of day from its usual spellings, as “14:05”; raises ValueError."""
    words = text.strip().lower()
    named = {"noon": "12:00", "midday": "12:00", "midnight": "00:00", "canol dydd": "12:00", "hanner nos": "00:00"}
    # Before and after noon in Welsh: “yb”, “yh”.
    words = re.sub(r"y\.?([bh])\b\.?", lambda found: "am" if found[1] == "b" else "pm", words)
    if words in named:
        return named[words]
    found = CLOCK.fullmatch(words)
    if found is None or not (found[2] or found[3]):
        raise ValueError(text)
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(text)
    return f"{hour:02d}:{minute:02d}"


class ClockField(forms.CharField):
    """A time of day in any usual spelling; the answer is “HH:MM”."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        if not typed:
            return ""
        try:
            return read_clock(typed)
        except ValueError:
            raise ValidationError(
                gettext("“%(typed)s” is not a time that can be read. Write it like 9.30am or 14:00.")
                % {"typed": typed[:60]}
            ) from None


class MailField(forms.CharField):
    """An e-mail address, checked for its form only."""

    def to_python(self, value: Any) -> str:
        typed = (super().to_python(value) or "").replace("\x00", "")
        if typed:
            try:
                validate_email(typed)
            except ValidationError:
                raise ValidationError(
                    gettext("“%(typed)s” is not an e-mail address. Write it like name@example.com.")
                    % {"typed": typed[:60]}
                ) from None
        return typed


class PhoneField(forms.CharField):
    """A telephone number of 6 to 15 digits (ITU-T E.164 allows no more), kept as it is written."""

    def to_python(self, value: Any) -> str:
        typed = " ".join((super().to_python(value) or "").split())
        if not typed:
            return ""
        digits = re.sub(r"\D", "", typed)
        if not re.fullmatch(r"\+?[\d\s().\-/]+(\s?(ext|x)\.?\s?\d{1,6})?", typed, re.ASCII | re.IGNORECASE) or not (
            6 <= len(digits) <= 21
        ):
            raise ValidationError(
                gettext("“%(typed)s” is not a telephone number. Write it like 0191 498 0000 or +44 191 498 0000.")
                % {"typed": typed[:60]}
            )
        return typed


class AddressField(forms.CharField):
    """The address of a page or site; “https://” is put before one that lacks it. Only http and https are accepted."""

    check = URLValidator(schemes=["http", "https"])

    def to_python(self, value: Any) -> str:
        typed = (super().to_python(value) or "").replace("\x00", "")
        if not typed:
            return ""
        full = typed if re.match(r"[a-z][a-z0-9+.\-]*:", typed, re.IGNORECASE) else f"https://{typed}"
        try:
            self.check(full)
        except ValidationError:
            raise ValidationError(
                gettext("“%(typed)s” is not a web address. Write it like www.example.com or https://example.com/page.")
                % {"typed": typed[:60]}
            ) from None
        return full


PAIR = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d+)?)(?:\s.*)?")


class PlaceField(forms.CharField):
    """Latitude and longitude in degrees (WGS 84), “54.97, -1.61”; the answer is a pair of numbers or None."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        found = PAIR.fullmatch(typed.replace("−", "-"))
        if not found or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
            raise ValidationError(
                gettext("“%(typed)s” is not a pair of coordinates. Write latitude and longitude like 54.97, -1.61.")
                % {"typed": typed[:60]}
            )
        return float(found[1]), float(found[2])


class OneField(forms.ChoiceField):
    """One choice of a list."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("The choice that was sent is not one of those offered. Choose one of these.")
    }


class SeveralField(forms.MultipleChoiceField):
    """Several choices of a list, in the order of the list; an exclusive one stands alone."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("A choice that was sent is not one of those offered. Choose from these."),
        "invalid_list": gettext_lazy("Choose from these."),
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
            raise ValidationError(
                gettext("“%(label)s” cannot be chosen together with another. Choose either it or the others.")
                % {"label": label}
            )
        if ordered and not alone and self.least and len(ordered) < self.least:
            raise ValidationError(
                gettext("Choose at least %(least)s; you chose %(n)s.") % {"least": self.least, "n": len(ordered)}
            )
        if self.most and len(ordered) > self.most:
            raise ValidationError(
                gettext("Choose at most %(most)s; you chose %(n)s.") % {"most": self.most, "n": len(ordered)}
            )
        return ordered
