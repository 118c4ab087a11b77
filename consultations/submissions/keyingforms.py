"""Which of two keyings stands."""

from __future__ import annotations

from typing import Any

from django import forms

from consultations.submissions.keying import Difference


class DifferencesForm(forms.Form):
    """One choice for each answer that two people keyed differently."""

    def __init__(self, *args: Any, differences: list[Difference], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences = differences
        for one in differences:
            self.fields[one.name] = forms.ChoiceField(
                label=f"What does the paper say to “{one.label}”?",
                choices=[
                    ("first", f"As keyed first: {one.first or 'nothing'}"),
                    ("second", f"As keyed second: {one.second or 'nothing'}"),
                ],
                widget=forms.RadioSelect,
                error_messages={"required": f"Choose what the paper says to “{one.label}”."},
            )

    def choices(self) -> dict[tuple[str, str], str]:
        """(survey code, key) to “first” or “second”."""
        return {(one.survey_code, one.key): self.cleaned_data[one.name] for one in self.differences}
