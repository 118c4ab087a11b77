"""What was said, and what those who were there want changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from engagement.events.models import Note, Topic
from engagement.stakeholders.models import Organisation


class NoteForm(forms.Form):
    """One point from a table, quick to write on a telephone. `values()` is what `actions.write_note` takes."""

    topic = forms.ModelChoiceField(Topic.objects.none(), label="Topic", required=False, empty_label="No topic")
    table_name = forms.CharField(label="Table", max_length=60, required=False)
    point = forms.ChoiceField(label="Kind of point", choices=Note.Point.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="What was said",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write what was said."},
    )
    people_count = forms.IntegerField(
        label="How many people said so",
        required=False,
        min_value=1,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter the number of people in figures.",
            "min_value": "Enter 1 or more, or nothing.",
        },
    )
    is_attributable = forms.TypedChoiceField(
        label="May the organisations be named?",
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        choices=[("no", "No, use the point without names"), ("yes", "Yes, they agreed to be named")],
        initial="no",
        empty_value=False,
    )
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label="Organisations heard", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, topics: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics
        self.fields["organisations"].queryset = organisations
        for name in ("point", "is_attributable"):
            self.fields[name].widget.inline = name == "point"

    @staticmethod
    def initial_of(note: Note) -> dict[str, Any]:
        same = ("topic", "table_name", "point", "text", "people_count")
        return {
            **{name: getattr(note, name) for name in same},
            "is_attributable": "yes" if note.is_attributable else "no",
            "organisations": note.organisations.all(),
        }

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AmendmentForm(forms.Form):
    """How the note should read instead."""

    text = forms.CharField(
        label=gettext_lazy("How the note should read"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write how the note should read.")},
    )


class DisputeForm(forms.Form):
    reason = forms.CharField(
        label="What is disputed",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is disputed."},
    )
