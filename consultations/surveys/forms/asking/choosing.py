"""Kinds that are asked with radio buttons, boxes and lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext

from consultations.surveys.definition import Question
from consultations.surveys.forms.asking.base import Asking, Cleaned, Fault, InFieldset
from consultations.surveys.forms.asking.pieces import (
    common,
    one_choice,
    part_name,
    required_message_of,
    sentences,
    several_choices,
    text,
    whole,
)
from consultations.surveys.inputs import OneField


class AskOne(Asking):
    is_inline = False

    def field(self, question: Question) -> forms.Field:
        return one_choice(question, inline=self.is_inline)


class AskYesNo(AskOne):
    is_inline = True


class AskScale(Asking):
    def field(self, question: Question) -> forms.Field:
        low, high = question.settings.get("low_label", ""), question.settings.get("high_label", "")
        choices = question.choices
        ends = ""
        if choices and (low or high):
            ends = ", ".join(
                gettext("%(choice)s means “%(words)s”") % {"choice": choice.label, "words": label}
                for choice, label in ((choices[0], low), (choices[-1], high))
                if label
            )
        return one_choice(question, hint=sentences(question.hint, f"{ends}." if ends else ""), inline=True)


class AskConsent(Asking):
    """One box beside the declaration."""

    def field(self, question: Question) -> forms.Field:
        return forms.BooleanField(required=False, label=question.label, help_text=text(question.hint))

    def initial(self, question: Question, value: Any) -> dict[str, Any]:
        return {question.code: value == "ok"}

    def read(self, question: Question, cleaned: Cleaned) -> Any:
        return "ok" if cleaned.get(question.code) else None


class AskSeveral(Asking):
    def field(self, question: Question) -> forms.Field:
        return several_choices(question, common(question, self.limits(question)))

    @staticmethod
    def limits(question: Question) -> str:
        least, most = whole(question, "least_choices"), whole(question, "most_choices")
        if least and most:
            return gettext("Choose from %(least)s to %(most)s.") % {"least": least, "most": most}
        if most:
            return gettext("Choose up to %(most)s.") % {"most": most}
        if least:
            return gettext("Choose at least %(least)s.") % {"least": least}
        return gettext("Choose all that apply.") if len(question.choices) > 1 and not question.hint else ""


class AskRanking(InFieldset):
    """A number for each item; no two the same."""

    css_class = "matrix"

    def fields(self, question: Question) -> dict[str, forms.Field]:
        places = [("", gettext("No place")), *((str(place), str(place)) for place in range(1, self.most(question) + 1))]
        return {
            part_name(question.code, choice.code): OneField(
                required=False, label=choice.label, choices=places, widget=forms.Select()
            )
            for choice in question.choices
        }

    @staticmethod
    def most(question: Question) -> int:
        return min(whole(question, "most_choices") or len(question.choices), len(question.choices))

    def hint(self, question: Question) -> str:
        many = len(question.choices)
        most, least = self.most(question), whole(question, "least_choices") or 0
        how = gettext("Give each a place from 1 (first) to %(most)s.") % {"most": most}
        if most < many:
            how = gettext("Give up to %(most)s of these a place; 1 is first.") % {"most": most}
        if not question.required and not least:
            how += " " + gettext("Leave those without a place that do not matter to you.")
        return " ".join(part for part in (question.hint, how) if part)

    def initial(self, question: Question, value: Any) -> dict[str, Any]:
        return {part_name(question.code, code): str(place) for place, code in enumerate(value or (), 1)}

    def read(self, question: Question, cleaned: Cleaned) -> Any:
        placed = [
            (int(place), order, choice.code)
            for order, choice in enumerate(question.choices)
            if (place := cleaned.get(part_name(question.code, choice.code)))
        ]
        return [code for _, _, code in sorted(placed)] or None

    def faults(self, question: Question, cleaned: Cleaned) -> Iterator[Fault]:
        taken: dict[str, str] = {}
        for choice in question.choices:
            name = part_name(question.code, choice.code)
            place = cleaned.get(name)
            if place and place in taken:
                yield (
                    name,
                    gettext("“%(label)s” has the place %(place)s already. Give each a place of its own.")
                    % {"label": taken[place], "place": place},
                )
            elif place:
                taken[place] = choice.label
        places = sorted(map(int, taken))
        gap = next((place for place, given in enumerate(places, 1) if place != given), None)
        first = part_name(question.code, question.choices[0].code) if question.choices else question.code
        if gap is not None:
            yield first, gettext("Nothing has the place %(gap)s. Use the places from 1 without a gap.") % {"gap": gap}
        least = whole(question, "least_choices") or 0
        if places and len(places) < least:
            yield (
                first,
                gettext("Give at least %(least)s of these a place; %(n)s have one.")
                % {"least": least, "n": len(places)},
            )

    def lacks(self, question: Question, value: Any) -> Iterator[Fault]:
        if not value and question.choices:
            yield part_name(question.code, question.choices[0].code), required_message_of(question)
