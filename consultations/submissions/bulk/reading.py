"""Takes a workbook or CSV file apart into rows of text with their place, and refuses what is none or does not fit.

No formula is ever taken for an answer: what a cell shows could come from anywhere. A workbook says itself of which
survey and version it is; a CSV file is taken for what people answer now.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import python_calamine
from lxml import etree

from consultations.submissions.bulk.sheet import ABOUT, CODES, MOST_ROWS, RESPONSES, sheet_name
from consultations.surveys.definition import Definition
from consultations.surveys.models import SurveyVersion
from engagement.core.errors import Refused
from engagement.core.tabular import FORMULA_STARTS, check_unpacked_size

MOST_BYTES = 5 * 1024 * 1024
# Sheets may claim a million empty rows; more cells than this are not looked at.
MOST_CELLS = 30_000_000
# Among how many rows the one with the names of the columns is looked for.
HEAD_ROWS = 10
KEY = "reference"
DAMAGED = "The workbook is damaged and cannot be read. Open it, save it again as .xlsx and choose it once more."
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place. `row` counts as the spreadsheet does; 0 is the whole sheet."""

    sheet: str
    row: int
    column: str
    text: str


@dataclass(frozen=True)
class RawRow:
    """One row: its number in the file, and its cells by the name of their column; empty ones are left out."""

    number: int
    cells: dict[str, str]


@dataclass
class Table:
    """One sheet: the names of its columns, its rows, the row that holds the names."""

    sheet: str
    names: list[str] = field(default_factory=list)
    rows: list[RawRow] = field(default_factory=list)
    head: int = 0


