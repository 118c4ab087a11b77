"""Calls, meetings and letters."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from engagement.core.inputs import DayInput
from engagement.stakeholders.models import Contact, Interaction


class InteractionForm(forms.Form):
    """A call, a meeting or a letter. `people` are those of the organisation."""

    way = forms.ChoiceField(
        label="What was it?",
        choices=Interaction.Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what it was."},
    )
    on = forms.DateField(
        label="When",
        widget=DayInput(),
        error_messages={"required": "Say on which day it was.", "invalid": "Enter a date like 8/2/2019."},
    )
    contact = forms.ModelChoiceField(
        label="With whom",
        queryset=Contact.objects.none(),
        required=False,
        empty_label="Nobody in particular",
        error_messages={"invalid_choice": "Choose somebody of this organisation."},
    )
    text = forms.CharField(
        label="What was said",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=10_000,
        error_messages={"required": "Write what was said.", "max_length": "There is room for 10,000 characters."},
    )
    follow_up_on = forms.DateField(
        label="What we promised is due on",
        help_text="Leave empty if nothing was promised.",
        required=False,
        widget=DayInput(),
        error_messages={"invalid": "Enter a date like 8/2/2019."},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = self.fields["contact"]
        assert isinstance(contact, forms.ModelChoiceField)
        contact.queryset = people

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day is still to come. Note what has happened.")
        return day
