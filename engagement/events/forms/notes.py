"""What was said, and what those who were there want changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from engagement.core import uploads
from engagement.core.errors import Refused
from engagement.events.forms.day import NotUnderstood
from engagement.events.models import Note, Topic
from engagement.stakeholders.models import Organisation

PICTURES = uploads.GROUPS["picture"]


class NoteForm(forms.Form):
    """One point from a table, quick to write on a telephone. `values()` is what `lifecycle.write_note` takes."""

    topic = forms.ModelChoiceField(Topic.objects.none(), label="Topic", required=False, empty_label="No topic")
    table_name = forms.CharField(
        label="Table",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "tables", "autocomplete": "off"}),
    )
    question = forms.CharField(
        label="Question at the table",
        max_length=200,
        required=False,
        help_text="If the point answers one. It stays for the next point, like topic and table.",
        widget=forms.TextInput(attrs={"list": "questions", "autocomplete": "off"}),
    )
    point = forms.ChoiceField(label="Kind of point", choices=Note.Point.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="What was said",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 5000}),
        error_messages={"required": "Write what was said."},
    )
    wording = forms.ChoiceField(
        label="Whose words are these?",
        choices=Note.Wording.choices,
        widget=forms.RadioSelect,
        initial=Note.Wording.PARAPHRASE,
        required=False,
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

    picture = forms.FileField(
        label="Photograph of the flip chart",
        required=False,
        help_text="JPEG, PNG or WebP. Where and when it was taken is removed from the file.",
        widget=forms.FileInput(attrs={"accept": ",".join(PICTURES)}),
        error_messages={"empty": "This file is empty. Choose a file with something in it."},
    )
    picture_words = forms.CharField(
        label="What can be seen on it",
        max_length=300,
        required=False,
        help_text="For people who cannot see the photograph.",
    )

    def __init__(self, *args: Any, topics: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics
        self.fields["organisations"].queryset = organisations
        for name in ("point", "is_attributable", "wording"):
            self.fields[name].widget.inline = name != "is_attributable"

    def clean_wording(self) -> str:
        return self.cleaned_data["wording"] or Note.Wording.PARAPHRASE

    def clean_picture(self) -> uploads.Checked | None:
        file = self.cleaned_data["picture"]
        if not file:
            return None
        try:
            return uploads.read(
                file, most_megabytes=settings.UPLOAD_MEGABYTES, suffixes=PICTURES, words="JPEG, PNG or WebP"
            )
        except Refused as refused:
            raise ValidationError(refused.message) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("picture") and not cleaned.get("picture_words", "").strip():
            self.add_error("picture_words", "Say in a few words what can be seen on the photograph.")
        return cleaned

    @staticmethod
    def initial_of(note: Note) -> dict[str, Any]:
        same = ("topic", "table_name", "question", "point", "text", "wording", "people_count")
        return {
            **{name: getattr(note, name) for name in same},
            "is_attributable": "yes" if note.is_attributable else "no",
            "organisations": note.organisations.all(),
        }

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("picture", "picture_words")}


def point_of(item: dict[str, Any], *, topics: Any, organisations: Any) -> dict[str, Any]:
    """A point from a device's queue, as `NoteForm.values()` gives it.

    What was said is taken whatever else is wrong, since the one who wrote it has no page any more to correct it on: an
    unknown topic or organisation is left out. Raises NotUnderstood without words.
    """
    text = _text(item.get("text"), 5000)
    if not text:
        raise NotUnderstood("The point says nothing.")
    point, wording = str(item.get("point")), str(item.get("wording"))
    people = str(item.get("people_count") or "")
    named = item.get("organisations")
    keys = [str(key) for key in named if str(key).isdecimal()] if isinstance(named, list) else []
    topic = str(item.get("topic") or "")
    return {
        "topic": topics.filter(pk=topic).first() if topic.isdecimal() and len(topic) < 15 else None,
        "table_name": _text(item.get("table_name"), 60),
        "question": _text(item.get("question"), 200),
        "point": point if point in Note.Point.values else Note.Point.PROPOSAL,
        "text": text,
        "wording": wording if wording in Note.Wording.values else Note.Wording.PARAPHRASE,
        "people_count": int(people) if people.isdecimal() and 0 < int(people[:9]) <= 10_000 else None,
        # Without a clear yes, nobody is named.
        "is_attributable": item.get("is_attributable") == "yes",
        "organisations": list(organisations.filter(pk__in=[key for key in keys if len(key) < 15])),
    }


def _text(value: Any, most: int) -> str:
    return value.replace("\x00", "").strip()[:most] if isinstance(value, str) else ""


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
