"""Inputs that browsers help with: a day and a time of day, sent in the form that HTML gives them."""

from __future__ import annotations

from django import forms


class DayInput(forms.DateInput):
    """A day, with the browser's calendar where there is one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """A time of day in hours and minutes."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")
