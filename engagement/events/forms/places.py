"""How places are shared out: pools, sectors, parties, times; and who takes over whose."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from engagement.core.inputs import ClockInput, DayInput
from engagement.core.walltime import instant_of, oddity
from engagement.events.lifecycle import Guest
from engagement.events.models import Allocation, Event, Slot
from engagement.stakeholders.models import Sector

LAST_MINUTE = time(23, 59, 59)
FIGURES = {"inputmode": "numeric"}


def number_field(label: str, most: int = 100_000, least: int = 0, **options: Any) -> forms.IntegerField:
    """A whole number that may be left out, with sentences for what is none."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs=FIGURES),
        error_messages={
            "invalid": "Enter a whole number in figures, such as 12.",
            "min_value": f"Enter {least} or more.",
            "max_value": f"Enter {most} or less.",
        },
        **options,
    )


def refuse_odd_time(form: forms.Form, field: str, day: date | None, at: time | None) -> bool:
    """Put a sentence by the field for a time that the clocks leave out; whether they do.

    One that comes twice is meant the first time it comes.
    """
    what = oddity(day, at) if day and at else ""
    what = what if what.startswith("does not exist") else ""
    if what and day and at:
        form.add_error(field, f"{at:%H:%M} on {day.day} {day:%B %Y} {what}. Choose another time.")
    return bool(what)


