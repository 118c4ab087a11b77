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


class StopForm(forms.Form):
    """Why sending is stopped; everybody who works here reads it."""

    why = forms.CharField(
        label="Why is sending stopped?",
        help_text="It stands at the top of every page of staff until sending starts again.",
        max_length=250,
        error_messages={"required": "Say in a few words why, so that the others know."},
    )


class StartForm(forms.Form):
    """What becomes of the messages that fell due meanwhile."""

    older = forms.ChoiceField(
        label="What about the messages that are due by now?",
        choices=[
            ("send", "Send them: they are still wanted"),
            ("hold", "Hold them: somebody looks at them and releases what is still wanted"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of the messages that are due."},
    )
