"""An Excel workbook: every cell typed, texts as texts even where they look like formulas or addresses.

What a cell cannot hold (32,767 characters) stands whole in the sheet `long_text`, in pieces with their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from consultations.exports.sheets import Sheet
from engagement.core.errors import Refused
from engagement.core.tabular import ARMED

CELL_LIMIT, ROW_LIMIT, COLUMN_LIMIT = 32_767, 1_048_576, 16_384
CUT = " […: the whole text is in the sheet long_text]"
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def write(path: Path, tables: list[Sheet], on_row: Callable[[], None]) -> list[int]:
    """Write every table as a sheet; returns the number of rows of each. `on_row` is called after each row.

    Raises Refused when a table has more rows or columns than a sheet can hold.
    """
    workbook = xlsxwriter.Workbook(
        path,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    sink = _Sink(workbook)
    counts = []
    taken: set[str] = {"long_text"}
    for table in tables:
        if len(table.header) > COLUMN_LIMIT:
            raise Refused(f"“{table.title}” has more columns than an Excel sheet can hold. Choose CSV files.")
        sheet = workbook.add_worksheet(_name(table.name, taken))
        sink.header(sheet, table.header)
        count = 0
        for row in table.rows():
            count += 1
            if count >= ROW_LIMIT:
                raise Refused(f"“{table.title}” has more rows than an Excel sheet can hold. Choose CSV files.")
            sink.row(sheet, table.name, count, row, table.header)
            on_row()
        counts.append(count)
    sink.finish()
    workbook.close()
    return counts


def _name(wanted: str, taken: set[str]) -> str:
    """A sheet name that Excel accepts: at most 31 characters, none of the forbidden ones, not used before."""
    base = _NOT_IN_NAMES.sub("-", wanted)[:31] or "sheet"
    name, number = base, 2
    while name.lower() in taken:
        name, number = f"{base[:28]}-{number}", number + 1
    taken.add(name.lower())
    return name


class _Sink:
    """Writes cells by type, and keeps the texts that are too long for one."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.bold = workbook.add_format({"bold": True})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        # Excel then keeps the text a text even when somebody edits the cell.
        self.quoted = workbook.add_format({"quote_prefix": True})
        self.long: list[tuple[str, int, str, str]] = []

    def header(self, sheet: Any, names: list[str]) -> None:
        for place, name in enumerate(names):
            sheet.write_string(0, place, name[:CELL_LIMIT], self.bold)

    def row(self, sheet: Any, table: str, number: int, values: list[Any], names: list[str]) -> None:
        write_string, write_number = sheet.write_string, sheet.write_number
        for place, value in enumerate(values):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                if len(value) > CELL_LIMIT:
                    self.long.append((table, number + 1, names[place], value))
                    value = value[: CELL_LIMIT - len(CUT)] + CUT
                if value[0] in ARMED:
                    write_string(number, place, value, self.quoted)
                else:
                    write_string(number, place, value)
            elif isinstance(value, datetime):
                sheet.write_datetime(number, place, value, self.moment)
            elif isinstance(value, date):
                sheet.write_datetime(number, place, datetime(value.year, value.month, value.day), self.day)  # noqa: DTZ001 - a cell has no zone
            else:
                write_number(number, place, value)

    def finish(self) -> None:
        if not self.long:
            return
        sheet = self.workbook.add_worksheet("long_text")
        self.header(sheet, ["table", "row", "column", "piece", "text"])
        line = 0
        for table, row, column, text in self.long:
            for piece, start in enumerate(range(0, len(text), CELL_LIMIT), 1):
                line += 1
                self.row(
                    sheet, "long_text", line, [table, row, column, piece, text[start : start + CELL_LIMIT]], [""] * 5
                )
