"""What the people at the door send: one person, a walk-in, the ticks of a printed list, and the reports of a device."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from engagement.events.forms.people import PersonForm
from engagement.events.lifecycle import Report
from engagement.events.models import Scan
from engagement.stakeholders.models import Kind

# More than one device can collect in a day; what is beyond comes with the next batch.
MOST_AT_ONCE = 200
LONGEST_TEXT = 5000
# A device whose clock is further off than this says no time that we can use.
MOST_OFF = timedelta(days=400)


class DoorFilter(forms.Form):
    q = forms.CharField(
        label="Name, organisation or code",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )


class CheckInForm(forms.Form):
    """One person, one button. `scan_id` is made with the page: a double click is one report."""

    kind = forms.ChoiceField(choices=[(Scan.Kind.IN, "In"), (Scan.Kind.OUT, "Out")])
    scan_id = forms.UUIDField(widget=forms.HiddenInput)
    q = forms.CharField(required=False, widget=forms.HiddenInput)


class WalkInForm(PersonForm):
    """Somebody who is here without a booking. Only the name is needed."""

    scan_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scan_id"].initial = uuid.uuid4
        self.fields["name"].label = "Name"
        self.fields["name"].error_messages["required"] = "Enter the name."
        self.fields["email"].required = False
        self.fields["email"].help_text = "For the notes and the thanks. It also finds a booking that they forgot."
        self.fields["organisation_name"].help_text = ""
        self.fields["kind"].label = "What best describes the organisation"


class ListForm(forms.Form):
    """A printed list, taken over: who is ticked, and what a tick means."""

    CAME, ABSENT = "came", "absent"
    meaning = forms.ChoiceField(
        label="What a tick means",
        widget=forms.RadioSelect,
        choices=[
            (ABSENT, "Everybody came except those I tick"),
            (CAME, "Only those I tick came"),
        ],
        error_messages={"required": "Say what a tick means."},
    )
    people = forms.MultipleChoiceField(label="People", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(person.pk), label) for person, label in people]

    def ticked(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["people"]]


class NotUnderstood(Exception):
    """An item of a batch that says nothing we can read; the text says what is missing."""


def report_of(item: dict[str, Any], now: datetime) -> Report:
    """An item of a device's queue as a report; raises NotUnderstood. The device's clock is put right by its offset."""
    kind = str(item.get("kind", ""))
    if kind not in Scan.Kind.values:
        raise NotUnderstood("Nobody knows what is to be done.")
    person, code = _uuid(item.get("person")), _text(item.get("code"), 60)
    if kind != Scan.Kind.WALK_IN and person is None and not code:
        raise NotUnderstood("Nobody knows who is meant.")
    return Report(
        scan_id=number_of(item),
        kind=kind,
        at=_moment(item, now),
        person=person,
        code=code,
        name=_text(item.get("name"), 150),
        email=_address(item.get("email")),
        organisation_name=_text(item.get("organisation"), 200),
        kind_of_partner=_kind(item.get("partner")),
    )


def number_of(item: dict[str, Any]) -> uuid.UUID:
    """The number that the device gave the item; raises NotUnderstood without one."""
    number = _uuid(item.get("scan_id"))
    if number is None:
        raise NotUnderstood("It has no number of its own.")
    return number


def _kind(value: Any) -> Kind | None:
    key = str(value)
    return Kind.objects.filter(pk=key, retired_at=None).first() if key.isdecimal() and len(key) < 10 else None


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


def _text(value: Any, most: int) -> str:
    return value.replace("\x00", "").strip()[:most] if isinstance(value, str) else ""


def _address(value: Any) -> str:
    """The e-mail address, or nothing: one that was typed wrongly at the door keeps nobody out."""
    try:
        return forms.EmailField(required=False).clean(_text(value, 254))
    except forms.ValidationError:
        return ""


def _moment(item: dict[str, Any], now: datetime) -> datetime:
    """When it happened: the device's milliseconds and how far its clock was behind ours, in milliseconds."""
    try:
        at = datetime.fromtimestamp((float(item["device_time"]) + float(item.get("offset") or 0)) / 1000, UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return now
    return at if abs(at - now) < MOST_OFF else now
