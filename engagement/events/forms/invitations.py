"""Whom to ask, what to say to them, and what they answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from engagement.stakeholders.models import Area, Sector, Segment

MOST_AT_ONCE = 500


class AudienceForm(forms.Form):
    """Who may be asked; stands in the address, so that a choice can be passed on."""

    segment = forms.ModelChoiceField(
        Segment.objects.all(), required=False, empty_label="The whole register", label="Segment"
    )
    sector = forms.ModelChoiceField(
        Sector.objects.all(), required=False, label="Sector", to_field_name="code", empty_label="Every sector"
    )
    area = forms.ModelChoiceField(
        Area.objects.all(), required=False, label="Area", to_field_name="code", empty_label="Anywhere"
    )
    how_many = forms.ChoiceField(
        label="How many",
        required=False,
        choices=[("", "As many of each sector as are still wanted"), ("all", "Everybody who fits")],
    )

    def definition(self) -> dict[str, Any]:
        """The segment narrowed by what else was chosen."""
        if not self.is_valid():
            return {"sectors": ["-"]}
        chosen = self.cleaned_data
        found = dict(chosen["segment"].definition) if chosen["segment"] else {}
        if chosen["sector"]:
            found["sectors"] = [chosen["sector"].code]
            found.pop("kinds", None)
        if chosen["area"]:
            found["areas"] = [chosen["area"].code]
        return found

    @property
    def wants_all(self) -> bool:
        return self.is_valid() and self.cleaned_data["how_many"] == "all"


class InviteForm(forms.Form):
    """Exactly who is asked, and what they read."""

    people = forms.TypedMultipleChoiceField(
        label="People",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one person.",
            "invalid_choice": "Somebody you chose cannot be asked any more. Look at the list again.",
        },
    )
    text = forms.CharField(
        label="What you say to them",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Write why you ask them to come."},
        help_text="Their name comes before it; when and where, and a button to answer, come after it.",
    )


class DeclineInvitationForm(forms.Form):
    """Why they cannot come, and who might instead."""

    reason = forms.CharField(
        label=gettext_lazy("Why you cannot come, if you want to say"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    name = forms.CharField(label=gettext_lazy("A colleague who might come instead"), max_length=150, required=False)
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        required=False,
        help_text=gettext_lazy("We ask them once, and say that you named them."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("email") and not cleaned.get("name"):
            self.add_error("name", gettext_lazy("Enter the name of your colleague."))
        if cleaned.get("name") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", gettext_lazy("Enter the e-mail address of your colleague."))
        return cleaned
