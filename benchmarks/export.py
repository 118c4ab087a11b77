"""What an export costs beside writing the same cells: CSV against Python's csv, Excel against xlsxwriter.

    .venv/bin/python benchmarks/export.py [--submissions 10000]

Each file is built by `manage.py run_export` in a process of its own, on PostgreSQL, so that CPU and memory are its
own. The bounds write the same cells from memory: no database, no confidentiality, no codebook. The last line is JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import ground
import xlsxwriter

PROFILE = "pseudonymous"


def built(reference: str, file_format: str, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """The figures of one export; fails when the command does."""
    command = [sys.executable, str(ground.ROOT / "manage.py"), "run_export", reference, "--profile", PROFILE]
    command += ["--format", file_format, "--out", str(folder / f"export.{file_format}")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def tables_of(consultation: Any) -> list[tuple[list[str], list[list[Any]]]]:
    """Every cell of the export, in memory."""
    from consultations.exports import sheets  # noqa: PLC0415 - the settings come first

    tables = sheets.sheets(consultation, profile=PROFILE, labels=False)
    return [(table.header, list(table.rows())) for table in tables]


def write_csv(tables: list[tuple[list[str], list[list[Any]]]], folder: Path) -> None:
    for number, (header, rows) in enumerate(tables):
        with (folder / f"bound-{number}.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(rows)


def write_xlsx(tables: list[tuple[list[str], list[list[Any]]]], folder: Path) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(folder / "bound.xlsx", options)
    for header, rows in tables:
        sheet = workbook.add_worksheet()
        for place, cells in enumerate([header, *rows]):
            sheet.write_row(
                place, 0, [cell if isinstance(cell, int | float | str) else str(cell or "") for cell in cells]
            )
    workbook.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=10_000)
    wanted = parser.parse_args()
    with ground.database() as environment, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ground.say(f"Seeding {wanted.submissions:,} submissions ...")
        consultation = ground.seeded(wanted.submissions)
        csv_built = built(consultation.reference, "csv", folder, environment)
        ground.say(f"CSV: {csv_built}")
        xlsx_built = built(consultation.reference, "xlsx", folder, environment)
        ground.say(f"Excel: {xlsx_built}")
        tables = tables_of(consultation)
        csv_bound, _ = ground.cpu_of(lambda: write_csv(tables, folder))
        xlsx_bound, _ = ground.cpu_of(lambda: write_xlsx(tables, folder))
    print(
        json.dumps(
            {
                "submissions": wanted.submissions,
                "rows": csv_built["rows"],
                "columns": csv_built["columns"],
                "csv_cpu_s": csv_built["cpu_s"],
                "csv_bound_cpu_s": round(csv_bound, 3),
                "csv_ratio": round(csv_built["cpu_s"] / csv_bound, 2),
                "xlsx_cpu_s": xlsx_built["cpu_s"],
                "xlsx_bound_cpu_s": round(xlsx_bound, 3),
                "xlsx_ratio": round(xlsx_built["cpu_s"] / xlsx_bound, 2),
                "peak_mb": max(csv_built["peak_mb"], xlsx_built["peak_mb"]),
            }
        )
    )


if __name__ == "__main__":
    main()
