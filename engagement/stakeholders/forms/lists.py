"""Search and filters above the lists of the register."""

from __future__ import annotations

from typing import Any

from django import forms

from engagement.stakeholders.forms.texts import without_breaks
from engagement.stakeholders.queries import Facets, Filters


class FilterForm(forms.Form):
    """Search and filters above the list of organisations; each value says how many organisations it would leave."""

    q = forms.CharField(label="Search", required=False, max_length=200, help_text="Name, contact or e-mail address")
    sector = forms.ChoiceField(label="Sector", required=False)
    kind = forms.ChoiceField(label="Kind", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    size = forms.ChoiceField(label="Size", required=False)
    order = forms.ChoiceField(
        label="Sort by",
        required=False,
        choices=[
            ("name", "Name"),
            ("-name", "Name, from the end"),
            ("kind", "Sector and kind"),
            ("-people", "Most people first"),
            ("people", "Fewest people first"),
            ("-changed", "Latest change first"),
        ],
    )
    state = forms.ChoiceField(label="State", required=False, choices=[("", "In use"), ("closed", "Closed")])

    def __init__(self, *args: Any, facets: Facets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (
            ("sector", facets.sectors),
            ("kind", facets.kinds),
            ("area", facets.areas),
            ("size", facets.sizes),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "All"), *((code, f"{label} ({number})") for code, (label, number) in values.items())]


def read_filters(data: Any) -> Filters:
    """The filters in an address. What is not known is passed on and finds nothing; an unknown order is by name."""
    return Filters(
        text=without_breaks(data.get("q", ""))[:200].replace("\x00", ""),
        sector=data.get("sector", "")[:60].replace("\x00", ""),
        kind=data.get("kind", "")[:60].replace("\x00", ""),
        area=data.get("area", "")[:60].replace("\x00", ""),
        size=data.get("size", "")[:20].replace("\x00", ""),
        closed=data.get("state") == "closed",
        order=data.get("order", "name"),
    )


class PeopleSearchForm(forms.Form):
    q = forms.CharField(label="Search", required=False, max_length=200, help_text="Name, address or organisation")
    order = forms.ChoiceField(
        label="Sort by",
        required=False,
        choices=[("name", "Name"), ("-name", "Name, from the end"), ("-changed", "Latest change first")],
    )
