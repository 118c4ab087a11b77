"""Kinds that ask the same of several rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext

from consultations.surveys import kinds
from consultations.surveys.definition import Question
from consultations.surveys.forms.asking.base import Cleaned, Fault, InFieldset
from consultations.surveys.forms.asking.pieces import (
    number_field,
    one_choice,
    part_name,
    required_message_of,
    several_choices,
    simple,
)
from consultations.surveys.inputs import NumberField
from consultations.surveys.kinds.tables import ConstantSum


class AskMatrix(InFieldset):
    css_class = "matrix"

    def fields(self, question: Question) -> dict[str, forms.Field]:
        return {
            part_name(question.code, row.code): one_choice(question, label=row.label, hint="", inline=True)
            for row in question.rows
        }

    def initial(self, question: Question, value: Any) -> dict[str, Any]:
        return {part_name(question.code, row): cell for row, cell in (value or {}).items()}

    def read(self, question: Question, cleaned: Cleaned) -> Any:
        chosen = {row.code: cleaned.get(part_name(question.code, row.code)) for row in question.rows}
        return {row: cell for row, cell in chosen.items() if cell not in kinds.BLANK} or None

    def lacks(self, question: Question, value: Any) -> Iterator[Fault]:
        for row in question.rows:
            if (value or {}).get(row.code) in kinds.BLANK:
                yield (
                    part_name(question.code, row.code),
                    question.required_message or gettext("Choose an answer for “%(label)s”.") % {"label": row.label},
                )


class AskMatrixSeveral(AskMatrix):
    def fields(self, question: Question) -> dict[str, forms.Field]:
        return {
            part_name(question.code, row.code): several_choices(
                question, {"required": False, "label": row.label}, inline=True
            )
            for row in question.rows
        }


class AskMatrixNumbers(AskMatrix):
    def fields(self, question: Question) -> dict[str, forms.Field]:
        return {
            part_name(question.code, row.code, choice.code): number_field(
                question, {"required": False, "label": f"{row.label}: {choice.label}"}, is_whole=False
            )
            for row in question.rows
            for choice in question.choices
        }

    def initial(self, question: Question, value: Any) -> dict[str, Any]:
        return {
            part_name(question.code, row, column): number
            for row, numbers in (value or {}).items()
            for column, number in numbers.items()
        }

    def read(self, question: Question, cleaned: Cleaned) -> Any:
        found = {}
        for row in question.rows:
            numbers = {
                choice.code: simple(number)
                for choice in question.choices
                if (number := cleaned.get(part_name(question.code, row.code, choice.code))) is not None
            }
            if numbers:
                found[row.code] = numbers
        return found or None

    def lacks(self, question: Question, value: Any) -> Iterator[Fault]:
        for row in question.rows:
            for choice in question.choices:
                if choice.code not in ((value or {}).get(row.code) or {}):
                    message = question.required_message or gettext("Write a number for “%(row)s: %(column)s”.") % {
                        "row": row.label,
                        "column": choice.label,
                    }
                    yield part_name(question.code, row.code, choice.code), message


class AskConstantSum(AskMatrix):
    def fields(self, question: Question) -> dict[str, forms.Field]:
        return {
            part_name(question.code, row.code): NumberField(
                required=False,
                label=row.label,
                is_whole=False,
                least=0,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "field__short"}),
            )
            for row in question.rows
        }

    def hint(self, question: Question) -> str:
        total = kinds.base.plain_number(ConstantSum.total(question))
        how = gettext("The numbers must add up to %(total)s. An empty field counts as 0.") % {"total": total}
        return " ".join(part for part in (question.hint, how) if part)

    def read(self, question: Question, cleaned: Cleaned) -> Any:
        given = {row.code: cleaned.get(part_name(question.code, row.code)) for row in question.rows}
        if all(number is None for number in given.values()):
            return None
        return {row: simple(number or 0) for row, number in given.items()}

    def faults(self, question: Question, cleaned: Cleaned) -> Iterator[Fault]:
        value = self.read(question, cleaned)
        total = ConstantSum.total(question)
        added = round(sum(value.values()), 6) if value else total
        if added != total and question.rows:
            say = kinds.base.plain_number
            yield (
                part_name(question.code, question.rows[0].code),
                gettext("The numbers add up to %(added)s; they must add up to %(total)s.")
                % {"added": say(added), "total": say(total)},
            )

    def lacks(self, question: Question, value: Any) -> Iterator[Fault]:
        if not value and question.rows:
            yield part_name(question.code, question.rows[0].code), required_message_of(question)
