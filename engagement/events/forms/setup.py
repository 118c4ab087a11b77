"""Where an event is, what happens when, who sits where, and on which other dates."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy

from engagement.accounts.models import User
from engagement.core.templatetags.ui import day as spoken_day
from engagement.core.walltime import instant_of, oddity
from engagement.events import recurrence
from engagement.events.models import AgendaItem, Event, Table, Venue
from engagement.stakeholders.models import Area

MOST_DATES = 52
MOST_TABLES = 60
LINE = re.compile(r"(\d{1,2})[:.](\d{2})(?:\s*(?:-|–|to)\s*(\d{1,2})[:.](\d{2}))?\s+(\*\s*)?(\S.*)")


class VenueForm(forms.Form):
    """A place and how people get in. `values()` is what `actions.keep_venue` takes."""

    name = forms.CharField(max_length=150, error_messages={"required": "Give the venue its name."})
    address = forms.CharField(max_length=300, required=False)
    area = forms.ModelChoiceField(Area.objects.all(), required=False, empty_label="None in particular")
    access_notes = forms.CharField(
        label="Getting in and around, in words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Which entrance, how wide the doors are, whom to ask for help.",
    )
    travel = forms.CharField(
        label="How to get there", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="Bus, train, car."
    )
    remarks = forms.CharField(
        label="For staff only",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Whom to ring, cost.",
    )

    def __init__(self, *args: Any, venue: Venue | None = None, **kwargs: Any) -> None:
        if venue is not None:
            names = ("name", "address", "area", "access_notes", "travel", "remarks")
            kwargs["initial"] = {name: getattr(venue, name) for name in names}
        super().__init__(*args, **kwargs)
        self.venue = venue
        order = ["name", "address", "area"]
        for code, words in Venue.FEATURES.items():
            self.fields[f"has_{code}"] = forms.ChoiceField(
                label=str(words),
                required=False,
                choices=[("", "Nobody has looked"), (Venue.YES, "Yes"), (Venue.NO, "No")],
                initial=venue.features.get(code, "") if venue else "",
            )
            order.append(f"has_{code}")
        self.order_fields(order)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = Venue.objects.filter(name__iexact=name)
        if others.exclude(pk=self.venue.pk if self.venue else None).exists():
            raise ValidationError("There is a venue of this name already.")
        return name

    def values(self) -> dict[str, Any]:
        features = {code: self.cleaned_data[f"has_{code}"] for code in Venue.FEATURES}
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith("has_")}
        return {**plain, "features": {code: said for code, said in features.items() if said}}


class AgendaForm(forms.Form):
    """The agenda as lines of text; every bad line is named."""

    lines = forms.CharField(
        label="One part of the day a line",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="The time, an end where you want one, then the words: “9:30 Welcome”, “10:00-11:15 * Skills and "
        "work”. A star marks a session at the tables.",
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        kwargs["initial"] = {"lines": "\n".join(self.line_of(item) for item in event.agenda.all())}
        super().__init__(*args, **kwargs)

    @staticmethod
    def line_of(item: AgendaItem) -> str:
        until = f"-{item.ends:%H:%M}" if item.ends else ""
        return f"{item.begins:%H:%M}{until} {'* ' if item.is_session else ''}{item.title}"

    def clean_lines(self) -> list[AgendaItem]:
        found, problems = [], []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            item, problem = self._read(line.strip())
            if item is None:
                problems.append(f"Line {number}: {problem}")
            else:
                found.append(item)
        if problems:
            raise ValidationError(problems)
        return found

    @staticmethod
    def _read(line: str) -> tuple[AgendaItem | None, str]:
        parts = LINE.fullmatch(line)
        if not parts:
            return None, "begin with a time such as 9:30, then say what happens."
        hour, minute, until_hour, until_minute, star, title = parts.groups()
        try:
            begins = time(int(hour), int(minute))
            ends = time(int(until_hour), int(until_minute)) if until_hour else None
        except ValueError:
            return None, "there is no such time of day."
        if ends and ends <= begins:
            return None, "it ends before it begins."
        if len(title) > 200:
            return None, "the words are longer than 200 characters."
        return AgendaItem(begins=begins, ends=ends, title=title, is_session=bool(star)), ""


class TablesForm(forms.Form):
    """The tables of an event, one row each, and room for more. `tables()` is what `actions.set_tables` takes."""

    COLUMNS = ("name", "topic", "chairs", "spare", "facilitator", "note_taker")

    def __init__(self, *args: Any, event: Event, more: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables_there = list(event.tables.all())
        topics = [("", "No theme"), *((topic.pk, topic.title) for topic in event.topics.all())]
        people = User.objects.filter(is_active=True).exclude(staff_role="").order_by("name", "pk")
        staff = [("", "Nobody yet"), *((user.pk, str(user)) for user in people)]
        self.keys = [str(table.pk) for table in self.tables_there] + [f"new{number}" for number in range(more)]
        rows = [*self.tables_there, *([None] * more)]
        for key, table in zip(self.keys, rows, strict=True):
            self._add_row(key, table or Table(), topics, staff)

    def _add_row(self, key: str, table: Table, topics: Any, staff: Any) -> None:
        chairs = {"min_value": 1, "max_value": 200, "error_messages": {"required": "Enter how many chairs it has."}}
        spare = {"min_value": 0, "max_value": 200, "error_messages": {"required": "Enter how many chairs stay free."}}
        self.fields.update(
            {
                f"name_{key}": forms.CharField(label="Name", max_length=60, required=False, initial=table.name),
                f"topic_{key}": forms.TypedChoiceField(
                    label="Theme",
                    choices=topics,
                    required=False,
                    coerce=int,
                    empty_value=None,
                    initial=table.topic_id,
                ),
                f"chairs_{key}": forms.IntegerField(label="Chairs", initial=table.chairs, **chairs),
                f"spare_{key}": forms.IntegerField(label="Kept free", initial=table.spare, **spare),
            }
        )
        for role, words in (("facilitator", "Facilitator"), ("note_taker", "Note-taker")):
            self.fields[f"{role}_{key}"] = forms.TypedChoiceField(
                label=words,
                choices=staff,
                required=False,
                coerce=int,
                empty_value=None,
                initial=getattr(table, f"{role}_id"),
            )

    def rows(self) -> list[list[Any]]:
        return [[self[f"{name}_{key}"] for name in self.COLUMNS] for key in self.keys]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        names = [str(cleaned.get(f"name_{key}") or "").strip() for key in self.keys]
        seen: set[str] = set()
        for key, name in zip(self.keys, names, strict=True):
            if name and name.casefold() in seen:
                self.add_error(f"name_{key}", "Two tables have the same name. Give each its own.")
            seen.add(name.casefold())
            spare, chairs = cleaned.get(f"spare_{key}"), cleaned.get(f"chairs_{key}")
            if spare is not None and chairs is not None and spare > chairs:
                self.add_error(f"spare_{key}", "More chairs cannot stay free than there are.")
        return cleaned

    def tables(self) -> list[dict[str, Any]]:
        """One entry a table that has a name; those of old ones carry their key."""
        found = []
        for key in self.keys:
            row = {name: self.cleaned_data[f"{name}_{key}"] for name in self.COLUMNS}
            ids = {f"{name}_id": row.pop(name) for name in ("topic", "facilitator", "note_taker")}
            if row["name"].strip():
                found.append({"pk": int(key) if key.isdigit() else None, **row, **ids})
        return found


class RepeatForm(forms.Form):
    """On which other dates the event is held too."""

    rhythm = forms.ChoiceField(label="How often", choices=list(recurrence.RHYTHMS.items()), widget=forms.RadioSelect)
    number = forms.IntegerField(
        label="How many more dates",
        min_value=1,
        max_value=MOST_DATES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Enter how many more dates.",
            "max_value": f"At most {MOST_DATES} more dates at once.",
            "min_value": "Enter 1 or more.",
        },
    )
    without = forms.CharField(
        label="Dates to leave out, one a line",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as 2027-04-05 for Easter Monday.",
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.starts, self.ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)

    def clean_without(self) -> set[date]:
        found = set()
        for line in self.cleaned_data["without"].split():
            try:
                found.add(date.fromisoformat(line))
            except ValueError as error:
                raise ValidationError(f"“{line[:20]}” is no date. Write it like 2027-04-05.") from error
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        every = recurrence.dates(self.starts.date(), cleaned["rhythm"], cleaned["number"])
        cleaned["dates"] = [day for day in every if day not in cleaned["without"]]
        for at in (self.starts.time(), self.ends.time()):
            for day in cleaned["dates"]:
                if oddity(day, at).startswith("does not exist"):
                    self.add_error(
                        "rhythm",
                        f"On {spoken_day(day)} {at:%H:%M} {oddity(day, at)}. Leave that date out or change the time.",
                    )
        if not cleaned["dates"]:
            self.add_error("without", "Every date is left out, so there is nothing to make.")
        return cleaned

    def moments(self) -> list[tuple[Any, Any]]:
        """Begin and end of each date: the same wall times as those of the event."""
        begins, ends = self.starts.time(), self.ends.time()
        return [(instant_of(day, begins), instant_of(day, ends)) for day in self.cleaned_data["dates"]]


class PublicFilter(forms.Form):
    """What the public list shows; every choice stands in the address."""

    q = forms.CharField(label=gettext_lazy("Title or place"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All")), *Event.Type.choices]
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("How to take part"), required=False, choices=[("", gettext_lazy("All")), *Event.Mode.choices]
    )
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        required=False,
        choices=[("", gettext_lazy("Ahead")), ("past", gettext_lazy("Past"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Area.objects.filter(events__state__in=Event.PUBLIC).distinct()
        self.fields["area"].choices = [("", gettext_lazy("All")), *areas.values_list("code", "name")]

    def chosen(self) -> dict[str, str]:
        """What was asked for; a value that nobody offers asks for nothing."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items()}
