"""Filters of the list of messages."""

from __future__ import annotations

from typing import Any

from django import forms

from engagement.messaging.queries import SHOWN


class FilterForm(forms.Form):
    """A GET form; an unknown value counts as none."""

    show = forms.ChoiceField(label="Show", required=False)
    scope = forms.ChoiceField(label="Consultation", required=False)
    q = forms.CharField(label="Search in address, name and subject", required=False, max_length=100)

    def __init__(self, *args: Any, counts: dict[str, int], scopes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["show"].choices = [  # type: ignore[attr-defined]
            ("", f"Everything ({sum(counts.values())})"),
            *[(name, f"{label} ({counts[name]})") for name, (label, _) in SHOWN.items()],
        ]
        self.fields["scope"].choices = [("", "All"), *[(scope, scope) for scope in scopes]]  # type: ignore[attr-defined]

    def chosen(self, name: str) -> str:
        """The chosen value of one filter, empty where nothing or nonsense was asked for."""
        if not self.is_bound:
            return ""
        self.is_valid()
        return str(self.cleaned_data.get(name, "") or "")
