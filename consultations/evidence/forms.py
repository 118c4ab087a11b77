"""What officers type into the register of evidence, and what narrows its list."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils import timezone

from consultations.evidence.models import EvidenceItem
from engagement.stakeholders.models import Area

YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
EARLIEST = 1800


def year_in(words: str) -> int | None:
    """The year that a date in words names: the last one of “2017/18 to 2019”; None where there is none."""
    found = YEAR.findall(words)
    return int(found[-1]) if found else None


class CatalogueForm(forms.ModelForm):
    """What it is, who made it, when, of where, and what may be done with it."""

    class Meta:
        model = EvidenceItem
        fields = (
            "title", "author", "dated", "areas", "geography", "method", "strength", "licence", "sensitivity",
        )  # fmt: skip
        labels = {
            "title": "Title",
            "author": "Who made it?",
            "dated": "When was it made?",
            "geography": "Another place, in words",
            "method": "What kind of evidence is it?",
            "strength": "How was it found out, and how far does that carry?",
            "licence": "What may be done with it?",
            "sensitivity": "How sensitive is it?",
        }
        help_texts = {
            "title": "As it stands on the cover.",
            "author": "A person or an organisation, as it stands on the cover.",
            "dated": "For example 2018, March 2018 or 2017/18.",
            "geography": "For example England, or the Tyne valley.",
            "strength": "For example “412 firms of 2,000 asked, by telephone; large firms are over-represented”.",
            "sensitivity": "Only what is open can be used in other consultations and named in public.",
        }
        error_messages = {
            "title": {"required": "Write the title.", "max_length": "There is room for 200 characters."},
            "author": {"max_length": "There is room for 200 characters."},
            "method": {"required": "Say what kind of evidence it is."},
        }
        widgets = {
            "strength": forms.Textarea(attrs={"rows": 3}),
            "licence": forms.RadioSelect,
            "sensitivity": forms.RadioSelect,
        }

    areas = forms.ModelMultipleChoiceField(
        queryset=Area.objects.none(),
        to_field_name="code",
        label="Which areas is it about?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"].queryset = Area.objects.order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["method"].required = True
        method: Any = self.fields["method"]
        method.choices = [("", "Choose one"), *EvidenceItem.Method.choices]
        self.fields["dated"].widget.attrs["class"] = "input--medium"

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_dated(self) -> str:
        words = " ".join(self.cleaned_data["dated"].split())
        year = year_in(words)
        if words and year is None:
            raise forms.ValidationError("Name the year in four digits, for example 2018 or March 2018.")
        if year and not EARLIEST <= year <= timezone.localdate().year:
            raise forms.ValidationError("This year is still to come. Write the year in which it was made.")
        return words

    def facts(self) -> dict[str, Any]:
        """What `lifecycle.catalogue` takes."""
        given = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return {**given, "areas": list(given["areas"]), "year": year_in(given["dated"])}


class UseForm(forms.Form):
    """In which other consultation it is used, and for what."""

    consultation = forms.ModelChoiceField(
        queryset=None,
        to_field_name="reference",
        label="In which consultation?",
        empty_label="Choose one",
        error_messages={"required": "Choose a consultation.", "invalid_choice": "Choose one of those in the list."},
    )
    note = forms.CharField(label="What for?", required=False, max_length=300)

    def __init__(self, *args: Any, consultations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consultation"].queryset = consultations  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": "Write why."},
    )


class FilterForm(forms.Form):
    """Narrows the register; every value shows how many there are."""

    q = forms.CharField(label="Title, author or number", required=False, max_length=200)
    consultation = forms.ChoiceField(label="Consultation", required=False)
    state = forms.ChoiceField(label="State", required=False)
    method = forms.ChoiceField(label="Kind", required=False)
    licence = forms.ChoiceField(label="Licence", required=False)
    sensitivity = forms.ChoiceField(label="Sensitivity", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    order = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[("", "Newest first"), ("title", "By title"), ("author", "By author"), ("year", "By year")],
    )

    def __init__(
        self, *args: Any, facets: dict[str, dict[str, int]], consultations: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consultation"].choices = [("", "All"), *consultations]  # type: ignore[attr-defined]
        names = {
            "state": dict(EvidenceItem.State.choices),
            "method": dict(EvidenceItem.Method.choices),
            "licence": dict(EvidenceItem.Licence.choices),
            "sensitivity": dict(EvidenceItem.Sensitivity.choices),
            "area": dict(Area.objects.order_by("name", "pk").values_list("code", "name")),
        }
        for field, labels in names.items():
            counts = facets.get(field, {})
            self.fields[field].choices = [  # type: ignore[attr-defined]
                ("", "All"),
                *((value, f"{label} ({counts[value]})") for value, label in labels.items() if counts.get(value)),
            ]
