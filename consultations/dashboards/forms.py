"""The line of the search page, and what somebody ticks who closes their account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


class SearchForm(forms.Form):
    q = forms.CharField(label="Search", max_length=200, required=False, help_text="A name, a title or a reference.")


class RecordFilter(forms.Form):
    """Which entries of the record are shown; what cannot be understood filters nothing."""

    verb = forms.CharField(
        label="Act", max_length=80, required=False, help_text="For example export, or withdrew a submission."
    )
    who = forms.CharField(label="By (e-mail address)", max_length=200, required=False)
    day = forms.DateField(label="Day", required=False, help_text="For example 8/2/2019.")

    def chosen(self) -> dict[str, Any]:
        """What was given and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class CloseAccountForm(forms.Form):
    """A tick, so that no stray press closes an account."""

    sure = forms.BooleanField(
        label=gettext_lazy("I have read what goes and what stays, and want to close my account"),
        error_messages={"required": gettext_lazy("Tick the box if you want to close your account.")},
    )
