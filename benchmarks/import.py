"""What importing a long questionnaire costs: read, checked and stored as a draft, then published.

    .venv/bin/python benchmarks/import.py [--questions 358]

The workbook is made here: groups, every kind of question, conditions and limits. The bound only reads its cells. The
last line is JSON; `cpu_s` is reading and storing together, `publish_cpu_s` comes on top.
"""

from __future__ import annotations

import argparse
import io
import json
from typing import Any

import ground
import python_calamine
import xlsxwriter

GROUP = 8
HEAD = ["type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "appearance"]
KINDS = ["select_one yesno", "select_multiple topics", "integer", "text", "select_one yesno", "decimal", "date", "text"]


def rows_of(questions: int) -> list[list[str]]:
    """The sheet `survey`: groups of eight questions; every second group is shown after a yes in an earlier one."""
    rows = [HEAD]
    for begin in range(0, questions, GROUP):
        group = begin // GROUP
        shown = f"${{q{begin - GROUP}}} = 'yes'" if group % 2 else ""
        rows.append(_row(type="begin group", name=f"group{group}", label=f"Part {group + 1}", relevant=shown))
        for number in range(begin, min(begin + GROUP, questions)):
            kind = KINDS[number % GROUP]
            limit = ". >= 0 and . <= 5000" if kind in {"integer", "decimal"} else ""
            rows.append(
                _row(
                    type=kind,
                    name=f"q{number}",
                    label=f"Question {number + 1}: what is your experience of it?",
                    hint="Answer as well as you remember.",
                    required="yes" if number % 5 == 0 else "",
                    constraint=limit,
                    constraint_message="Give a number from 0 to 5,000." if limit else "",
                    appearance="multiline" if kind == "text" and number % 2 else "",
                )
            )
        rows.append(_row(type="end group"))
    return rows


def _row(**cells: str) -> list[str]:
    return [cells.get(name, "") for name in HEAD]


def workbook(questions: int) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheets = {
        "survey": rows_of(questions),
        "choices": [
            ["list_name", "name", "label"],
            *(["yesno", code, label] for code, label in (("yes", "Yes"), ("no", "No"), ("unsure", "Not sure"))),
            *(["topics", f"t{number}", f"Topic {number}"] for number in range(12)),
        ],
        "settings": [["form_title", "form_id"], ["A long questionnaire", "long"]],
    }
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    book.close()
    return out.getvalue()


def read_cells(content: bytes) -> int:
    """The bound: every cell of every sheet, understood by nobody."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return sum(len(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=358)
    wanted = parser.parse_args()
    content = workbook(wanted.questions)
    with ground.database():
        from consultations.programme import actions as programme  # noqa: PLC0415 - the settings come first
        from consultations.surveys import actions, lifecycle, xlsform  # noqa: PLC0415
        from engagement.accounts.actions import ensure_user  # noqa: PLC0415

        author = ensure_user("import@soundings.example", "Import")
        consultation = programme.create_consultation(
            actor=author, reference="import", title="Import", purpose="To measure."
        )
        read_cells(content)
        bound, _ = ground.cpu_of(lambda: read_cells(content))
        read, imported = ground.cpu_of(lambda: xlsform.read(content, "long.xlsx"))
        assert not imported.is_refused, [message.text for message in imported.errors]
        stored, surveys = ground.cpu_of(lambda: actions.import_workbook(consultation, imported, actor=author))
        survey: Any = surveys[0]
        published, version = ground.cpu_of(lambda: lifecycle.publish(survey.pk, actor=author))
        again, _ = ground.cpu_of(lambda: actions.import_workbook(consultation, imported, actor=author))
    print(
        json.dumps(
            {
                "questions": imported.questions,
                "mapped": imported.mapped,
                "version": version.number,
                "cpu_s": round(read + stored, 3),
                "read_cpu_s": round(read, 3),
                "store_cpu_s": round(stored, 3),
                "publish_cpu_s": round(published, 3),
                "same_again_cpu_s": round(again, 3),
                "bound_cpu_s": round(bound, 4),
                "ratio": round((read + stored) / bound, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
