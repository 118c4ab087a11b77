"""When, where and for how many; what the event talks about; why it changes."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from engagement.core.inputs import ClockInput, DayInput
from engagement.core.walltime import instant_of
from engagement.events import kinds
from engagement.events.forms.places import refuse_odd_time
from engagement.events.models import Event, Topic, Venue
from engagement.stakeholders.models import Area

LAST_MINUTE = time(23, 59, 59)
# Why a kind of event has one way to take part.
WAYS = {
    Event.Type.WEBINAR: "A webinar is held online.",
    Event.Type.DROP_IN: "People come to a drop-in in person.",
    Event.Type.SITE_VISIT: "People come to a site in person.",
}


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
    venue = forms.ModelChoiceField(
        Venue.objects.filter(retired_at=None),
        label="Venue of the register",
        required=False,
        empty_label="Another place, written below",
        help_text="Its name, address, access and travel stand on the event's page. What you write below goes first.",
    )
    venue_name = forms.CharField(label="Venue", max_length=150, required=False)
    venue_address = forms.CharField(label="Address of the venue", max_length=300, required=False)
    access_information = forms.CharField(
        label="Access information",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Steps and lifts, hearing loop, accessible toilet, quiet room, parking, public transport.",
    )
    travel = forms.CharField(label="How to get there", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    safety_notes = forms.CharField(
        label="Risks, clothing and equipment",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is dangerous on the site, what to wear, what to bring. Everybody sees it before they book.",
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
    online_capacity = forms.IntegerField(
        label="Of its own: number of places online",
        required=False,
        min_value=0,
        max_value=100_000,
        help_text="For an event in person and online. Empty: all places are counted together.",
        error_messages={"invalid": "Enter the number of places in figures."},
    )
    by_invitation = forms.BooleanField(
        label="Only people who were invited may book",
        required=False,
        help_text="Everybody else sees the event and that it is for people who were invited.",
    )
    booking_closes_on = day_field(
        "Last day for booking",
        required=False,
        help_text="Booking closes at 11:59pm on this day. Without one it closes when the event begins.",
    )

    def __init__(self, *args: Any, event: Event | None = None, kind: str = "", **kwargs: Any) -> None:
        if event is not None:
            kwargs["initial"] = {**self.initial_of(event), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        if kind in kinds.NEEDS:
            self._fit_to(kinds.NEEDS[kind], kind)

    def _fit_to(self, needs: kinds.Needs, kind: str) -> None:
        """Leave out what this kind of event has no use for."""
        for name in needs.hides:
            if not self.initial.get(name):
                self.fields.pop(name, None)
        self.kind = kind
        if not self.initial.get("type"):
            self.fields["type"] = forms.ChoiceField(
                choices=[(kind, kind)], initial=kind, widget=forms.HiddenInput, required=False
            )
        if len(needs.modes) == 1 and self.initial.get("mode", needs.modes[0]) == needs.modes[0]:
            self.fields["mode"] = forms.ChoiceField(
                choices=[(needs.modes[0], "")], initial=needs.modes[0], widget=forms.HiddenInput, required=False
            )

    kind = ""

    def clean_type(self) -> str:
        return self.cleaned_data["type"] or self.kind

    def clean_mode(self) -> str:
        modes = kinds.NEEDS[self.kind].modes if self.kind else ()
        return self.cleaned_data["mode"] or modes[0]

    @staticmethod
    def initial_of(event: Event) -> dict[str, Any]:
        """What the form shows for an event, in local times."""
        starts, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
        closes = event.booking_closes_at and timezone.localtime(event.booking_closes_at).date()
        same = ("title", "type", "mode", "summary", "description", "venue", "venue_name", "venue_address", "travel")
        more = (
            "access_information",
            "safety_notes",
            "joining_link",
            "area",
            "capacity",
            "online_capacity",
            "by_invitation",
        )
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
        odd = [refuse_odd_time(self, name, day, at) for name, at in (("starts", starts), ("ends", ends))]
        if day and starts and ends and not any(odd) and instant_of(day, ends) <= instant_of(day, starts):
            self.add_error("ends", "The event ends before it begins. Check both times.")
        self._clean_kind(cleaned)
        closes = cleaned.get("booking_closes_on")
        if day and closes and closes > day:
            self.add_error("booking_closes_on", "Booking cannot close after the day of the event.")
        return cleaned

    def _clean_kind(self, cleaned: dict[str, Any]) -> None:
        needs = kinds.NEEDS.get(cleaned.get("type", ""))
        mode = cleaned.get("mode", "")
        if needs and needs.modes and mode and mode not in needs.modes:
            self.add_error("mode", f"{WAYS[cleaned['type']]} Choose another kind of event or another way.")
        if needs and "safety_notes" in needs.requires and not cleaned.get("safety_notes"):
            self.add_error("safety_notes" if "safety_notes" in self.fields else None, kinds.MISSING["safety_notes"])
        if cleaned.get("online_capacity") is not None and mode and mode != Event.Mode.HYBRID:
            self.add_error("online_capacity", "Only an event in person and online has places online of their own.")

    def values(self) -> dict[str, Any]:
        """The event's fields, times as instants."""
        cleaned = dict(self.cleaned_data)
        venue = cleaned.get("venue")
        if venue is not None and not cleaned.get("venue_name"):
            cleaned["venue_name"], cleaned["venue_address"] = venue.name, venue.address
            cleaned["area"] = cleaned.get("area") or venue.area
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


class EventFilter(forms.Form):
    q = forms.CharField(label="Title, venue or consultation", required=False)
    when = forms.ChoiceField(
        label="When", required=False, choices=[("ahead", "Ahead"), ("past", "Past"), ("all", "All")]
    )
