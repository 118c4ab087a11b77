"""A ZIP of CSV files: UTF-8 with the mark that Excel needs, RFC 4180, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from consultations.exports.sheets import Sheet
from consultations.submissions.models import AnswerFile
from engagement.core.tabular import ARMED, as_text, disarm

# (path in the ZIP, file)
Files = Iterable[tuple[str, AnswerFile]]


def write(path: Path, tables: list[Sheet], on_row: Callable[[], None], files: Files = ()) -> list[int]:
    """Write every table as NAME.csv and every file under its path; returns the number of rows of each table.

    `on_row` is called after each row and each file.
    """
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
                    # Most cells are empty, whole numbers or harmless texts, which the writer takes as they are.
                    writer.writerow(
                        [
                            cell
                            if cell is None or type(cell) is int or (type(cell) is str and cell[:1] not in ARMED)
                            else as_text(cell)
                            for cell in row
                        ]
                    )
                    count += 1
                    on_row()
                out.flush()
                out.detach()
            counts.append(count)
        for name, kept in files:
            # Pictures and documents are compressed already.
            part = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            with kept.file.open("rb") as content, archive.open(part, "w", force_zip64=True) as out_file:
                shutil.copyfileobj(content, out_file)
            on_row()
    return counts