class PlacesForm(forms.Form):
    """Who gets places, and how many each sector has. `rules()` and `allocations()` are what the lifecycle takes."""

    promotion = forms.ChoiceField(
        label="Who of those who wait gets a place that becomes free",
        choices=Event.Promotion.choices,
        widget=forms.RadioSelect,
    )
    offer_hours = number_field(
        "For how many hours a place is held for the person it is offered to",
        most=336,
        help_text="Empty or 0: they have it at once. So close to the event that the time would not be over before it, "
        "they always have it at once.",
    )
    parties_keep_turn = forms.TypedChoiceField(
        label="When a party does not fit yet",
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        empty_value=False,
        choices=[("no", "Smaller bookings behind it may pass"), ("yes", "Everybody behind it waits until it fits")],
    )
    organisation_cap = number_field("Most people from one organisation", least=1, help_text="Empty: any number.")
    party_limit = forms.IntegerField(
        label="Most people in one booking",
        min_value=1,
        max_value=20,
        widget=forms.NumberInput(attrs=FIGURES),
        help_text="1: everybody books for themselves.",
        error_messages={"required": "Enter how many people one booking may be for, at least 1."},
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        rows = {row.sector_id: row for row in event.allocations.all()}
        self.sectors = list(Sector.objects.all())
        initial = {
            "promotion": event.promotion,
            "offer_hours": event.offer_hours or None,
            "parties_keep_turn": "yes" if event.parties_keep_turn else "no",
            "organisation_cap": event.organisation_cap,
            "party_limit": event.party_limit,
        }
        super().__init__(*args, **{**kwargs, "initial": initial})
        for sector in self.sectors:
            row = rows.get(sector.pk, Allocation(reserved=0, target=0))
            release = timezone.localtime(row.release_at).date() if row.release_at else None
            fields = {
                "target": number_field("People wanted", initial=row.target or None),
                "reserved": number_field("Places kept", initial=row.reserved or None),
                "release": forms.DateField(
                    label="Kept until the end of",
                    required=False,
                    widget=DayInput(),
                    initial=release,
                    error_messages={"invalid": "Enter a date."},
                ),
                "most": number_field("At most", initial=row.most),
            }
            self.fields.update({f"{name}_{sector.pk}": field for name, field in fields.items()})

    def by_sector(self) -> list[dict[str, Any]]:
        """The bound inputs of each sector, for a table."""
        names = ("target", "reserved", "release", "most")
        return [{"sector": sector, "cells": [self[f"{name}_{sector.pk}"] for name in names]} for sector in self.sectors]

    def general(self) -> list[Any]:
        names = ("promotion", "offer_hours", "parties_keep_turn", "organisation_cap", "party_limit")
        return [self[name] for name in names]

    def rules(self) -> dict[str, Any]:
        names = ("promotion", "parties_keep_turn", "organisation_cap", "party_limit")
        return {
            "offer_hours": self.cleaned_data["offer_hours"] or 0,
            **{name: self.cleaned_data[name] for name in names},
        }

    def allocations(self) -> dict[int, dict[str, Any]]:
        found = {}
        for sector in self.sectors:
            release = self.cleaned_data[f"release_{sector.pk}"]
            found[sector.pk] = {
                "target": self.cleaned_data[f"target_{sector.pk}"] or 0,
                "reserved": self.cleaned_data[f"reserved_{sector.pk}"] or 0,
                "most": self.cleaned_data[f"most_{sector.pk}"],
                "release_at": instant_of(release, LAST_MINUTE) if release else None,
            }
        return found


class TimesForm(forms.Form):
    """The times of a drop-in, cut evenly from a stretch of the day."""

    begins = forms.TimeField(
        label="The first time begins",
        widget=ClockInput(),
        error_messages={"required": "Enter when the first time begins.", "invalid": "Enter a time such as 10:00."},
    )
    ends = forms.TimeField(
        label="The last one ends",
        widget=ClockInput(),
        error_messages={"required": "Enter when the last time ends.", "invalid": "Enter a time such as 16:00."},
    )
    minutes = forms.IntegerField(
        label="Minutes each",
        min_value=5,
        max_value=480,
        initial=30,
        widget=forms.NumberInput(attrs=FIGURES),
        error_messages={"required": "Enter how many minutes each time lasts.", "min_value": "At least 5 minutes."},
    )
    places = forms.IntegerField(
        label="Places each",
        min_value=1,
        max_value=10_000,
        initial=4,
        widget=forms.NumberInput(attrs=FIGURES),
        error_messages={"required": "Enter how many places each time has.", "min_value": "At least 1 place."},
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        self.day = timezone.localtime(event.starts_at).date()
        starts, ends = timezone.localtime(event.starts_at).time(), timezone.localtime(event.ends_at).time()
        super().__init__(*args, **{**kwargs, "initial": {"begins": starts, "ends": ends}})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        odd = [refuse_odd_time(self, name, self.day, at) for name, at in (("begins", begins), ("ends", ends))]
        if begins and ends and not any(odd) and instant_of(self.day, ends) <= instant_of(self.day, begins):
            self.add_error("ends", "The last time ends before the first begins. Check both.")
        return cleaned

    def slots(self) -> dict[datetime, tuple[datetime, int]]:
        """What `lifecycle.set_slots` takes; a rest too short for a whole time is left out."""
        step = timedelta(minutes=self.cleaned_data["minutes"])
        at = instant_of(self.day, self.cleaned_data["begins"])
        until = instant_of(self.day, self.cleaned_data["ends"])
        found = {}
        while at + step <= until:
            found[at] = (at + step, self.cleaned_data["places"])
            at += step
        return found


class ByHandForm(forms.Form):
    reason = forms.CharField(
        label="Why this person",
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is kept with the booking and in the record of acts.",
        error_messages={"required": "Say why this person gets the place. It is kept with the booking."},
    )


class HandOnForm(forms.Form):
    """Who comes instead."""

    name = forms.CharField(
        label=gettext_lazy("Your colleague's name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Enter the name of your colleague.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        widget=forms.EmailInput(attrs={"spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the e-mail address of your colleague.")},
    )


class GuestsField(forms.CharField):
    """People who come along, one a line: a name, and an e-mail address after a comma where there is one.

    Cleans to a list of `lifecycle.Guest`; all bad lines are named at once.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), **options)

    def clean(self, value: Any) -> Any:
        problems, guests, seen = [], [], set()
        lines = [line.strip() for line in str(super().clean(value)).splitlines()]
        for number, line in enumerate(lines, 1):
            if not line:
                continue
            name, _, address = (part.strip() for part in line.partition(","))
            problem = self._problem(name, address, seen)
            if problem:
                problems.append(gettext("Line %(number)d: %(problem)s") % {"number": number, "problem": problem})
            else:
                guests.append(Guest(name, address))
        if problems:
            raise ValidationError(problems)
        return guests

    @staticmethod
    def _problem(name: str, address: str, seen: set[str]) -> str:
        if not name or "@" in name:
            return gettext("write the name first, then a comma and the e-mail address.")
        if len(name) > 150:
            return gettext("the name is longer than 150 characters.")
        if not address:
            return ""
        try:
            validate_email(address)
        except ValidationError:
            return gettext("“%(address)s” is no e-mail address.") % {"address": address[:60]}
        if address.casefold() in seen:
            return gettext("this e-mail address stands there twice.")
        seen.add(address.casefold())
        return ""


def slot_choices(event: Event) -> list[tuple[Any, str]]:
    """The times of a drop-in that one may choose; full ones say that one would wait."""
    choices: list[tuple[Any, str]] = []
    for slot in event.slots.all():
        choices.append((slot.pk, slot_words(slot)))
    return choices


def slot_words(slot: Slot) -> str:
    begins, ends = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
    times = f"{begins:%H:%M} – {ends:%H:%M}"
    return times if slot.places_left > 0 else gettext("%(times)s (full: waiting list)") % {"times": times}
