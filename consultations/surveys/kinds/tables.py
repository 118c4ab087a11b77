"""Kinds that ask the same of several rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext_noop

from consultations.surveys.definition import Question
from consultations.surveys.kinds.base import BLANK, Cell, Column, Kind, Say, is_number, part_of, plain_number
from consultations.surveys.kinds.choosing import JOINER, TICKED

DEFAULT_TOTAL = 100


class Matrix(Kind):
    """The answer is an object of row code to choice code."""

    name, words, family = "matrix", "Table of statements", "Tables"
    example = "The same choices for several statements"
    has_choices = has_rows = True
    takes_rule = False
    figure = "rows"
    required_message = gettext_noop("Choose an answer for “{label}”.")
    seconds = 45

    def accepted(self, question: Question, value: Any) -> Any:
        chosen = value if isinstance(value, dict) else {}
        found = {row.code: self.cell(question, chosen.get(row.code)) for row in question.rows}
        return {row: cell for row, cell in found.items() if cell not in BLANK} or None

    def cell(self, question: Question, value: Any) -> Any:
        """The acceptable part of the answer of one row."""
        return value if isinstance(value, str) and value in question.choice_labels else None

    def is_missing(self, question: Question, value: Any) -> bool:
        """Every row needs an answer."""
        return not isinstance(value, dict) or any(value.get(row.code) in BLANK for row in question.rows)

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        rows = question.row_labels
        return [f"{rows.get(row, row)}: {self.cell_words(question, cell, say)}" for row, cell in value.items()]

    def cell_words(self, question: Question, cell: Any, say: Say) -> str:
        return say(cell)

    def columns(self, question: Question) -> list[Column]:
        """One for each row."""
        labels = question.choice_labels
        codes = tuple(labels.items())

        def words_of(row: str) -> Callable[[Any], Cell]:
            read = part_of(row)

            def read_words(value: Any) -> Cell:
                found = read(value)
                return labels.get(str(found), found) if found is not None else None

            return read_words

        return [
            Column(f"__{row.code}", f": {row.label}", part_of(row.code), words_of(row.code), codes)
            for row in question.rows
        ]

    def counted(self, question: Question, value: Any) -> Iterator[tuple[str, str]]:
        for row, choice in value.items() if isinstance(value, dict) else ():
            yield str(row), str(choice)


class MatrixSeveral(Matrix):
    """The answer is an object of row code to a list of choice codes."""

    name, words = "matrix_several", "Table with several choices"
    example = "Tick any that apply for each statement"
    figure = "rows_several"

    def cell(self, question: Question, value: Any) -> Any:
        known = question.choice_labels
        codes = value if isinstance(value, list | tuple) else ()
        return [code for code in codes if isinstance(code, str) and code in known] or None

    def cell_words(self, question: Question, cell: Any, say: Say) -> str:
        return ", ".join(say(code) for code in cell)

    def columns(self, question: Question) -> list[Column]:
        """One for each row with all its choices, and one for each row and choice."""
        labels = question.choice_labels
        columns = []
        for row in question.rows:
            columns.append(
                Column(
                    f"__{row.code}",
                    f": {row.label}",
                    _joined(row.code, {}),
                    _joined(row.code, labels),
                    tuple(labels.items()),
                )
            )
            for code, label in labels.items():
                flag = _row_flag(row.code, code)
                columns.append(Column(f"__{row.code}__{code}", f": {row.label}: {label}", flag, flag, TICKED))
        return columns

    def counted(self, question: Question, value: Any) -> Iterator[tuple[str, str]]:
        for row, codes in value.items() if isinstance(value, dict) else ():
            for code in codes:
                yield str(row), str(code)


class MatrixNumbers(Matrix):
    """The answer is an object of row code to an object of column code to number."""

    name, words, example = "matrix_numbers", "Table of numbers", "Numbers by row and column"
    settings = ("least", "most")
    figure = "row_numbers"
    required_message = gettext_noop("Write the numbers for “{label}”.")
    seconds = 60

    def cell(self, question: Question, value: Any) -> Any:
        known = question.choice_labels
        numbers = value.items() if isinstance(value, dict) else ()
        return {column: number for column, number in numbers if column in known and is_number(number)} or None

    def is_missing(self, question: Question, value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return any(
            not is_number((value.get(row.code) or {}).get(choice.code))
            for row in question.rows
            for choice in question.choices
        )

    def cell_words(self, question: Question, cell: Any, say: Say) -> str:
        return ", ".join(f"{say(column)} {plain_number(number)}" for column, number in cell.items())

    def columns(self, question: Question) -> list[Column]:
        """One for each row and column."""
        return [
            Column(
                f"__{row.code}__{choice.code}",
                f": {row.label}: {choice.label}",
                _number(row.code, choice.code),
                _number(row.code, choice.code),
            )
            for row in question.rows
            for choice in question.choices
        ]

    def counted(self, question: Question, value: Any) -> Iterator[tuple[str, str]]:
        return iter(())


class ConstantSum(Matrix):
    """Shares of a whole, `settings["total"]` (100 unless said otherwise); the answer is an object of item to number."""

    name, words, example = "constant_sum", "Shares of a whole", "Divide 100 points among these"
    has_choices = False
    settings = ("total",)
    figure = "row_numbers"
    required_message = gettext_noop("Divide the points among these: “{label}”.")
    seconds = 60

    @staticmethod
    def total(question: Question) -> int | float:
        """To what the numbers must add up."""
        total = question.settings.get("total")
        return total if is_number(total) and total else DEFAULT_TOTAL

    def cell(self, question: Question, value: Any) -> Any:
        return value if is_number(value) else None

    def is_missing(self, question: Question, value: Any) -> bool:
        return not isinstance(value, dict) or not value

    def cell_words(self, question: Question, cell: Any, say: Say) -> str:
        return plain_number(cell)

    def columns(self, question: Question) -> list[Column]:
        return [
            Column(f"__{row.code}", f": {row.label}", part_of(row.code), part_of(row.code)) for row in question.rows
        ]

    def counted(self, question: Question, value: Any) -> Iterator[tuple[str, str]]:
        return iter(())


def _joined(row: str, labels: dict[str, str]) -> Callable[[Any], Cell]:
    def read(value: Any) -> Cell:
        codes = value.get(row) if isinstance(value, dict) else None
        return JOINER.join(labels.get(code, code) for code in codes) if codes else None

    return read


def _row_flag(row: str, code: str) -> Callable[[Any], Cell]:
    return lambda value: int(code in (value.get(row) or ())) if isinstance(value, dict) and value else None


def _number(row: str, column: str) -> Callable[[Any], Cell]:
    return lambda value: (value.get(row) or {}).get(column) if isinstance(value, dict) else None
