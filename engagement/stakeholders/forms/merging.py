"""Two entries that are one."""

from __future__ import annotations

from typing import Any

from django import forms

from engagement.stakeholders.models import Contact, Organisation


class MergeForm(forms.Form):
    """Which of two entries stays."""

    other = forms.ModelChoiceField(
        label="Name of the other entry",
        queryset=Organisation.objects.none(),
        to_field_name="name",
        widget=forms.TextInput,
        help_text="As it stands in the register. Everything that hangs on it comes to this one, and it is closed.",
        error_messages={
            "required": "Write the name of the other entry.",
            "invalid_choice": "The register has no other organisation of this name.",
        },
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = self.fields["other"]
        assert isinstance(other, forms.ModelChoiceField)
        other.queryset = Organisation.objects.exclude(pk=organisation.pk)


class SamePersonForm(forms.Form):
    """Which of two entries of one person stays."""

    other = forms.ModelChoiceField(
        label="E-mail address of the other entry",
        queryset=Contact.objects.none(),
        to_field_name="email",
        widget=forms.EmailInput,
        help_text="Everything that hangs on it comes to this one, and it is closed.",
        error_messages={
            "required": "Write the address of the other entry.",
            "invalid_choice": "The register has nobody else with this address.",
        },
    )

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = self.fields["other"]
        assert isinstance(other, forms.ModelChoiceField)
        other.queryset = Contact.objects.filter(closed_at=None).exclude(pk=contact.pk)
