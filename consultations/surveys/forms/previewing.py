"""As whom somebody looks at a survey in the preview."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from consultations.surveys.definition import Definition
from consultations.surveys.previewing import hidden_questions
from engagement.core.languages import offered
from engagement.stakeholders.models import Area, Kind

DRAFT = "draft"
WHO = [
    ("self", "A person, for themselves"),
    ("organisation", "An organisation"),
    ("members", "An organisation, for its members"),
]
LONGEST_VALUE = 200


class PreviewForm(forms.Form):
    """Version, language and kind of respondent; and what a link would bring. Its fields are called “preview-…”, so that
    they stand beside those of any question."""

    prefix = "preview"

    version = forms.ChoiceField(label="Which version?", required=False)
    language = forms.ChoiceField(label="In which language?", required=False)
    who = forms.ChoiceField(label="Who answers?", choices=WHO, required=False)
    kind = forms.ChoiceField(label="What kind of partner?", required=False)
    area = forms.ChoiceField(label="In which area?", required=False)

    def __init__(self, *args: Any, versions: Iterable[int], definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[Any]] = {
            "version": [(DRAFT, "The draft"), *((str(number), f"Version {number}") for number in versions)],
            "language": languages(definition),
            "kind": [("", "Not said"), *_kinds()],
            "area": [("", "Not said"), *Area.objects.order_by("name", "pk").values_list("code", "name")],
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]
        for question in hidden_questions(definition):
            self.fields[f"link-{question.code}"] = forms.CharField(
                label=f"“{question.code}” in the link", required=False, max_length=LONGEST_VALUE
            )

    def hidden_values(self) -> dict[str, str]:
        """What the link brings, by question code."""
        start = "link-"
        cleaned = getattr(self, "cleaned_data", {})
        return {name.removeprefix(start): value for name, value in cleaned.items() if name.startswith(start) and value}


def languages(definition: Definition) -> list[tuple[str, str]]:
    """The languages that the survey has texts in, its own first, by the names that the site has for them."""
    names = {code.partition("-")[0]: name for code, name in offered().items()}
    codes = [definition.language, *sorted(code for code in definition.translations if code != definition.language)]
    return [(code, names.get(code.partition("-")[0], code)) for code in codes]


def _kinds() -> list[Any]:
    grouped: dict[str, list[tuple[str, str]]] = {}
    for kind in Kind.objects.filter(retired_at=None).select_related("sector").order_by("sector__order", "order", "pk"):
        grouped.setdefault(kind.sector.name, []).append((kind.code, kind.name))
    return list(grouped.items())
