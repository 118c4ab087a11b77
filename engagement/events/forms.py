"""Forms of events. `EventForm` is also used by the app that holds events for a consultation."""

from __future__ import annotations

import uuid
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from engagement.core.walltime import instant_of
from engagement.events.models import Attendance, Event, Note, Registration, Topic
from engagement.stakeholders.models import Area, Kind, Organisation, Sector

# The wording of the consent below; a new wording gets a new version, which is kept with each booking.
CONSENT_VERSION = "2026-11"
CONSENT = "I agree that my name, e-mail address and organisation are used to run this event."
WHO_SEES_NEEDS = (
    "Only the staff who run this event see this, and what is needed goes to the venue without your name. "
    "It is deleted two weeks after the event."
)
LAST_MINUTE = time(23, 59, 59)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def day_field(label: str, **options: Any) -> forms.DateField:
    options.setdefault("error_messages", {"required": f"Enter the {label.lower()}."})
    return forms.DateField(label=label, widget=DayInput(), **options)


def clock_field(label: str, **options: Any) -> forms.TimeField:
    messages = {"required": f"Enter when it {label.lower()}.", "invalid": "Enter a time such as 14:30."}
    return forms.TimeField(label=label, widget=ClockInput(), error_messages=messages, **options)


class EventForm(forms.Form):
    """When, where and for how many. `values()` is what `actions.create_event` and `actions.change_event` take.

    `EventForm(event=event)` starts from an event. Nothing is saved here.
    """

    title = forms.CharField(max_length=200, error_messages={"required": "Give the event a title."})
    type = forms.ChoiceField(label="What kind of event", choices=Event.Type.choices)
    mode = forms.ChoiceField(
        label="How people take part", choices=Event.Mode.choices, widget=forms.RadioSelect, initial=Event.Mode.IN_PERSON
    )
    summary = forms.CharField(
        label="What it is for, in one or two sentences",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    description = forms.CharField(
        label="Programme and anything else to know", required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    day = day_field("Date")
    starts = clock_field("Begins", help_text="Local time, such as 14:30.")
    ends = clock_field("Ends")
    venue_name = forms.CharField(label="Venue", max_length=150, required=False)
    venue_address = forms.CharField(label="Address of the venue", max_length=300, required=False)
    access_information = forms.CharField(
        label="Access information",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Steps and lifts, hearing loop, accessible toilet, quiet room, parking, public transport.",
    )
    joining_link = forms.URLField(
        label="Link to join online",
        required=False,
        assume_scheme="https",
        help_text="Only people with a place see it.",
        error_messages={"invalid": "Enter the whole address, beginning with https://."},
    )
    area = forms.ModelChoiceField(
        Area.objects.all(), label="Area", required=False, empty_label="The whole area, or none in particular"
    )
    capacity = forms.IntegerField(
        label="Number of places",
        min_value=1,
        max_value=100_000,
        error_messages={
            "required": "Enter the number of places.",
            "invalid": "Enter the number of places in figures.",
            "min_value": "An event has at least one place.",
        },
    )
    booking_closes_on = day_field(
        "Last day for booking",
        required=False,
        help_text="Booking closes at 11:59pm on this day. Without one it closes when the event begins.",
    )

    def __init__(self, *args: Any, event: Event | None = None, **kwargs: Any) -> None:
        if event is not None:
            kwargs["initial"] = {**self.initial_of(event), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    @staticmethod
    def initial_of(event: Event) -> dict[str, Any]:
        """What the form shows for an event, in local times."""
        starts, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
        closes = event.booking_closes_at and timezone.localtime(event.booking_closes_at).date()
        same = ("title", "type", "mode", "summary", "description", "venue_name", "venue_address")
        more = ("access_information", "joining_link", "area", "capacity")
        return {
            **{name: getattr(event, name) for name in (*same, *more)},
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
            "booking_closes_on": closes,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, starts, ends = cleaned.get("day"), cleaned.get("starts"), cleaned.get("ends")
        if day and starts and ends and instant_of(day, ends) <= instant_of(day, starts):
            self.add_error("ends", "The event ends before it begins. Check both times.")
        closes = cleaned.get("booking_closes_on")
        if day and closes and closes > day:
            self.add_error("booking_closes_on", "Booking cannot close after the day of the event.")
        return cleaned

    def values(self) -> dict[str, Any]:
        """The event's fields, times as instants."""
        cleaned = dict(self.cleaned_data)
        day, closes = cleaned.pop("day"), cleaned.pop("booking_closes_on")
        cleaned["starts_at"] = instant_of(day, cleaned.pop("starts"))
        cleaned["ends_at"] = instant_of(day, cleaned.pop("ends"))
        cleaned["booking_closes_at"] = instant_of(closes, LAST_MINUTE) if closes else None
        return cleaned


class TopicsForm(forms.Form):
    """The topics of an event, one input each, and room for new ones."""

    def __init__(self, *args: Any, topics: list[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = topics
        for number, topic in enumerate(topics, 1):
            self.fields[f"topic_{topic.pk}"] = forms.CharField(
                label=f"Topic {number}", max_length=150, required=False, initial=topic.title
            )
        self.fields["new"] = forms.CharField(
            label="New topics, one a line", required=False, widget=forms.Textarea(attrs={"rows": 4})
        )

    def clean_new(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["new"].splitlines() if line.strip()]
        if long := [line for line in lines if len(line) > 150]:
            raise ValidationError(f"“{long[0][:40]}…” is longer than 150 characters. Shorten it.")
        return lines

    def titles(self) -> dict[int, str]:
        return {topic.pk: self.cleaned_data[f"topic_{topic.pk}"] for topic in self.topics}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody who booked reads this, and so does the public page.",
        error_messages={"required": "Say why, in a sentence that everybody who booked will read."},
    )


def kind_choices() -> list[Any]:
    """Kinds of partner under their sectors, retired ones left out; one query."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for kind in Kind.objects.filter(retired_at=None).select_related("sector"):
        groups.setdefault(kind.sector.name, []).append((kind.pk, kind.name))
    return [("", "Choose one"), *groups.items()]


class PersonForm(forms.Form):
    """Who somebody is and where they come from."""

    name = forms.CharField(
        label="Your name",
        max_length=150,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your e-mail address.",
        },
    )
    organisation_name = forms.CharField(
        label="Organisation",
        max_length=200,
        required=False,
        help_text="Leave it empty if you come for yourself.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    kind = forms.TypedChoiceField(
        label="What best describes your organisation",
        required=False,
        empty_value=None,
        coerce=int,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()

    def clean_kind(self) -> Kind | None:
        chosen = self.cleaned_data["kind"]
        return Kind.objects.get(pk=chosen) if chosen else None


class BookingForm(PersonForm):
    """A booking without an account. `values()` is what `lifecycle.register` takes."""

    access_needs = forms.CharField(
        label="Is there anything you need to take part?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"For example step-free access or an interpreter. {WHO_SEES_NEEDS}",
    )
    dietary_needs = forms.CharField(
        label="Dietary needs", required=False, max_length=300, help_text="Seen and deleted in the same way."
    )
    consent = forms.BooleanField(
        label=CONSENT,
        help_text="You can give up your place at any time, and ask us to delete what we know about you.",
        error_messages={"required": "We can only book a place for you if you agree to this."},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, is_online: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid.uuid4
        if is_online:
            del self.fields["dietary_needs"]

    def values(self) -> dict[str, Any]:
        values = {name: value for name, value in self.cleaned_data.items() if name != "consent"}
        return {**values, "consent_version": CONSENT_VERSION}


class StaffPersonForm(PersonForm):
    """Somebody entered by staff: a booking for them, or a walk-in."""

    WALK_IN, BOOKING = "walk_in", "booking"
    what = forms.ChoiceField(
        label="What happened",
        widget=forms.RadioSelect,
        choices=[(WALK_IN, "They are here without a booking"), (BOOKING, "They asked us for a place")],
        error_messages={"required": "Say whether they are here or asked for a place."},
    )
    field_order = ["what", "name", "email", "organisation_name", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].widget.hints = {
            self.WALK_IN: "They are marked as having come. The number of places does not change.",
            self.BOOKING: "They get a message with their place, or with their number in the waiting list.",
        }
        self.fields["name"].label = "Name"
        self.fields["name"].error_messages["required"] = "Enter the name."
        self.fields["email"].required = False
        self.fields["organisation_name"].help_text = ""
        self.fields["kind"].label = "What best describes the organisation"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("what") == self.BOOKING and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter the e-mail address to which the confirmation goes.")
        return cleaned


class PlaceForm(forms.Form):
    """Which organisation somebody comes from."""

    organisation = forms.CharField(
        label="Organisation in the register",
        required=False,
        max_length=200,
        help_text="The name exactly as in the register; it decides the sector. Leave it empty for none.",
    )
    organisation_name = forms.CharField(label="Organisation as they wrote it", required=False, max_length=200)
    kind = forms.TypedChoiceField(label="Kind of organisation", required=False, empty_value=None, coerce=int)

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "organisation": registration.organisation.name if registration.organisation else "",
            "organisation_name": registration.organisation_name,
            "kind": registration.kind_id,
        }
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()

    def clean_organisation(self) -> Organisation | None:
        name = self.cleaned_data["organisation"].strip()
        if not name:
            return None
        found = Organisation.objects.filter(name__iexact=name).select_related("kind").first()
        if found is None:
            raise ValidationError(f"The register has no organisation called “{name}”.")
        return found

    def clean_kind(self) -> Kind | None:
        chosen = self.cleaned_data["kind"]
        return Kind.objects.get(pk=chosen) if chosen else None


class RosterFilter(forms.Form):
    """What the roster shows; every choice stands in the address."""

    q = forms.CharField(label="Name, organisation or e-mail address", required=False)
    state = forms.ChoiceField(
        label="Who",
        required=False,
        choices=[("", "Expected"), ("waiting", "On the waiting list"), ("cancelled", "Cancelled")],
    )
    attendance = forms.ChoiceField(
        label="Attendance",
        required=False,
        choices=[("", "All"), ("unmarked", "Not marked"), *Attendance.Status.choices],
    )
    sector = forms.ChoiceField(label="Sector", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = [("", "All"), *Sector.objects.values_list("code", "name")]


class EventFilter(forms.Form):
    q = forms.CharField(label="Title, venue or consultation", required=False)
    when = forms.ChoiceField(
        label="When", required=False, choices=[("ahead", "Ahead"), ("past", "Past"), ("all", "All")]
    )


class NoteForm(forms.Form):
    """One point from a table, quick to write on a telephone. `values()` is what `actions.write_note` takes."""

    topic = forms.ModelChoiceField(Topic.objects.none(), label="Topic", required=False, empty_label="No topic")
    table_name = forms.CharField(label="Table", max_length=60, required=False)
    point = forms.ChoiceField(label="Kind of point", choices=Note.Point.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="What was said",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write what was said."},
    )
    people_count = forms.IntegerField(
        label="How many people said so",
        required=False,
        min_value=1,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter the number of people in figures.",
            "min_value": "Enter 1 or more, or nothing.",
        },
    )
    is_attributable = forms.TypedChoiceField(
        label="May the organisations be named?",
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        choices=[("no", "No, use the point without names"), ("yes", "Yes, they agreed to be named")],
        initial="no",
        empty_value=False,
    )
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label="Organisations heard", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, topics: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics
        self.fields["organisations"].queryset = organisations
        for name in ("point", "is_attributable"):
            self.fields[name].widget.inline = name == "point"

    @staticmethod
    def initial_of(note: Note) -> dict[str, Any]:
        same = ("topic", "table_name", "point", "text", "people_count")
        return {
            **{name: getattr(note, name) for name in same},
            "is_attributable": "yes" if note.is_attributable else "no",
            "organisations": note.organisations.all(),
        }

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AmendmentForm(forms.Form):
    """How the note should read instead."""

    text = forms.CharField(
        label="How the note should read",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write how the note should read."},
    )


class DisputeForm(forms.Form):
    reason = forms.CharField(
        label="What is disputed",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is disputed."},
    )
