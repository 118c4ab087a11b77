"""What a move of a consultation asks for: a reason, a new closing time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from consultations.programme.forms.fields import LAST_SECOND, ZONE, clock_field, day_field, local_moment, text_area


class PlainForm(forms.Form):
    """Nothing to type: a button that asks first."""


class ReasonForm(forms.Form):
    reason = text_area("Reason", "It stands on the public timeline.", rows=3, missing="Give the reason: it is public.")


class ReturnForm(forms.Form):
    reason = text_area("What has to change", rows=3, missing="Say what has to change, so that the author can do it.")


class ProposalForm(forms.Form):
    reason = text_area(
        "What you propose, and why",
        "Administrators see it on this page.",
        rows=3,
        missing="Say what you propose and why.",
    )


class ExtensionForm(forms.Form):
    closes_on = day_field("New closing date", required=True, missing="Enter the new closing date.")
    closes_time = clock_field("New closing time", f"{ZONE} Without one, 11:59pm and 59 seconds of that day.")
    reason = text_area("Reason", "It stands on the public timeline.", rows=3, missing="Give the reason: it is public.")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("closes_on") and "closes_time" in data:
            try:
                data["closes_at"] = local_moment(data["closes_on"], data["closes_time"], without_time=LAST_SECOND)
            except ValidationError as wrong:
                self.add_error("closes_time", wrong)
        return data
