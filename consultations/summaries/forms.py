"""What is filled in on the pages of a summary."""

from __future__ import annotations

from django import forms

from consultations.summaries.models import Finding


class RequestForm(forms.Form):
    """A new draft."""

    title = forms.CharField(
        label="Title", max_length=200, required=False, help_text="Without one it is called “What we heard”."
    )


class FindingForm(forms.Form):
    """A statement."""

    kind = forms.ChoiceField(
        label="Kind",
        choices=[
            (Finding.Kind.FINDING, "Finding: it needs a source"),
            (Finding.Kind.CONTEXT, "Context: it claims nothing about what was said"),
            (Finding.Kind.HEADING, "Heading"),
        ],
        widget=forms.RadioSelect,
        initial=Finding.Kind.FINDING,
    )
    text = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 5}))


class TextForm(forms.Form):
    """Other words for a statement."""

    text = forms.CharField(label="Text", required=False, widget=forms.Textarea(attrs={"rows": 5}))


class PassageSearch(forms.Form):
    """Finding a passage to cite or quote."""

    search = forms.CharField(label="Words in the passage", required=False, max_length=200)

    def words(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("search", "")


class SendBackForm(forms.Form):
    """What should change."""

    reason = forms.CharField(
        label="What should change",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what should change."},
    )
