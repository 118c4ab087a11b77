"""Filters, choices and the words of the plan; a form checks and saves nothing."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from consultations.invitations.models import ReminderPlan
from consultations.invitations.queries import GROUPS
from engagement.stakeholders.models import Area, Organisation, Sector
from engagement.stakeholders.queries import Facets


class LedgerForm(forms.Form):
    """Filters of the ledger; an unknown value counts as none."""

    state = forms.ChoiceField(label="Show", required=False)
    sector = forms.ChoiceField(label="Sector", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    q = forms.CharField(label="Search in names and addresses", required=False, max_length=100)

    def __init__(self, *args: Any, counts: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(name, f"{label} ({counts[name]})") for name, (label, _) in GROUPS.items()]
        _offer(self, "state", [("", f"Everybody ({counts['all']})"), *groups])
        _offer(self, "sector", [("", "All sectors"), *Sector.objects.values_list("code", "name")])
        _offer(self, "area", [("", "All areas"), *Area.objects.values_list("code", "name")])

    def chosen(self, name: str) -> str:
        """The chosen value of one filter, empty where nothing or nonsense was asked for."""
        return _chosen(self, name)


class FitForm(forms.Form):
    """Which organisations of the register to look at."""

    sector = forms.ChoiceField(label="Sector", required=False)
    kind = forms.ChoiceField(label="Kind", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    q = forms.CharField(label="Search", required=False, max_length=100)

    def __init__(self, *args: Any, facets: Facets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, any_of, values in (
            ("sector", "All sectors", facets.sectors),
            ("kind", "All kinds", facets.kinds),
            ("area", "All areas", facets.areas),
        ):
            _offer(self, field, [("", any_of), *((code, f"{name} ({many})") for code, (name, many) in values.items())])


class InviteForm(forms.Form):
    """The organisations that were ticked, or all that fit the filter; `confirmed` once the preview was seen."""

    organisations = forms.ModelMultipleChoiceField(
        queryset=Organisation.objects.all(),
        required=False,
        error_messages={
            "invalid_choice": "One of the organisations is no longer in the register. Choose again.",
            "invalid_pk_value": "One of the organisations is no longer in the register. Choose again.",
        },
    )
    everyone = forms.BooleanField(required=False)
    confirmed = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "organisations" in data and not data["organisations"] and not data.get("everyone"):
            raise forms.ValidationError("Tick at least one organisation, or choose everybody who fits.")
        return data


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why? (you need not say)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: this does not concern us, or somebody else answers for us."),
    )


class StepForm(forms.Form):
    """One step of the plan."""

    days_before_close = forms.IntegerField(
        label="How many days before the close?",
        min_value=0,
        max_value=365,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={
            "required": "Say how many days before the close.",
            "invalid": "Write the number of days in digits, for example 14.",
            "min_value": "The least is 0, the day of the close itself.",
            "max_value": "The most is 365 days.",
        },
    )
    local_time = forms.TimeField(
        label="At what time of that day?",
        initial=time(9),
        input_formats=["%H:%M", "%H.%M", "%I:%M%p", "%I%p"],
        widget=forms.TimeInput(format="%H:%M", attrs={"size": 6}),
        help_text="Local time between 08:00 and 18:00, for example 09:00.",
        error_messages={"required": "Say at what time.", "invalid": "Write the time like 09:00."},
    )
    audience = forms.ChoiceField(
        label="Whom?", choices=ReminderPlan.Audience.choices, widget=forms.RadioSelect, initial="not_submitted"
    )
    message = forms.CharField(
        label="Anything to add to the usual words?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It stands in the middle of the reminder. Leave it empty for the usual words alone.",
    )

    def clean_local_time(self) -> time:
        at: time = self.cleaned_data["local_time"]
        if not time(8) <= at <= time(18):
            raise forms.ValidationError("Choose a time between 08:00 and 18:00, when people read such messages.")
        return at


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _chosen(form: forms.Form, name: str) -> str:
    if not form.is_bound:
        return ""
    form.is_valid()
    return str(form.cleaned_data.get(name, "") or "")