@dataclass
class Read:
    """A file as rows. `entries` are the sheets of repeated pages by page code."""

    file_name: str
    responses: Table
    entries: dict[str, Table] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(content: bytes, file_name: str, version: SurveyVersion, definition: Definition) -> Read:
    """The rows of a filled-in template of this version.

    Raises Refused with a sentence for a file that is no table, is damaged or too large, or is of another survey or
    version; formulas are listed as problems, each with its cell.
    """
    if len(content) > MOST_BYTES:
        raise Refused("The file is larger than 5 megabytes. Split it into several.")
    if not content.strip():
        raise Refused("The file is empty. Choose the workbook with the responses.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("This is a workbook of the old kind (.xls). Save it as .xlsx and choose it once more.")
    if content.startswith(b"PK\x03\x04"):
        found = _of_workbook(content, file_name, version, definition)
    elif b"\x00" in content or file_name.lower().endswith((".xlsx", ".xlsm", ".ods", ".xls")):
        raise Refused("This is not a workbook or a CSV file. Save the responses as .xlsx or .csv.")
    else:
        found = _of_csv(content, file_name, definition)
    if len(found.responses.rows) > MOST_ROWS:
        raise Refused(
            f"The file has {len(found.responses.rows):,} responses; there is room for {MOST_ROWS} in one. Split it "
            "into several files: each is checked and imported while you wait."
        )
    if not found.responses.rows:
        raise Refused("The file has no response yet. Write one row for each below the names of the columns.")
    return found


# --- workbooks ---------------------------------------------------------------------------------------------


def _of_workbook(content: bytes, file_name: str, version: SurveyVersion, definition: Definition) -> Read:
    check_unpacked_size(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(book.sheet_names)
    except Exception as error:  # the reader raises several kinds for the many ways a workbook can be broken
        raise Refused(DAMAGED) from error
    if RESPONSES not in names:
        raise Refused(f"There is no sheet “{RESPONSES}”. Download the template of this survey and write into it.")
    _refuse_other(_lines(book, ABOUT) if ABOUT in names else [], version)
    problems: list[Problem] = []
    found = Read(file_name, _table(RESPONSES, _lines(book, RESPONSES), problems), problems=problems)
    pages = {sheet_name(page.code): page.code for page in definition.pages if page.repeats}
    for sheet, code in pages.items():
        if sheet in names:
            found.entries[code] = _table(sheet, _lines(book, sheet), found.problems)
    for sheet, cell in _formulas(content):
        if sheet not in {CODES, ABOUT}:
            row = int("".join(letter for letter in cell if letter.isdigit()) or 0)
            table = found.responses if sheet == RESPONSES else found.entries.get(pages.get(sheet, ""))
            found.problems.append(
                Problem(sheet, row, _column_at(table, cell), "This cell holds a formula. Write the value itself.")
            )
    return found


def _refuse_other(about: list[tuple[int, list[str]]], version: SurveyVersion) -> None:
    facts = {cells[0]: cells[1] for _, cells in about if len(cells) > 1 and cells[0]}
    if not facts:
        raise Refused(
            f"The sheet “{ABOUT}” is missing, so nobody can tell of which survey the workbook is. Write into the "
            "template as it was downloaded, or save the sheet of responses as CSV."
        )
    survey, consultation = version.survey, version.survey.consultation
    if (facts.get("consultation"), facts.get("survey")) != (consultation.reference, survey.code):
        raise Refused(
            f"This workbook is of another survey ({facts.get('title') or facts.get('survey') or 'not named'}). "
            f"Choose that survey, or download the template of “{survey.title}”."
        )
    if facts.get("version") != str(version.number) or facts.get("fingerprint") != version.sha256:
        raise Refused(
            f"This workbook is of version {facts.get('version') or '?'} of the survey; people answer version "
            f"{version.number} now. Download the template again and copy the rows into it."
        )


def _lines(book: Any, name: str) -> list[tuple[int, list[str]]]:
    """The rows of a sheet with something in them, by their number."""
    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * max(sheet.total_width, 1) > MOST_CELLS:
            raise Refused(f"The sheet “{name}” claims more than {MOST_CELLS:,} cells. Delete the empty rows below.")
        lines = []
        for number, row in enumerate(sheet.iter_rows(), 1):
            if row.count("") == len(row):
                continue
            cells = [_text(cell) for cell in row]
            if any(cells):
                lines.append((number, cells))
        return lines
    except Refused:
        raise
    except Exception as error:  # as above
        raise Refused(DAMAGED) from error


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).replace("\x00", "").replace("\u00a0", " ").replace("\r\n", "\n").strip()


def _formulas(content: bytes) -> list[tuple[str, str]]:
    """(sheet, cell) of every formula: the reader of values cannot tell one from a value."""
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name, path in _sheet_paths(package):
                with package.open(path) as part:
                    for _, row in etree.iterparse(
                        part, tag=f"{MAIN}row", resolve_entities=False, no_network=True, huge_tree=False
                    ):
                        found += [(name, cell.getparent().get("r") or "") for cell in row.iter(f"{MAIN}f")]
                        row.clear()
                        while row.getprevious() is not None:
                            del row.getparent()[0]
    except (etree.XMLSyntaxError, KeyError, zipfile.BadZipFile, ValueError) as error:
        raise Refused(DAMAGED) from error
    return found


def _sheet_paths(package: zipfile.ZipFile) -> list[tuple[str, str]]:
    """(name, place in the package) of each sheet."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    book = etree.fromstring(package.read("xl/workbook.xml"), parser)
    links = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {link.get("Id"): link.get("Target") or "" for link in links.iter(RELATION)}
    paths = []
    for sheet in book.iter(f"{MAIN}sheet"):
        target = targets.get(sheet.get(LINKED), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if target and path in package.namelist():
            paths.append((sheet.get("name") or "", path))
    return paths


def _column_at(table: Table | None, cell: str) -> str:
    """The name of the column that a cell like “AB12” stands in; its letters where that has no name."""
    letters = "".join(letter for letter in cell if letter.isalpha()).upper()
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    named = table is not None and 0 < place <= len(table.names) and table.names[place - 1]
    return table.names[place - 1] if named and table is not None else letters


# --- CSV ---------------------------------------------------------------------------------------------------


def _of_csv(content: bytes, file_name: str, definition: Definition) -> Read:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    head = next((line for line in text.splitlines() if KEY in line.lower()), text.split("\n", 1)[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    lines: list[tuple[int, list[str]]] = []
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise Refused(
                f"Line {before + 1} cannot be read: a quotation mark is opened and not closed, or text follows one."
            ) from error
        # Numbers are those of lines: a quoted cell may run over several.
        lines.append((before + 1, [_armed(cell) for cell in cells]))
        before = reader.line_num
    problems: list[Problem] = []
    table = _table(RESPONSES, [line for line in lines if any(line[1])], problems)
    if any(page.repeats for page in definition.pages):
        problems.append(
            Problem(RESPONSES, 0, "", "This survey has pages that repeat, and CSV has no place for them. Use .xlsx.")
        )
    return Read(file_name, table, problems=problems)


def _armed(cell: str) -> str:
    """The text of a cell without the quotation mark that our own files put before what looks like a formula."""
    cell = cell.replace("\r\n", "\n").strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


# --- rows --------------------------------------------------------------------------------------------------


def _table(sheet: str, lines: list[tuple[int, list[str]]], problems: list[Problem]) -> Table:
    """Rows below the one that names the columns; raises Refused when there is none."""
    place = next((place for place, (_, cells) in enumerate(lines[:HEAD_ROWS]) if KEY in map(str.lower, cells)), None)
    if place is None:
        raise Refused(
            f"In the sheet “{sheet}” no row names the columns: one of the first must have “{KEY}” and the others as "
            "the template does."
        )
    head, cells = lines[place]
    names = [name.lower() if name.lower() == KEY else name for name in cells]
    table = Table(sheet, names, head=head)
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        problems.append(Problem(sheet, head, name, "This column stands here twice. Keep one."))
    for number, row in lines[place + 1 :]:
        table.rows.append(RawRow(number, {name: cell for name, cell in zip(names, row, strict=False) if name and cell}))
        outside = [cell for cell in row[len(names) :] if cell] + [
            cell for name, cell in zip(names, row, strict=False) if not name and cell
        ]
        if outside:
            problems.append(Problem(sheet, number, "", f"“{outside[0][:40]}” stands in a column without a name."))
    return table
