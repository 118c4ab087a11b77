"""The answers of one response, read cell by cell with the fields that respondents type into."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from consultations.submissions.bulk.planned import BETWEEN, MOST_SHOWN, NO, YES, Checked, Planned
from consultations.submissions.bulk.reading import Problem, RawRow, Read
from consultations.submissions.bulk.sheet import ENTRY, AnswerColumn, columns_of, fields_of, sheet_name
from consultations.surveys.definition import Definition, Page, entry_key
from consultations.surveys.forms import PageForm
from consultations.surveys.inputs import SeveralField
from consultations.surveys.path import Step, walk


class Answers:
    """Reads the answers of one response, page by page, by the fields of the pages."""

    def __init__(self, definition: Definition, read: Read, checked: Checked) -> None:
        self.definition, self.read, self.checked = definition, read, checked

    def take(self, row: RawRow, planned: Planned) -> None:
        answers: dict[str, Any] = {}
        for page in self.definition.pages:
            if not page.repeats:
                step = Step(page, page.questions, self.definition, dict(answers), {})
                answers |= self.page(step, row, self.read.responses.sheet)
                continue
            for number, entry in enumerate(self.entries(page, planned.reference), 1):
                answers[entry_key(page.code, number)] = True
                step = Step(page, page.questions, self.definition, dict(answers), {}, number, number)
                answers |= self.page(step, entry, sheet_name(page.code))
        planned.answers = {key: value for key, value in answers.items() if value is not None}
        if not planned.answers and not planned.statement.strip():
            self.wrong(self.read.responses.sheet, row, "", "This row has neither an answer nor a statement.")
        self.remark(row, planned)

    def entries(self, page: Page, reference: str) -> list[RawRow]:
        """The rows of a repeated page that belong to this response, in the order of their numbers."""
        table = self.read.entries.get(page.code)
        rows = [row for row in table.rows if row.cells.get("reference", "").upper() == reference] if table else []
        return sorted(rows, key=lambda row: (whole(row.cells.get(ENTRY, "")), row.number))

    def page(self, step: Step, row: RawRow, sheet: str) -> dict[str, Any]:
        columns = columns_of(step.page, {}, with_ticks=True)
        posted: MultiValueDict = MultiValueDict()
        names: dict[str, str] = {}
        for column in columns:
            if column.field:
                names[column.field] = column.name
            if column.field and (cell := row.cells.get(column.name, "")):
                posted.setlist(column.field, self.values(column, cell, row, sheet))
        self.ticks(step, columns, posted, row, sheet)
        self.points(step, columns, posted, row)
        form = PageForm(posted, step=step, require=False)
        form.is_valid()
        for name, errors in form.errors.get_json_data().items():
            for error in errors:
                self.wrong(sheet, row, names.get(name, name), str(error["message"]))
        return form.answers()

    def values(self, column: AnswerColumn, cell: str, row: RawRow, sheet: str) -> list[str]:
        """What a browser would post for this cell: codes instead of labels, several apart."""
        found = fields_of(column.question).get(column.field)
        if isinstance(found, forms.BooleanField):
            if cell.casefold() not in YES | NO | {"ok"}:
                self.wrong(sheet, row, column.name, f"“{cell[:MOST_SHOWN]}” is neither yes nor no.")
            return ["on"] if cell.casefold() in YES else []
        if not isinstance(found, forms.ChoiceField):
            return [cell]
        known = {str(code): str(label) for code, label in _flat(found.choices) if str(code)}
        parts = self.parts(cell, known) if isinstance(found, SeveralField) else [cell]
        return [code for part in parts if (code := self.code(part, known, column, row, sheet))]

    @staticmethod
    def parts(cell: str, known: dict[str, str]) -> list[str]:
        if cell in known or cell in known.values():
            return [cell]
        parts = [part for part in BETWEEN.split(cell) if part]
        # One without the sign between is read as a list with commas, where that gives codes.
        if len(parts) == 1 and "," in cell:
            parts = [part.strip() for part in cell.split(",") if part.strip()]
        return parts

    def code(self, part: str, known: dict[str, str], column: AnswerColumn, row: RawRow, sheet: str) -> str:
        if part in known:
            return part
        words = part.casefold()
        found = [code for code, label in known.items() if words in {code.casefold(), label.casefold()}]
        if len(found) == 1:
            return found[0]
        codes = ", ".join(known)
        codes = codes if len(codes) <= 2 * MOST_SHOWN else "those in the sheet “codes”"
        self.wrong(sheet, row, column.name, f"“{part[:MOST_SHOWN]}” is not one of the codes. Write one of: {codes}.")
        return ""

    def ticks(self, step: Step, columns: list[AnswerColumn], posted: MultiValueDict, row: RawRow, sheet: str) -> None:
        """The columns of the export with 1 and 0 for each choice: they stand for the one with codes where that is
        empty, and must agree with it where it is not."""
        cells = {
            column.name: row.cells[column.name] for column in columns if column.name in row.cells and not column.field
        }
        for column in columns:
            if not column.is_several:
                continue
            own = {code: cells[name] for code, _ in column.codes if (name := f"{column.name}__{code}") in cells}
            for code, cell in own.items():
                if cell.casefold() not in YES | NO:
                    self.wrong(sheet, row, f"{column.name}__{code}", f"“{cell[:MOST_SHOWN]}” is neither 1 nor 0.")
            ticked = [code for code, cell in own.items() if cell.casefold() in YES]
            given = posted.getlist(column.field)
            if own and not given:
                posted.setlist(column.field, ticked)
            elif own and set(ticked) != set(given) & own.keys():
                self.wrong(sheet, row, column.name, "The ticks in the columns beside it say something else.")

    @staticmethod
    def points(step: Step, columns: list[AnswerColumn], posted: MultiValueDict, row: RawRow) -> None:
        """Latitude and longitude stand in two columns, and are typed into one field."""
        for question in step.page.questions:
            mine = {column.name: row.cells.get(column.name, "") for column in columns if column.question is question}
            point = [cell for name, cell in mine.items() if name.endswith(("__lat", "__lon"))]
            name = f"{question.code}--point"
            if any(point) and question.is_answered and name in fields_of(question):
                posted.setlist(name, [", ".join(point)])

    def remark(self, row: RawRow, planned: Planned) -> None:
        """What somebody should know and nothing can be done about."""
        path = walk(self.definition, planned.answers)
        sheet = self.read.responses.sheet
        if path.missing:
            many = len(path.missing)
            lacking = "1 answer" if many == 1 else f"{many} answers"
            text = f"Without {lacking} that the pages would insist on."
            self.checked.notes.append(Problem(sheet, row.number, "", text))
        for key in path.off_path:
            text = "By the routing this was not to be answered. It is kept in the log and counts nowhere."
            self.checked.notes.append(Problem(sheet, row.number, key, text))

    def wrong(self, sheet: str, row: RawRow, column: str, text: str) -> None:
        self.checked.problems.append(Problem(sheet, row.number, column, text))


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def whole(text: str) -> int:
    """A whole number as it is written in a cell; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
