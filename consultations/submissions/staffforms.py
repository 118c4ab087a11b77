"""What staff type when they try a survey themselves or type in papers in bulk."""

from __future__ import annotations

from typing import Any

from django import forms

from consultations.submissions.forms import kinds_by_sector
from consultations.submissions.models import LateDecision
from engagement.stakeholders.models import Area, Kind


class TestForm(forms.Form):
    """As whom staff try a survey: the facts that figures by sector and area would go by."""

    kind = forms.ChoiceField(
        label="Answer as what kind of partner?", required=False, help_text="It changes nothing on the pages."
    )
    areas = forms.ModelMultipleChoiceField(
        queryset=Area.objects.none(),
        to_field_name="code",
        label="In which areas?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"].queryset = areas  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", "Not said"), *kinds_by_sector()]  # type: ignore[attr-defined]

    def clean_kind(self) -> Kind | None:
        code = self.cleaned_data["kind"]
        return Kind.objects.select_related("sector").get(code=code) if code else None


class TestFilterForm(forms.Form):
    """Narrows the list of tests."""

    tester = forms.ChoiceField(label="Tester", required=False)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, *args: Any, testers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tester"].choices = [("", "All"), *testers]  # type: ignore[attr-defined]
        states = [("draft", "Not sent"), ("sent", "Sent"), ("withdrawn", "Withdrawn")]
        self.fields["state"].choices = [("", "All"), *states]  # type: ignore[attr-defined]


class BulkForm(forms.Form):
    """A filled-in template with the survey that it answers."""

    survey = forms.ChoiceField(
        label="Which survey do they answer?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the survey that the papers answer."},
    )
    file = forms.FileField(
        label="The filled-in template",
        help_text="As .xlsx or .csv. You see every row and everything that is wrong before anything is made.",
        error_messages={
            "required": "Choose the file with the responses.",
            "empty": "This file is empty. Choose the file with the responses.",
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, surveys: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(survey.code, survey.title) for survey in surveys]
        self.fields["survey"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["survey"].initial = choices[0][0]


class LateForm(forms.Form):
    """Whether a late response counts, and why."""

    outcome = forms.ChoiceField(
        label="Does it count?",
        choices=LateDecision.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it counts."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It is kept with the response.",
        error_messages={"required": "Write why. The reason is kept with the response."},
    )
