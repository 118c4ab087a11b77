"""The sheets of a workbook as rows of text with their numbers: .xlsx, .xls, .xlsm, CSV files and Markdown tables."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any

import python_calamine

from engagement.core.errors import Refused
from engagement.core.tabular import check_unpacked_size

# Old workbooks may claim every row of the sheet; most of that is empty.
MOST_CELLS = 40_000_000
# After more empty rows than this, what follows does not belong to the table.
LONGEST_GAP = 61
MOST_FILLED_ROWS = 100_000
MOST_SHEETS = 100
DAMAGED = "The workbook is damaged and cannot be read. Open it, save it again as .xlsx and choose it once more."
NOT_A_WORKBOOK = "This is not a workbook. Save the questionnaire as .xlsx and choose it again."
# The sheets that a ZIP archive of CSV files may hold.
PARTS = ("external_choices", "survey", "choices", "settings")
UNESCAPED_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name as written, and its rows as (number in the spreadsheet, cells)."""

    name: str
    rows: list[tuple[int, list[str]]]
    # The row after a long gap at which reading stopped; 0 when all was read.
    cut_at: int = 0

    @property
    def key(self) -> str:
        """The name for comparing: lower case, words joined by underscores."""
        return "_".join(self.name.strip().lower().split())


def sheets_of(content: bytes, file_name: str) -> list[Sheet]:
    """Every sheet of the file; raises Refused with a sentence when it is no workbook or damaged."""
    if not content.strip():
        raise Refused("The file is empty. Choose the workbook with the questionnaire.")
    # What a file is, is told from its beginning: many an “.xls” is an .xlsx.
    if content.startswith(b"PK\x03\x04"):
        check_unpacked_size(content)
        parts = _csv_parts(content)
        return _of_csv_parts(parts) if parts else _of_workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _of_workbook(content)
    if file_name.lower().endswith((".md", ".markdown")):
        return _of_markdown(content)
    if file_name.lower().endswith((".csv", ".txt")):
        return _of_csv(content)
    raise Refused(NOT_A_WORKBOOK)


def _of_workbook(content: bytes) -> list[Sheet]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names[:MOST_SHEETS]
        return [_read(name, workbook.get_sheet_by_name(name)) for name in names]
    except Refused:
        raise
    except Exception as error:
        # The reader raises several kinds of error for the many ways in which a workbook can be broken.
        raise Refused(DAMAGED) from error


def _read(name: str, sheet: Any) -> Sheet:
    """The rows with something in them, up to a long gap: what stands far below is a leftover, and is said to be one."""
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise Refused(f"The sheet “{name}” has more than {MOST_CELLS:,} cells. Delete what is not needed.")
    rows: list[tuple[int, list[str]]] = []
    last = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if cells.count("") == len(cells):
            continue
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts and rows and number - last > LONGEST_GAP:
            return Sheet(name, rows, cut_at=number)
        if texts:
            rows.append((number, texts))
            last = number
        if len(rows) > MOST_FILLED_ROWS:
            raise Refused(f"The sheet “{name}” has more than {MOST_FILLED_ROWS:,} rows. Delete what is not needed.")
    return Sheet(name, rows)


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).replace("\x00", "").replace("\r\n", "\n").strip()


def _csv_parts(content: bytes) -> dict[str, bytes]:
    """The sheets of a questionnaire that is kept as one CSV file for each, in a ZIP archive; none for a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if not name.startswith("__MACOSX")]
        if any(name == "[Content_Types].xml" for name in names):
            return {}
        try:
            parts = {PurePath(name).stem: archive.read(name) for name in names if name.lower().endswith(".csv")}
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
            # Also for archives with a password or packed in an unusual way.
            raise Refused(DAMAGED) from error
    return parts


def _of_csv_parts(parts: dict[str, bytes]) -> list[Sheet]:
    """A part called “villages_survey.csv” is the sheet “survey”."""
    sheets = []
    for name, content in list(parts.items())[:MOST_SHEETS]:
        key = "_".join(name.lower().split())
        known = [sheet for sheet in PARTS if key == sheet or key.endswith((f"_{sheet}", f"-{sheet}"))]
        sheets.append(_trimmed(known[0] if known else name, _csv_rows(content)))
    return sheets


def _of_csv(content: bytes) -> list[Sheet]:
    """Either the questions alone, or all sheets below one another with their names in the first column."""
    rows = list(_csv_rows(content))
    headings = {cell.lower() for cell in rows[0]} if rows else set()
    if "type" in headings:
        return [_trimmed("survey", rows)]
    found: dict[str, list[list[str]]] = {}
    name = ""
    for row in rows:
        name = row[0].strip() or name if row else name
        if name and any(cell.strip() for cell in row[1:]):
            found.setdefault(name, []).append(row[1:])
    if not found:
        raise Refused(NOT_A_WORKBOOK)
    return [_trimmed(name, rows) for name, rows in list(found.items())[:MOST_SHEETS]]


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    head = text[:4000]
    separator = max(",;\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise Refused(DAMAGED) from error


def _trimmed(name: str, rows: Iterable[list[str]]) -> Sheet:
    """The rows that hold something; CSV keeps no formats, so there are no leftovers far below."""
    found = []
    for number, row in enumerate(rows, 1):
        texts = [_text(cell) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            found.append((number, texts))
        if len(found) > MOST_FILLED_ROWS:
            raise Refused(f"The sheet “{name}” has more than {MOST_FILLED_ROWS:,} rows. Delete what is not needed.")
    return Sheet(name, found)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("The file is not UTF-8 text. Save it as UTF-8, or use a workbook.") from error


def _of_markdown(content: bytes) -> list[Sheet]:
    text = _decoded(content)
    sheets: list[Sheet] = []
    for line in text.splitlines():
        line = line.strip()
        if not line.startswith("|"):
            continue
        cells = [cell.replace("\\|", "|").strip() for cell in UNESCAPED_BAR.split(line)[1:]]
        if cells and not cells[-1]:
            cells.pop()
        if cells and all(re.fullmatch(r":?-{2,}:?", cell) for cell in cells):
            continue
        if cells and cells[0]:
            sheets.append(Sheet(cells[0], []))
        elif sheets and any(cells):
            rows = sheets[-1].rows
            texts = cells[1:]
            while texts and not texts[-1]:
                texts.pop()
            rows.append((len(rows) + 1, texts))
    if not sheets:
        raise Refused("The file holds no tables. A table begins with its name, such as “survey”, in the first cell.")
    return sheets
