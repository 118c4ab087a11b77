"""The texts of a survey beside their translations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.text import Truncator

from consultations.surveys.translations import LONGEST, Line, wrong_with

MOST_MEGABYTES = 5
SHOWN = [("all", "All texts"), ("missing", "Not translated"), ("outdated", "Text has changed since")]


class FilterForm(forms.Form):
    """Which texts to look at."""

    page = forms.ChoiceField(label="Part of the survey", required=False)
    show = forms.ChoiceField(label="Show", required=False, choices=SHOWN)

    def __init__(self, *args: Any, pages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["page"].choices = pages  # type: ignore[attr-defined]


def kept(path: str) -> str:
    """The name of the box that says that a translation still fits its text."""
    return f"kept:{path}"


class TranslationForm(forms.Form):
    """One field for each line. What nobody touched is not sent back, so that it undoes nobody's work."""

    def __init__(self, *args: Any, lines: list[Line], name: str, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {line.text.path: line for line in lines}
        for path, line in self.lines.items():
            rows = min(12, max(2, len(line.text.text) // 60 + 1))
            self.fields[path] = forms.CharField(
                # Two choices are told apart by the text that each translates, also by those who only hear the label.
                label=format_html(
                    '{} ({})<span class="visually-hidden">: {}</span>',
                    line.text.what,
                    name,
                    Truncator(line.text.text).chars(80),
                ),
                required=False,
                initial=line.translation,
                max_length=LONGEST,
                show_hidden_initial=True,
                widget=forms.Textarea(attrs={"rows": rows, "lang": language}),
            )
            if line.is_outdated:
                self.fields[kept(path)] = forms.BooleanField(label="The translation still fits", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for path in self.lines.keys() & set(self.changed_data):
            wrong = wrong_with(self.lines[path].text.text, cleaned.get(path, ""))
            if wrong:
                self.add_error(path, wrong)
        return cleaned

    def texts(self) -> dict[str, str]:
        """What was changed or said to fit, path to translation; call after `is_valid()`."""
        said = {path for path in self.lines if path in self.changed_data or self.cleaned_data.get(kept(path))}
        return {path: self.cleaned_data[path].replace("\r\n", "\n") for path in said}


class FileForm(forms.Form):
    """A file that came back from a translator."""

    file = forms.FileField(
        label="File from the translator",
        help_text="The Excel or CSV file that was downloaded here, with the column “translation” filled in.",
        max_length=200,
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(f"This file is larger than {MOST_MEGABYTES} megabytes.")
        return upload
