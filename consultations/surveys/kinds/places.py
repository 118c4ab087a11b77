"""Kinds whose answer has parts: where, and who."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.utils.translation import gettext, gettext_noop

from consultations.surveys.definition import Question
from consultations.surveys.kinds.base import BLANK, Column, Kind, Say, is_number, part_of


class Composite(Kind):
    """The answer is an object of part to text. `parts` maps a part to its wording; `needed` must be there when
    the question must be answered."""

    parts: ClassVar[dict[str, str]] = {}
    needed: ClassVar[tuple[str, ...]] = ()
    takes_rule = False
    seconds = 30

    def accepted(self, question: Question, value: Any) -> Any:
        given = value if isinstance(value, dict) else {}
        found = {part: given.get(part) for part in self.parts}
        return {part: text for part, text in found.items() if isinstance(text, str) and text} or None

    def is_missing(self, question: Question, value: Any) -> bool:
        return not isinstance(value, dict) or any(value.get(part) in BLANK for part in self.needed)

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        return [str(value[part]) for part in self.parts if value.get(part)]

    def columns(self, question: Question) -> list[Column]:
        return [Column(f"__{part}", f": {words}", part_of(part), part_of(part)) for part, words in self.parts.items()]


class Address(Composite):
    name, words, example, family = "address", "Postal address", "Lines, town and postcode", "People and places"
    parts: ClassVar[dict[str, str]] = {
        "line1": gettext_noop("Address line 1"),
        "line2": gettext_noop("Address line 2"),
        "town": gettext_noop("Town or city"),
        "postcode": gettext_noop("Postcode"),
    }
    needed = ("line1", "town", "postcode")
    is_personal = True
    required_message = gettext_noop("Write the address for “{label}”.")


class OrganisationBlock(Composite):
    name, words, family = "organisation", "Organisation", "People and places"
    example = "Name, company or charity number, website"
    parts: ClassVar[dict[str, str]] = {
        "name": gettext_noop("Name of the organisation"),
        "number": gettext_noop("Company or charity number"),
        "website": gettext_noop("Website"),
    }
    needed = ("name",)
    required_message = gettext_noop("Write the name of the organisation for “{label}”.")

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        number = gettext("Number %(number)s") % {"number": value["number"]} if value.get("number") else ""
        return [text for text in (value.get("name"), number, value.get("website")) if text]


class Location(Kind):
    """The answer has any of `area` (a choice code), `place` (words), `lat` and `lon` (degrees, WGS 84)."""

    name, words, family = "location", "Place", "People and places"
    example = "An area from a list, a place in words, coordinates if you like"
    has_choices = True
    needs_choices = takes_rule = False
    settings = ("coordinates",)
    figure = "areas"
    required_message = gettext_noop("Say where, for “{label}”.")
    seconds = 25

    def accepted(self, question: Question, value: Any) -> Any:
        given = value if isinstance(value, dict) else {}
        found: dict[str, Any] = {}
        area = given.get("area")
        if isinstance(area, str) and area in question.choice_labels:
            found["area"] = area
        if isinstance(given.get("place"), str) and given["place"]:
            found["place"] = given["place"]
        if is_number(given.get("lat")) and is_number(given.get("lon")):
            found |= {"lat": given["lat"], "lon": given["lon"]}
        return found or None

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        found = [say(value["area"])] if value.get("area") else []
        found += [value["place"]] if value.get("place") else []
        if "lat" in value:
            found.append(f"{value['lat']:g}, {value['lon']:g}")
        return found

    def columns(self, question: Question) -> list[Column]:
        labels = question.choice_labels
        read_area = part_of("area")
        columns = []
        if question.choices:
            columns.append(
                Column(
                    "__area",
                    ": area",
                    read_area,
                    lambda value: labels.get(str(read_area(value)), read_area(value)),
                    tuple(labels.items()),
                )
            )
        columns.append(Column("__place", ": place", part_of("place"), part_of("place")))
        if question.settings.get("coordinates"):
            columns += [
                Column("__lat", ": latitude", part_of("lat"), part_of("lat")),
                Column("__lon", ": longitude", part_of("lon"), part_of("lon")),
            ]
        return columns

    def counted(self, question: Question, value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict) and value.get("area"):
            yield "", str(value["area"])
