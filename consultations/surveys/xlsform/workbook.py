"""The sheets of a workbook as rows of text with their numbers: .xlsx, .xls, .xlsm, and Markdown tables."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
    if file_name.lower().endswith((".md", ".markdown")):
        return _of_markdown(content)
    if content.startswith(b"PK\x03\x04"):
        check_unpacked_size(content)
    elif not content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(NOT_A_WORKBOOK)
    return _of_workbook(content)


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
        if rows and number - last > LONGEST_GAP:
            return Sheet(name, rows, cut_at=number)
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
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
    return str(cell).replace("\x00", "").replace("\u00a0", " ").replace("\r\n", "\n").strip()


def _of_markdown(content: bytes) -> list[Sheet]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("The file is not UTF-8 text. Save it as UTF-8, or use a workbook.") from error
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
