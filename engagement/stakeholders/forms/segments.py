"""Sets of partners: what is chosen stands in the address, the name is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from engagement.stakeholders.forms.texts import without_breaks
from engagement.stakeholders.segments import LISTS, MOST_MONTHS, Definition

# More values of one part are never chosen by a person.
MOST_VALUES = 200


class SegmentForm(forms.Form):
    """The name of a set."""

    name = forms.CharField(
        label="Name of the segment",
        max_length=120,
        help_text="For example: Small businesses south of the Tyne",
        error_messages={
            "required": "Give the segment a name.",
            "max_length": "Use at most 120 characters.",
        },
    )

    def clean_name(self) -> str:
        return without_breaks(self.cleaned_data["name"])


def read_definition(data: QueryDict) -> dict[str, Any]:
    """The definition in an address. A value that nobody knows is kept, and finds nothing."""
    found: dict[str, Any] = {name: [_plain(one) for one in data.getlist(name)[:MOST_VALUES] if one] for name in LISTS}
    months = data.get("months", "")
    # Only plain digits: int() takes more than people write.
    if months.isascii() and months.isdigit() and len(months) <= 3:
        found["months"] = min(int(months), MOST_MONTHS)
    found["representative"] = data.get("representative") == "yes"
    return Definition.read(found).stored()


def address_of(definition: dict[str, Any]) -> str:
    """The definition as it stands in an address, without the question mark."""
    query = QueryDict(mutable=True)
    for name in LISTS:
        query.setlist(name, definition.get(name, []))
    if definition.get("representative"):
        query["representative"] = "yes"
    if definition.get("months"):
        query["months"] = str(definition["months"])
    return query.urlencode()


def _plain(text: str) -> str:
    return text[:60].replace("\x00", "")
