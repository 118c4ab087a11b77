"""Filled-in templates for tests: workbooks and CSV files as staff would save them."""

from __future__ import annotations

import csv
import io
from typing import Any

import xlsxwriter

from consultations.submissions import actions
from consultations.submissions.bulk import checking, reading, template
from consultations.surveys.definition import load

LETTER = {
    "reference": "L-1", "received_on": "2019-01-14", "channel": "letter", "name": "Ada Smith",
    "confidentiality": "named", "statement": "What we think.",
}  # fmt: skip


def letter(number: int = 1, **cells: Any) -> dict[str, Any]:
    """One row: a letter of a person, with these cells over it."""
    return {**LETTER, "reference": f"L-{number}", "name": f"Writer {number}", **cells}


def about(version: Any) -> dict[str, str]:
    return {
        "consultation": version.survey.consultation.reference,
        "survey": version.survey.code,
        "version": str(version.number),
        "fingerprint": version.sha256,
    }


def workbook(
    version: Any,
    rows: list[dict[str, Any]],
    *,
    facts: dict[str, str] | None = None,
    entries: dict[str, list[dict[str, Any]]] | None = None,
    sheet: str = "responses",
    formula: str = "",
    names: list[str] | None = None,
) -> bytes:
    """A workbook with these rows below the names of the template's columns. `formula` goes into the cell B3."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    names = names or template.names(version)
    names += [name for row in rows for name in row if name not in names]
    page = book.add_worksheet(sheet)
    _write(page, names, rows)
    if formula:
        page.write_formula(2, 1, formula, None, 43000)
    for code, lines in (entries or {}).items():
        columns = list(dict.fromkeys(name for line in lines for name in line))
        _write(book.add_worksheet(code), columns, lines)
    facts = about(version) if facts is None else facts
    if facts:
        page = book.add_worksheet("about")
        for number, (name, value) in enumerate(facts.items()):
            page.write_string(number, 0, name)
            page.write_string(number, 1, value)
    book.close()
    return out.getvalue()


def _write(page: Any, names: list[str], rows: list[dict[str, Any]]) -> None:
    for place, name in enumerate(names):
        page.write_string(0, place, f"Words of {name}")
        page.write_string(1, place, name)
    for number, row in enumerate(rows, 2):
        for name, value in row.items():
            if value not in (None, ""):
                page.write(number, names.index(name), value)


def csv_file(rows: list[dict[str, Any]], *, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def version_of(survey):
    survey.refresh_from_db()
    return survey.current_version


def checked(survey, content, name="papers.xlsx"):
    version = version_of(survey)
    definition = load(version)
    return checking.check(reading.read(content, name, version, definition), survey.consultation, definition)


def faults(survey, *rows, **more):
    """(row, column) of everything that is wrong."""
    return [(one.row, one.column) for one in checked(survey, workbook(version_of(survey), list(rows), **more)).problems]


def imported(survey, actor, content, name="papers.xlsx"):
    found = checked(survey, content, name)
    assert found.problems == []
    return actions.import_papers(survey, found.planned, version=version_of(survey).number, actor=actor)
