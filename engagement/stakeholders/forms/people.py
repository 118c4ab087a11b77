"""People, and what they are for organisations."""

from __future__ import annotations

from django import forms

from engagement.stakeholders.forms.texts import without_breaks
from engagement.stakeholders.models import Contact, Membership


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
        help_text="The lawful basis under data protection law. Consent is dated today unless it was given before.",
    )
    has_opted_out = forms.BooleanField(label="Wants no invitations or reminders", required=False)

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

    def clean_name(self) -> str:
        return without_breaks(self.cleaned_data["name"])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=Membership.Role.choices, widget=forms.RadioSelect)
