"""People, and what they are for organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from engagement.core.inputs import DayInput
from engagement.stakeholders.forms.texts import without_breaks
from engagement.stakeholders.models import Contact, Interest, Membership


class ContactForm(forms.Form):
    """A person of the register."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give the person's name."})
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages={
            "required": "Give an e-mail address.",
            "invalid": "Write an e-mail address like name@example.org.",
        },
    )
    job_title = forms.CharField(label="Job title", max_length=150, required=False)
    phone = forms.CharField(label="Telephone", max_length=40, required=False)
    lawful_basis = forms.ChoiceField(
        label="Why we may keep this",
        choices=Contact.Basis.choices,
        initial=Contact.Basis.PUBLIC_TASK,
        help_text="The lawful basis under data protection law.",
    )
    basis_wording = forms.CharField(
        label="What they agreed to, or why this basis holds",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For consent: the words that they agreed to.",
        error_messages={"max_length": "There is room for 2,000 characters."},
    )
    consented_on = forms.DateField(
        label="Consent was given on",
        required=False,
        widget=DayInput(),
        help_text="Only for consent. Today, if you leave it empty.",
        error_messages={"invalid": "Enter a date like 8/2/2019."},
    )
    preferred_way = forms.ChoiceField(
        label="Likes to be reached by", choices=Contact.Way.choices, required=False, widget=forms.RadioSelect
    )
    interests = forms.ModelMultipleChoiceField(
        label="Interested in",
        queryset=Interest.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What this person asked to hear of, beside the interests of their organisation.",
    )
    has_opted_out = forms.BooleanField(label="Wants no invitations or reminders", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        interests = self.fields["interests"]
        assert isinstance(interests, forms.ModelMultipleChoiceField)
        interests.queryset = Interest.objects.all()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("lawful_basis") == Contact.Basis.CONSENT:
            if not cleaned.get("basis_wording") and "basis_wording" not in self.errors:
                self.add_error("basis_wording", "Write the words that the person agreed to.")
            day = cleaned.get("consented_on")
            if day is not None and day > timezone.localdate():
                self.add_error("consented_on", "This day is still to come. Say when consent was given.")
        elif cleaned.get("consented_on") is not None:
            self.add_error("consented_on", "Choose consent as the reason, or leave this empty.")
        return cleaned

    def clean_name(self) -> str:
        return without_breaks(self.cleaned_data["name"])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class MemberForm(forms.Form):
    """Somebody joins an organisation."""

    name = forms.CharField(label="Name", max_length=150, error_messages={"required": "Give the person's name."})
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="A person who is in the register already is found by this address.",
        error_messages={
            "required": "Give an e-mail address.",
            "invalid": "Write an e-mail address like name@example.org.",
        },
    )
    role = forms.ChoiceField(
        label="Role",
        choices=Membership.Role.choices,
        initial=Membership.Role.CONTRIBUTOR,
        widget=forms.RadioSelect,
    )
    job_title = forms.CharField(label="Job title", max_length=150, required=False)
    phone = forms.CharField(label="Telephone", max_length=40, required=False)
    since_on = forms.DateField(
        label="Since",
        required=False,
        widget=DayInput(),
        help_text="The day from which they act for the organisation. Leave it empty if you do not know.",
        error_messages={"invalid": "Enter a date like 8/2/2019."},
    )

    def clean_name(self) -> str:
        return without_breaks(self.cleaned_data["name"])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=Membership.Role.choices, widget=forms.RadioSelect)


class LeavingForm(forms.Form):
    """From when somebody is no longer with an organisation."""

    until_on = forms.DateField(
        label="First day without them",
        widget=DayInput(),
        help_text="Today ends what they can see and write at once.",
        error_messages={"required": "Say from which day.", "invalid": "Enter a date like 8/2/2019."},
    )
