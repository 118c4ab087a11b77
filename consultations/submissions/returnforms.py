"""What people type who answer without an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from consultations.submissions.forms import AboutYouForm
from engagement.stakeholders.models import Kind


class WithoutAccountForm(AboutYouForm):
    """What we ask of somebody who answers without an account; anonymously, nothing that has to be answered."""

    respondent = forms.CharField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("Only if your response may be published with it. You can leave it empty."),
        required=False,
        max_length=150,
    )
    field_order = ("respondent", "kind", "areas")

    def __init__(self, *args: Any, anonymous: bool, **kwargs: Any) -> None:
        super().__init__(*args, personal=True, **kwargs)
        if anonymous:
            del self.fields["respondent"]
            kind: Any = self.fields["kind"]
            kind.choices = [("", gettext("I would rather not say")), *kind.choices[1:]]
            kind.required = self.fields["areas"].required = False
            self.fields["areas"].help_text = gettext("Choose none if you would rather not say.")

    def clean_kind(self) -> Kind | None:  # type: ignore[override]
        return super().clean_kind() if self.cleaned_data["kind"] else None


class LinkMailForm(forms.Form):
    """Where the return link is sent to."""

    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("We send you the link now, and the receipt when you have sent your response."),
        error_messages={
            "required": gettext_lazy("Write your e-mail address, or copy the link and go on without it."),
            "invalid": gettext_lazy("Write an address like name@example.org."),
        },
    )


class ReturnForm(forms.Form):
    """A return code, typed or pasted."""

    code = forms.CharField(
        label=gettext_lazy("Your return code"),
        help_text=gettext_lazy(
            "28 letters and digits, such as 7K3Q-XM4R-9DPH-W6TC-A3FJ-KQ7N-RY4E. You can paste the whole link."
        ),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={
            "required": gettext_lazy("Type or paste your return code."),
            "max_length": gettext_lazy("This is longer than a return code. Paste the link, and nothing else."),
        },
    )
