"""Kinds whose answer has parts: an address, an organisation, a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext

from consultations.surveys import kinds
from consultations.surveys.definition import Question
from consultations.surveys.forms.asking.base import Cleaned, Fault, InFieldset
from consultations.surveys.forms.asking.pieces import part_name, required_message_of
from consultations.surveys.inputs import AddressField, OneField, PlaceField, TextField
from consultations.surveys.kinds.places import Composite


class AskComposite(InFieldset):
    """An address, an organisation: a field for each part."""

    autocomplete = {
        "line1": "address-line1", "line2": "address-line2", "town": "address-level2", "postcode": "postal-code",
        "name": "organization", "website": "url",
    }  # fmt: skip

    def fields(self, question: Question) -> dict[str, forms.Field]:
        kind = self.kind(question)
        return {
            part_name(question.code, part): (AddressField if part == "website" else TextField)(
                required=False,
                label=gettext(words) if part in kind.needed else f"{gettext(words)} ({gettext('optional')})",
                widget=forms.TextInput(attrs={"autocomplete": self.autocomplete.get(part, "off")}),
            )
            for part, words in kind.parts.items()
        }

    @staticmethod
    def kind(question: Question) -> Composite:
        kind = kinds.of(question)
        assert isinstance(kind, Composite)
        return kind

    def initial(self, question: Question, value: Any) -> dict[str, Any]:
        return {part_name(question.code, part): words for part, words in (value or {}).items()}

    def read(self, question: Question, cleaned: Cleaned) -> Any:
        given = {part: cleaned.get(part_name(question.code, part)) for part in self.kind(question).parts}
        return {part: words for part, words in given.items() if words} or None

    def lacks(self, question: Question, value: Any) -> Iterator[Fault]:
        kind = self.kind(question)
        for part in kind.needed:
            if not (value or {}).get(part):
                message = question.required_message or gettext("Fill in “%(part)s”.") % {
                    "part": gettext(kind.parts[part])
                }
                yield part_name(question.code, part), message


class AskLocation(InFieldset):
    def fields(self, question: Question) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        if question.choices:
            found[part_name(question.code, "area")] = OneField(
                required=False,
                label=gettext("Area"),
                choices=[("", gettext("Choose one")), *question.choice_labels.items()],
                widget=forms.Select(),
            )
        found[part_name(question.code, "place")] = TextField(
            required=False, label=gettext("Place"), help_text=gettext("A town, a street, a postcode, a name.")
        )
        if question.settings.get("coordinates"):
            found[part_name(question.code, "point")] = PlaceField(
                required=False,
                label=gettext("Coordinates"),
                help_text=gettext("Latitude and longitude, for example 54.97, -1.61."),
            )
        return found

    def initial(self, question: Question, value: Any) -> dict[str, Any]:
        value = value or {}
        point = f"{value['lat']:g}, {value['lon']:g}" if "lat" in value else ""
        shown = {"area": value.get("area"), "place": value.get("place"), "point": point}
        return {part_name(question.code, part): words for part, words in shown.items() if words}

    def read(self, question: Question, cleaned: Cleaned) -> Any:
        found: dict[str, Any] = {}
        for part in ("area", "place"):
            if words := cleaned.get(part_name(question.code, part)):
                found[part] = words
        if point := cleaned.get(part_name(question.code, "point")):
            found["lat"], found["lon"] = point
        return found or None

    def lacks(self, question: Question, value: Any) -> Iterator[Fault]:
        if not value:
            part = "area" if question.choices else "place"
            yield part_name(question.code, part), required_message_of(question)
