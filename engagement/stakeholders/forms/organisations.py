"""Facts about an organisation."""

from __future__ import annotations

from typing import Any

from django import forms

from engagement.stakeholders.forms.texts import without_breaks
from engagement.stakeholders.models import Area, Interest, Kind, Organisation


class OrganisationForm(forms.ModelForm):
    """Facts about an organisation, checked; the action saves them."""

    kind = forms.ModelChoiceField(label="Kind", queryset=Kind.objects.none(), empty_label="Choose a kind")
    areas = forms.ModelMultipleChoiceField(
        label="Areas",
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Where it works. Choose several for more than one area.",
    )
    other_kinds = forms.ModelMultipleChoiceField(
        label="What else it is",
        queryset=Kind.objects.none(),
        required=False,
        help_text="Other kinds, perhaps of another sector. Segments find it under them too; figures count it once.",
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    interests = forms.ModelMultipleChoiceField(
        label="Interested in",
        queryset=Interest.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What it asked to hear of.",
    )
    website = forms.URLField(label="Website", required=False, assume_scheme="https")
    parent = forms.ModelChoiceField(
        label="Part of", queryset=Organisation.objects.none(), required=False, to_field_name="name",
        widget=forms.TextInput, help_text="The name of a larger organisation in the register, if it is part of one.",
        error_messages={"invalid_choice": "The register has no organisation of this name."},
    )  # fmt: skip

    class Meta:
        model = Organisation
        fields = (
            "name", "trading_names", "kind", "other_kinds", "areas", "size", "interests", "website",
            "is_representative", "represents", "members_represented", "parent", "remarks",
        )  # fmt: skip
        labels = {
            "trading_names": "Trading names",
            "is_representative": "It speaks for its members",
            "represents": "Whom it speaks for",
            "members_represented": "How many members",
        }
        help_texts = {
            "trading_names": "Other names by which people look for it, with commas between.",
            "represents": "For example: independent shops of the coast. Only for a body that speaks for its members.",
            "members_represented": "Only for a body that speaks for its members.",
            "remarks": "Only staff see this.",
        }
        widgets = {"remarks": forms.Textarea(attrs={"rows": 4})}
        error_messages = {"name": {"required": "Give the organisation a name."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds, areas, parent = self.fields["kind"], self.fields["areas"], self.fields["parent"]
        assert isinstance(kinds, forms.ModelChoiceField)
        assert isinstance(areas, forms.ModelMultipleChoiceField)
        assert isinstance(parent, forms.ModelChoiceField)
        kinds.queryset = Kind.objects.filter(retired_at=None) | Kind.objects.filter(pk=self.instance.kind_id)
        kinds.queryset = kinds.queryset.select_related("sector").order_by("sector__order", "order", "pk")
        kinds.label_from_instance = lambda kind: f"{kind.sector.name}: {kind.name}"  # type: ignore[method-assign]
        kinds.error_messages["required"] = "Choose what kind of organisation it is."
        others, interests = self.fields["other_kinds"], self.fields["interests"]
        assert isinstance(others, forms.ModelMultipleChoiceField)
        assert isinstance(interests, forms.ModelMultipleChoiceField)
        others.queryset = kinds.queryset
        others.label_from_instance = kinds.label_from_instance  # type: ignore[method-assign]
        interests.queryset = Interest.objects.all()
        areas.queryset = Area.objects.all()
        parent.queryset = Organisation.objects.exclude(pk=self.instance.pk)
        if self.instance.pk and self.instance.parent_id:
            self.initial["parent"] = self.instance.parent.name

    def clean_name(self) -> str:
        return without_breaks(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("members_represented", "represents"):
            if cleaned.get(name) not in (None, "") and not cleaned.get("is_representative"):
                self.add_error(name, "Say first that the organisation speaks for its members.")
        if cleaned.get("kind") in cleaned.get("other_kinds", []):
            self.add_error("other_kinds", "This is its kind already. Choose only what it is besides.")
        return cleaned

    def _post_clean(self) -> None:
        """The instance stays as it is in the database: the action compares it with what was typed."""

    def validate_unique(self) -> None:
        """The action answers for it, under its lock."""
