"""What staff say about a consultation, group by group."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from consultations.programme.forms.fields import LAST_SECOND, ZONE, clock_field, day_field, local_moment, text_area
from consultations.programme.models import Consultation
from engagement.stakeholders.models import Area

# Words that stand at this place in addresses of our own.
RESERVED = {"new"}


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

    access = forms.ChoiceField(
        label="Who may answer",
        help_text="Without an account, people answer for themselves and come back with a private return link; nobody "
        "checks that they answer once. With an account, each person and each organisation has one response. Those "
        "invited are the people and organisations in the list of invitations.",
        choices=Consultation.Access.choices,
        widget=forms.RadioSelect,
    )
    takes_anonymous = forms.BooleanField(
        label="People may respond anonymously",
        help_text="Nothing is stored that leads from an anonymous response to its author. Nobody can ask about it, "
        "take it back, or tell whether one person sent several. Invitations stay unanswered, so reminders go on.",
        required=False,
    )
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


class StaffFilter(forms.Form):
    q = forms.CharField(label="Title or reference", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "Any state"), *Consultation.State.choices])
