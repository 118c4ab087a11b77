"""Following a consultation by e-mail, and the digest of staff."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from consultations.notices.models import Digest, Follower


class HowForm(forms.Form):
    how = forms.ChoiceField(
        label=gettext_lazy("How often?"), choices=Follower.How.choices, widget=forms.RadioSelect, initial="each"
    )


class FollowForm(HowForm):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Write your e-mail address."),
            "invalid": gettext_lazy("Write the whole e-mail address, like name@example.org."),
        },
    )
    field_order = ("email", "how")


class DigestForm(forms.Form):
    period = forms.ChoiceField(
        label="How often?",
        required=False,
        choices=[("", "Not at all"), *Digest.Period.choices],
        widget=forms.RadioSelect,
    )
