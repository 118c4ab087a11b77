"""Writes the workbook for bulk entry: words and names of the columns, lists to choose from, a sheet with the codes."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from consultations.submissions.bulk.sheet import (
    ABOUT,
    CODES,
    ENTRY,
    FIXED,
    MOST_ROWS,
    RESPONSES,
    AnswerColumn,
    all_columns,
    sheet_name,
)
from consultations.surveys.definition import load
from consultations.surveys.models import SurveyVersion

# Rows in words and names; the first response stands below.
WORDS_ROW, NAMES_ROW, FIRST_ROW = 0, 1, 2
# A message beside a cell may have this many characters, and its title 32.
LONGEST_MESSAGE, LONGEST_TITLE = 250, 32
# So many rows of the workbook help with choosing; there may be more.
READY_ROWS = 200
ENTRY_ROWS = 5 * READY_ROWS


def names(version: SurveyVersion) -> list[str]:
    """The names of the columns of the sheet of responses, for a CSV file."""
    plain, _ = all_columns(load(version))
    return [*(one.name for one in FIXED), *(column.name for column in plain)]


def write(version: SurveyVersion) -> bytes:
    """The workbook of this version. Nothing in it is a formula, whatever the survey's texts look like."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    _Writer(book, version).write()
    book.close()
    return out.getvalue()


class _Writer:
    def __init__(self, book: Any, version: SurveyVersion) -> None:
        self.book, self.version = book, version
        self.definition = load(version)
        self.words = book.add_format({"italic": True, "text_wrap": True, "valign": "top", "font_color": "#4b5c6a"})
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@"})
        # Column name to the cells of the sheet of codes that list its choices.
        self.lists: dict[str, str] = {}
        self.line = 0

    def write(self) -> None:
        plain, repeated = all_columns(self.definition)
        responses = self.book.add_worksheet(RESPONSES)
        entries = {code: self.book.add_worksheet(sheet_name(code)) for code in repeated}
        self.codes = self.book.add_worksheet(CODES)
        about = self.book.add_worksheet(ABOUT)
        self._codes(plain, repeated)
        place = 0
        for one in FIXED:
            self._column(responses, place, one.name, one.words, one.help, is_listed=bool(one.codes), rows=READY_ROWS)
            place += 1
        for column in plain:
            self._answer(responses, place, column, READY_ROWS)
            place += 1
        self._finish(responses, place, frozen=1)
        for code, sheet in entries.items():
            self._column(sheet, 0, "reference", "Reference", "That of the response.", rows=ENTRY_ROWS)
            self._column(sheet, 1, ENTRY, "Number of the entry", "1 for the first, 2 for the second.", rows=ENTRY_ROWS)
            for place, column in enumerate(repeated[code], 2):
                self._answer(sheet, place, column, ENTRY_ROWS)
            self._finish(sheet, len(repeated[code]) + 2, frozen=2)
        self._about(about)

    def _answer(self, sheet: Any, place: int, column: AnswerColumn, rows: int) -> None:
        words = f"{column.number}. {column.words}" if column.number else column.words
        is_listed = bool(column.codes) and not column.is_several
        self._column(sheet, place, column.name, words, column.help, is_listed=is_listed, rows=rows)

    def _column(
        self, sheet: Any, place: int, name: str, words: str, help_text: str, *, rows: int, is_listed: bool = False
    ) -> None:
        sheet.write_string(WORDS_ROW, place, words[:1000], self.words)
        sheet.write_string(NAMES_ROW, place, name, self.bold)
        sheet.set_column(place, place, max(14, min(len(name) + 2, 40)), self.text)
        settings: dict[str, Any] = {
            "validate": "any",
            "input_title": name[:LONGEST_TITLE],
            "input_message": f"{words}\n{help_text}"[:LONGEST_MESSAGE],
        }
        if is_listed and name in self.lists:
            settings |= {
                "validate": "list",
                "source": self.lists[name],
                "error_title": "Not one of the codes",
                "error_message": "Choose one of the codes in the list. The sheet “codes” says what each means.",
            }
        sheet.data_validation(FIRST_ROW, place, FIRST_ROW + rows - 1, place, settings)

    @staticmethod
    def _finish(sheet: Any, columns: int, *, frozen: int) -> None:
        sheet.set_row(WORDS_ROW, 60)
        sheet.freeze_panes(FIRST_ROW, frozen)
        if columns:
            sheet.autofilter(NAMES_ROW, 0, NAMES_ROW, columns - 1)

    def _codes(self, plain: list[AnswerColumn], repeated: dict[str, list[AnswerColumn]]) -> None:
        for place, heading in enumerate(("column", "question", "words", "type", "needed", "code", "means")):
            self.codes.write_string(0, place, heading, self.bold)
        self.line = 1
        for one in FIXED:
            self._coded(one.name, "", f"{one.words}. {one.help}", "", needed=one.needed, codes=one.codes)
        for column in [*plain, *(column for columns in repeated.values() for column in columns)]:
            question = column.question
            number = str(column.number) if column.number else ""
            kind = f"{question.kind}. {column.help}" if column.help else question.kind
            self._coded(column.name, number, column.words, kind, needed=question.required, codes=column.codes)
        self.codes.set_column(0, 0, 28)
        self.codes.set_column(2, 2, 60, self.wrapped)
        self.codes.set_column(3, 3, 24)
        self.codes.set_column(5, 6, 28)
        self.codes.freeze_panes(1, 1)

    def _coded(
        self, name: str, number: str, words: str, kind: str, *, needed: bool, codes: tuple[tuple[str, str], ...]
    ) -> None:
        first = self.line + 1
        for code, label in codes or (("", ""),):
            for place, text in enumerate((name, number, words, kind, "yes" if needed else "", code, label)):
                if text:
                    self.codes.write_string(self.line, place, text[:2000])
            self.line += 1
        if codes:
            self.lists[name] = f"={CODES}!$F${first}:$F${self.line}"

    def _about(self, sheet: Any) -> None:
        survey, consultation = self.version.survey, self.version.survey.consultation
        lines = [
            ("consultation", consultation.reference),
            ("survey", survey.code),
            ("version", str(self.version.number)),
            ("fingerprint", self.version.sha256),
            ("title", f"{consultation.title}: {survey.title}"),
            ("how", "One row of the sheet “responses” for each response on paper. Leave blank what is blank there."),
            (
                "",
                "Choices are written as codes; the sheet “codes” has them with the numbers of the questions on paper.",
            ),
            ("", "A reference is taken once: importing the same file again adds nothing."),
            ("", f"Up to {MOST_ROWS} responses in one file. Nothing is imported while one cell is wrong."),
            ("", "After the import somebody else compares each response with the original before it counts."),
        ]
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 110)
        for number, (name, value) in enumerate(lines):
            sheet.write_string(number, 0, name, self.bold)
            sheet.write_string(number, 1, value)
