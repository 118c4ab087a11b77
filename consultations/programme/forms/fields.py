"""Fields that the forms of a consultation share."""

from __future__ import annotations

from datetime import date, datetime, time

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from engagement.core.inputs import ClockInput, DayInput
from engagement.core.templatetags.ui import day
from engagement.core.walltime import instant_of, oddity, spoken

LAST_SECOND = time(23, 59, 59)
ZONE = f"Local time ({settings.TIME_ZONE})."


def local_moment(on: date, at: time | None, *, without_time: time) -> datetime:
    """The instant of a day and time as people read them in the site's zone.

    Raises ValidationError for a time that the clock jumps over or shows twice on that day.
    """
    at = at or without_time
    if what := oddity(on, at):
        raise ValidationError(f"{spoken(at)} on {day(on)} {what}. Choose a time an hour or more later.")
    return instant_of(on, at)


def day_field(
    label: str, hint: str = "", *, required: bool = False, missing: str = "Enter the date."
) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=DayInput(),
        error_messages={"required": missing, "invalid": "Enter a date like 8/2/2019."},
    )


def clock_field(label: str, hint: str = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=hint,
        required=False,
        widget=ClockInput(),
        error_messages={"invalid": "Enter a time like 17:30, or leave it empty."},
    )


def text_area(label: str, hint: str = "", *, rows: int = 4, missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(missing),
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
    )
