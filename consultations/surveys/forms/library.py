"""Forms of the question library and of copying a survey."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from consultations.programme.models import Consultation
from consultations.surveys.forms.building import line

LIBRARY, ELSEWHERE = "library", "elsewhere"


class SearchForm(forms.Form):
    """Where to look for a question, and for which words."""

    where = forms.ChoiceField(
        label="Look in",
        required=False,
        choices=[(LIBRARY, "The library"), (ELSEWHERE, "Other surveys that you work on")],
    )
    q = forms.CharField(label="Words", required=False, max_length=200)


class SaveForm(forms.Form):
    """Under which topic a question stands in the library."""

    topic = line("Topic", "Questions of one topic stand together, for example “About you”.", longest=80)

    def __init__(self, *args: Any, topics: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = ", ".join(f"“{topic}”" for topic in topics)
        if known:
            self.fields["topic"].help_text += f" In use: {known}."


class CopyForm(forms.Form):
    """What a copy of a survey is called and where it goes. `targets` are consultations that the person runs."""

    title = line("Title of the copy", longest=200, missing="Give the copy a title.")
    consultation = forms.ModelChoiceField(
        label="Consultation",
        queryset=Consultation.objects.none(),
        empty_label=None,
        error_messages={
            "required": "Choose a consultation.",
            "invalid_choice": "Choose one of the consultations that you run.",
        },
    )

    def __init__(self, *args: Any, targets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consultation"].queryset = targets  # type: ignore[attr-defined]
