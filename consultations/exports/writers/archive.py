"""A ZIP of CSV files: UTF-8 with the mark that Excel needs, RFC 4180, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from consultations.exports.sheets import Sheet
from engagement.core.tabular import as_text, disarm


def write(path: Path, tables: list[Sheet], on_row: Callable[[], None]) -> list[int]:
    """Write every table as NAME.csv; returns the number of rows of each. `on_row` is called after each row."""
    counts = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for table in tables:
            with archive.open(f"{table.name}.csv", "w", force_zip64=True) as raw:
                raw.write(b"\xef\xbb\xbf")
                out = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=False)
                writer = csv.writer(out, lineterminator="\r\n")
                writer.writerow([disarm(name) for name in table.header])
                count = 0
                for row in table.rows():
                    writer.writerow([as_text(value) for value in row])
                    count += 1
                    on_row()
                out.flush()
                out.detach()
            counts.append(count)
    return counts
