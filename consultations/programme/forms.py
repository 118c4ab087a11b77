"""What staff type about a consultation, checked; nothing here saves."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify

from consultations.programme import uploads
from consultations.programme.models import Assignment, Consultation, Theme
from engagement.accounts.models import User
from engagement.core.errors import Refused
from engagement.core.templatetags.ui import day
from engagement.core.walltime import instant_of, oddity, spoken
from engagement.events.forms import EventForm
from engagement.stakeholders.models import Area

LAST_SECOND = time(23, 59, 59)
ZONE = f"Local time ({settings.TIME_ZONE})."
# Words that stand at this place in addresses of our own.
RESERVED = {"new"}


def local_moment(on: date, at: time | None, *, without_time: time) -> datetime:
    """The instant of a day and time as people read them in the site's zone.

    Raises ValidationError for a time that the clock jumps over or shows twice on that day.
    """
    at = at or without_time
    if what := oddity(on, at):
        raise ValidationError(f"{spoken(at)} on {day(on)} {what}. Choose a time an hour or more later.")
    return instant_of(on, at)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


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


class NewConsultationForm(forms.Form):
    title = forms.CharField(
        label="Title", max_length=200, error_messages={"required": "Give the consultation a title."}
    )
    reference = forms.CharField(
        label="Reference",
        max_length=40,
        help_text="Stands in the address and on papers, and cannot be changed. For example: industrial-strategy-2018",
        error_messages={"required": "Give it a reference, such as industrial-strategy-2018."},
    )
    kind = forms.ChoiceField(label="Kind", choices=Consultation.Kind.choices)
    purpose = text_area(
        "Purpose",
        "Two sentences: what you ask about, and why an answer matters.",
        missing="Say in two sentences what you ask about and why an answer matters.",
    )

    def clean_reference(self) -> str:
        reference = self.cleaned_data["reference"].strip().lower()
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", reference):
            raise ValidationError("Use only letters a to z, digits and single hyphens, such as skills-2019.")
        if reference in RESERVED:
            raise ValidationError(f"“{reference}” is a word that the site needs itself. Choose another reference.")
        if Consultation.objects.filter(reference=reference).exists():
            raise ValidationError("Another consultation has this reference. Choose a different one.")
        return reference


class GroupForm(forms.Form):
    """Some facts of one consultation; `facts()` are those to set."""

    heading = ""

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        self.consultation = consultation
        super().__init__(*args, initial={**self.present(), **kwargs.pop("initial", {})}, **kwargs)

    def present(self) -> dict[str, Any]:
        return {name: getattr(self.consultation, name) for name in self.base_fields}

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AboutForm(GroupForm):
    heading = "Purpose and decision"

    title = forms.CharField(label="Title", max_length=200, error_messages={"required": "Give it a title."})
    kind = forms.ChoiceField(label="Kind", choices=Consultation.Kind.choices)
    purpose = text_area(
        "Purpose",
        "Two sentences: what you ask about, and why an answer matters. They stand at the top of the public page.",
        missing="Say in two sentences what you ask about and why an answer matters.",
    )
    background = text_area("Background", "What a partner has to know before answering.", rows=8)
    what_happens_next = text_area("What happens next", "What you do with the answers, and when people hear of it.")
    decision_owner = forms.CharField(
        label="Who decides",
        max_length=200,
        required=False,
        help_text="The body or the person who decides on the result.",
    )
    minutes_needed = forms.IntegerField(
        label="Minutes that an answer takes",
        required=False,
        min_value=1,
        max_value=600,
        help_text="As measured with a few colleagues. Leave it empty when you do not know.",
        error_messages={"min_value": "Enter at least 1 minute.", "max_value": "Enter at most 600 minutes."},
    )


class DatesForm(GroupForm):
    heading = "Dates"

    opens_on = day_field("Opening date", "Without one, it opens as soon as it is approved.")
    opens_time = clock_field("Opening time", f"{ZONE} Without one, midnight at the beginning of the day.")
    closes_on = day_field("Closing date", "The last day on which an answer is on time.")
    closes_time = clock_field("Closing time", f"{ZONE} Without one, 11:59pm and 59 seconds of that day.")
    response_due_on = day_field(
        "Date of your response", "When you will publish what you heard and what you do about it."
    )

    def present(self) -> dict[str, Any]:
        # To the minute, as browsers show it: a form sent back untouched must not look changed.
        opens, closes = (
            None if at is None else timezone.localtime(at).replace(microsecond=0)
            for at in (self.consultation.opens_at, self.consultation.closes_at)
        )
        return {
            "opens_on": opens and opens.date(),
            "opens_time": opens.time().replace(second=0) if opens and opens.time() != time.min else None,
            "closes_on": closes and closes.date(),
            "closes_time": closes.time().replace(second=0) if closes and closes.time() != LAST_SECOND else None,
            "response_due_on": self.consultation.response_due_on,
        }

    def _moment(self, name: str, without_time: time) -> datetime | None:
        on, at = self.cleaned_data.get(f"{name}_on"), self.cleaned_data.get(f"{name}_time")
        if on is None:
            if at is not None and f"{name}_on" not in self.errors:
                self.add_error(f"{name}_on", "Enter the date that belongs to the time.")
            return None
        before = getattr(self.consultation, f"{name}_at")
        if not {f"{name}_on", f"{name}_time"} & set(self.changed_data) and before is not None:
            return before
        try:
            return local_moment(on, at, without_time=without_time)
        except ValidationError as wrong:
            self.add_error(f"{name}_time", wrong)
            return None

    def clean(self) -> dict[str, Any]:
        opens_at, closes_at = self._moment("opens", time.min), self._moment("closes", LAST_SECOND)
        due = self.cleaned_data.get("response_due_on")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_on", "It has to close after it opens. Change one of the two dates.")
        if due and closes_at and due < timezone.localdate(closes_at):
            self.add_error("response_due_on", "Your response comes after the close. Choose a later date.")
        self.moments = {"opens_at": opens_at, "closes_at": closes_at, "response_due_on": due}
        return self.cleaned_data

    def facts(self) -> dict[str, Any]:
        return self.moments


class PrivacyForm(GroupForm):
    heading = "Privacy notice"

    privacy_notice = text_area(
        "Privacy notice",
        "Who is responsible, why you ask, on what basis, who sees the answers, how long you keep them, and people’s "
        "rights. A changed notice gets a new number; each answer keeps the number that it agreed to.",
        rows=10,
    )
    retention_months = forms.IntegerField(
        label="Months for which answers are kept",
        min_value=1,
        max_value=240,
        error_messages={
            "required": "Enter for how many months you keep the answers.",
            "min_value": "Enter at least 1 month.",
            "max_value": "Enter at most 240 months.",
        },
    )


class ContactForm(GroupForm):
    heading = "Contact"

    contact_email = forms.EmailField(
        label="E-mail address for questions",
        required=False,
        help_text="Stands on the public page. Leave it empty to show the site’s own address.",
        error_messages={"invalid": "Enter an e-mail address like engagement@council.example."},
    )


class AccessForm(GroupForm):
    heading = "Who may answer, and how"

    access = forms.ChoiceField(label="Who may answer", choices=Consultation.Access.choices, widget=forms.RadioSelect)
    statement_is_enough = forms.BooleanField(
        label="Partners may answer with a written statement or documents alone, without a survey", required=False
    )
    areas = forms.ModelMultipleChoiceField(
        label="Areas that it is about",
        queryset=Area.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Columns of the coverage table. None means all local authority areas.",
    )

    def present(self) -> dict[str, Any]:
        return {**super().present(), "areas": list(self.consultation.areas.all())}

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "areas": list(self.cleaned_data["areas"])}


GROUPS: dict[str, type[GroupForm]] = {
    "about": AboutForm,
    "dates": DatesForm,
    "access": AccessForm,
    "privacy": PrivacyForm,
    "contact": ContactForm,
}


class ThemeForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Give the theme a name."})
    description = text_area("Description", "What belongs to it, in a sentence or two.", rows=3)
    scheme = forms.CharField(
        label="Scheme",
        max_length=60,
        required=False,
        help_text="The list that it comes from, such as Five foundations of productivity.",
    )


class NewThemeForm(ThemeForm):
    code = forms.CharField(
        label="Code",
        max_length=40,
        required=False,
        help_text="Its short name in figures and files, which cannot be changed. Left empty, it is made from the name.",
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consultation = consultation

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "name" not in data or "code" not in data:
            return data
        data["code"] = data["code"].strip().lower() or slugify(data["name"])[:40].strip("-")
        if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", data["code"]):
            self.add_error("code", "Use only letters a to z, digits and single hyphens, such as clean-growth.")
        elif self.consultation.themes.filter(code=data["code"]).exists():
            self.add_error("code", f"This consultation has a theme “{data['code']}” already. Choose another code.")
        return data


class DocumentForm(forms.Form):
    title = forms.CharField(
        label="Title", max_length=200, error_messages={"required": "Give the document the title that readers see."}
    )
    file = forms.FileField(
        label="File",
        help_text=f"{uploads.WORDS}, at most {settings.UPLOAD_MEGABYTES} megabytes.",
        error_messages={
            "required": "Choose a file.",
            "empty": "This file is empty. Choose a file with something in it.",
            "missing": "Choose a file.",
        },
    )

    def clean_file(self) -> uploads.Checked:
        file = self.cleaned_data["file"]
        most = settings.UPLOAD_MEGABYTES
        if file.size > most * 1024 * 1024:
            raise ValidationError(f"{file.name} is larger than {most} megabytes. Choose a smaller file.")
        try:
            return uploads.check(file.name, file.read(), most_megabytes=most)
        except Refused as refused:
            raise ValidationError(refused.message) from None


class AssignmentForm(forms.Form):
    user = forms.ModelChoiceField(
        label="Member of staff",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages={"required": "Choose a person.", "invalid_choice": "Choose a person from the list."},
    )
    role = forms.ChoiceField(label="Works on it as", choices=Assignment.Role.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True).exclude(staff_role="")
        self.fields["user"].queryset = staff.order_by("name", "email", "pk")  # type: ignore[attr-defined]


class PlainForm(forms.Form):
    """Nothing to type: a button that asks first."""


class ReasonForm(forms.Form):
    reason = text_area("Reason", "It stands on the public timeline.", rows=3, missing="Give the reason: it is public.")


class ReturnForm(forms.Form):
    reason = text_area("What has to change", rows=3, missing="Say what has to change, so that the author can do it.")


class ProposalForm(forms.Form):
    reason = text_area(
        "What you propose, and why",
        "Administrators see it on this page.",
        rows=3,
        missing="Say what you propose and why.",
    )


class ExtensionForm(forms.Form):
    closes_on = day_field("New closing date", required=True, missing="Enter the new closing date.")
    closes_time = clock_field("New closing time", f"{ZONE} Without one, 11:59pm and 59 seconds of that day.")
    reason = text_area("Reason", "It stands on the public timeline.", rows=3, missing="Give the reason: it is public.")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("closes_on") and "closes_time" in data:
            try:
                data["closes_at"] = local_moment(data["closes_on"], data["closes_time"], without_time=LAST_SECOND)
            except ValidationError as wrong:
                self.add_error("closes_time", wrong)
        return data


class ThemeChoiceForm(forms.Form):
    """Which themes an event talks about."""

    themes = forms.ModelMultipleChoiceField(
        label="Themes that it talks about",
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Each becomes a topic of the event; what is said there is evidence on the theme.",
    )

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].queryset = consultation.themes.all()  # type: ignore[attr-defined]


class NewEventForm(EventForm):
    """An event with the themes that it talks about."""

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"] = forms.ModelMultipleChoiceField(
            label="Themes that it talks about",
            queryset=consultation.themes.all(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="Each becomes a topic of the event; what is said there is evidence on the theme.",
        )

    def values(self) -> dict[str, Any]:
        """The event's own fields, without the themes."""
        return {name: value for name, value in super().values().items() if name != "themes"}


class StaffFilter(forms.Form):
    q = forms.CharField(label="Title or reference", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "Any state"), *Consultation.State.choices])
