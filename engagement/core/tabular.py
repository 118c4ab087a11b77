"""Tables in and out: rows read from CSV and XLSX with their line numbers; rows written as CSV with formulas disarmed.

Reading accepts UTF-8 (with or without mark) and Windows-1252 text, comma, semicolon or tab between cells, and the
first sheet of a workbook. Nothing here knows what the columns mean.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TextIO

import python_calamine

from engagement.core.errors import Refused

# What makes a spreadsheet program take a text for a formula (OWASP, "CSV Injection"), full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ARMED = frozenset(FORMULA_STARTS)
# A workbook may not unpack to more than this: a small file can hold gigabytes.
UNPACKED_LIMIT = 200 * 1024 * 1024
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Column:
    """One column of an output: its heading, and how a row's value is found."""

    heading: str
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class SourceRow:
    """One row of an input: its number as the person sees it in the file, and its cells by heading."""

    number: int
    cells: dict[str, str]


def disarm(value: Any) -> Any:
    """The value as a spreadsheet may show it and never run it: a text like a formula gets a quote before it.

    Numbers are left alone: minus five is a number, "-5+cmd" is not.
    """
    if isinstance(value, str) and value[:1] in ARMED:
        return "'" + value
    return value


def as_text(value: Any) -> Any:
    """How a value stands in a CSV cell: nothing for None, ISO for dates and moments, 1 and 0 for yes and no."""
    if isinstance(value, str):
        return disarm(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def write_csv(out: TextIO, columns: list[Column], rows: Iterable[Any]) -> int:
    """Write a heading and a line per row (RFC 4180); returns the number of rows. Headings are disarmed too."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([disarm(column.heading) for column in columns])
    count = 0
    for row in rows:
        writer.writerow([as_text(column.value(row)) for column in columns])
        count += 1
    return count


def read_table(content: bytes, file_name: str) -> tuple[list[str], list[SourceRow]]:
    """The headings and the rows of a CSV or XLSX file; blank rows are left out, numbers kept.

    Raises Refused with a sentence when the file is neither, is damaged, empty, too large, or names a column twice.
    """
    lines = _workbook_lines(content) if _is_workbook(content, file_name) else _csv_lines(content)
    heading: list[str] | None = None
    rows: list[SourceRow] = []
    for number, cells in lines:
        if not any(cells):
            continue
        if heading is None:
            heading = [cell.strip() for cell in cells]
            while heading and not heading[-1]:
                heading.pop()
            twice = {name for name in heading if name and heading.count(name) > 1}
            if twice:
                raise Refused(f"The column “{min(twice)}” stands twice in the first row. Name each column once.")
            continue
        if len(rows) >= MOST_ROWS:
            raise Refused(f"The file has more than {MOST_ROWS:,} rows. Split it into smaller files.")
        rows.append(
            SourceRow(
                number, {name: cells[i].strip() if i < len(cells) else "" for i, name in enumerate(heading) if name}
            )
        )
    if heading is None:
        raise Refused("The file is empty. Its first row must name the columns.")
    return heading, rows


def _is_workbook(content: bytes, file_name: str) -> bool:
    if content.startswith(b"PK\x03\x04"):
        return True
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return True
    if file_name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        raise Refused("This file is named like an Excel workbook but is not one. Save it again as .xlsx or .csv.")
    return False


def check_unpacked_size(content: bytes) -> None:
    """Raise Refused for a zip-based file that is damaged or would unpack to more than UNPACKED_LIMIT bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_LIMIT:
                raise Refused("The file is too large once unpacked. Split it into smaller files.")
    except zipfile.BadZipFile as error:
        raise Refused("The workbook is damaged and cannot be read. Save it again and try once more.") from error


def _workbook_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if content.startswith(b"PK"):
        check_unpacked_size(content)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except Exception as error:  # the reader raises several kinds for the many ways a workbook can be broken
        raise Refused("The workbook is damaged and cannot be read. Save it again and try once more.") from error
    for number, row in enumerate(rows, 1):
        yield number, [_cell_text(cell) for cell in row]


def _cell_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).replace("\x00", "")


def _csv_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if b"\x00" in content:
        raise Refused("This is not a CSV file or an Excel workbook. Save the list as .xlsx or .csv.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused(
                f"Line {before + 1} cannot be read: a quotation mark is opened and not closed, or text follows one."
            ) from error
        # The number of the line a row begins at: a quoted cell may run over several lines.
        yield before + 1, cells
        before = reader.line_num
