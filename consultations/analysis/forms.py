"""What is filled in on the pages of the analysis."""

from __future__ import annotations

from typing import Any

from django import forms

from consultations.analysis.models import Code, CodeFrame, Coding
from consultations.analysis.sentences import Sentence, runs
from consultations.analysis.splits import SPLITS
from consultations.surveys.models import Survey
from engagement.stakeholders.models import Sector


class TextFilter(forms.Form):
    """Which texts the desk lists; everything is optional, and what cannot be understood filters nothing."""

    source = forms.ChoiceField(
        label="From",
        required=False,
        choices=[("", "Answers and event notes"), ("answer", "Answers"), ("note", "Event notes")],
    )
    question = forms.ChoiceField(label="Question", required=False)
    sector = forms.ChoiceField(label="Sector", required=False)
    reading = forms.ChoiceField(
        label="Reading", required=False, choices=[("", "All"), ("unread", "Not read yet"), ("read", "Read")]
    )
    search = forms.CharField(label="Words in the text", required=False, max_length=200)

    def __init__(self, *args: Any, questions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].choices = [("", "All questions"), *questions]  # type: ignore[attr-defined]
        sectors = Sector.objects.values_list("code", "name")
        self.fields["sector"].choices = [("", "All sectors"), *sectors]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """What was chosen and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class CodeForm(forms.Form):
    """A code of the frame."""

    label = forms.CharField(label="Label", max_length=120)
    parent = forms.ModelChoiceField(
        label="Under", queryset=Code.objects.none(), required=False, empty_label="Nothing: a code of the first level"
    )
    definition = forms.CharField(
        label="Definition",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What belongs here and what does not, so that two people code alike.",
    )

    def __init__(self, *args: Any, frame: CodeFrame, code: Code | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if code is not None:
            del self.fields["parent"]
        else:
            parents = frame.codes.filter(parent=None, retired_at=None)
            self.fields["parent"].queryset = parents  # type: ignore[attr-defined]


class PassageForm(forms.Form):
    """Sentences of one text, and the codes to put on them."""

    stance = forms.ChoiceField(label="Stance", required=False, choices=Coding.Stance.choices)

    def __init__(self, *args: Any, text_sentences: list[Sentence], codes: list[Code], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text_sentences = text_sentences
        self.fields["sentences"] = forms.TypedMultipleChoiceField(
            label="Sentences",
            choices=[(place, sentence.text) for place, sentence in enumerate(text_sentences)],
            coerce=int,
            error_messages={"required": "Choose at least one sentence."},
        )
        self.fields["codes"] = forms.ModelMultipleChoiceField(
            label="Codes",
            queryset=Code.objects.filter(pk__in=[code.pk for code in codes]),
            error_messages={"required": "Choose at least one code."},
        )

    def spans(self) -> list[tuple[int, int]]:
        """The chosen sentences as passages."""
        return runs(self.cleaned_data["sentences"], self.text_sentences)


class ReasonForm(forms.Form):
    """A reason that goes into the record."""

    reason = forms.CharField(
        label="Why", widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "Say why."}
    )


class FigureFilter(forms.Form):
    """Which survey, and split by what."""

    survey = forms.ChoiceField(label="Survey", required=False)
    split = forms.ChoiceField(label="Split by", required=False, choices=[("", "Not split"), *SPLITS.items()])

    def __init__(self, *args: Any, surveys: list[Survey], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survey"].choices = [  # type: ignore[attr-defined]
            ("", "Who answered, and what was raised"),
            *((survey.code, survey.title) for survey in surveys),
        ]

    def chosen(self) -> dict[str, str]:
        """What was chosen and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
