"""What importing a long questionnaire costs: read, checked and stored as a draft, then published, and exported again.

    .venv/bin/python benchmarks/import.py [--questions 358]

The workbook is made here: two languages, groups and repeats, calculations, sixteen types, conditions and limits. The
bound only reads its cells. The last line is JSON; `cpu_s` is reading and storing together, `publish_cpu_s` and
`export_cpu_s` come on top.
"""

from __future__ import annotations

import argparse
import io
import json
from typing import Any

import ground
import python_calamine
import xlsxwriter

GROUP = 16
# Every so many groups one is filled in once for each entry.
REPEAT_EVERY = 4
HEAD = (
    "type name label label::Cymraeg(cy) hint hint::Cymraeg(cy) kind required relevant constraint constraint_message "
    "calculation default appearance"
).split()
TYPES = (
    "select_one yesno", "select_multiple topics", "integer", "text", "select_one yesno or_other", "decimal", "date",
    "text", "rank topics", "time", "geopoint", "acknowledge", "image", "text", "select_one yesno", "text",
)  # fmt: skip
# Kinds for which XLSForm has no type, by their place in the group.
OWN_KINDS = {7: "email", 13: "address"}


def rows_of(questions: int) -> list[list[str]]:
    """The sheet `survey`: groups of sixteen questions; every second group is shown after a yes in an earlier one."""
    rows = [HEAD]
    for begin in range(0, questions, GROUP):
        group = begin // GROUP
        what = "repeat" if group % REPEAT_EVERY == REPEAT_EVERY - 1 else "group"
        # What was asked in entries cannot be looked at from outside.
        shown = f"${{q{begin - GROUP}}} = 'yes'" if group % 2 and group % REPEAT_EVERY else ""
        label = {"label": f"Part {group + 1}", "label::Cymraeg(cy)": f"Rhan {group + 1}"}
        rows.append(_row(type=f"begin {what}", name=f"group{group}", relevant=shown, **label))
        for number in range(begin, min(begin + GROUP, questions)):
            rows.append(_question(number, begin))
        if questions > begin + 2:
            rows.append(_row(type="calculate", name=f"double{group}", calculation=f"${{q{begin + 2}}} * 2"))
        rows.append(_row(type=f"end {what}"))
    return rows


def _question(number: int, begin: int) -> list[str]:
    place = number % GROUP
    type_ = TYPES[place]
    limit = ". >= 0 and . <= 5000" if type_ in {"integer", "decimal"} else ""
    return _row(
        **{"label::Cymraeg(cy)": f"Cwestiwn {number + 1}: beth yw eich profiad?", "hint::Cymraeg(cy)": "Atebwch."},
        type=type_,
        name=f"q{number}",
        label=f"Question {number + 1}: what is your experience of it?",
        hint="Answer as well as you remember.",
        kind=OWN_KINDS.get(place, ""),
        required="yes" if number % 5 == 0 else "",
        relevant=f"${{q{begin}}} = 'yes'" if place == GROUP - 1 else "",
        constraint=limit,
        constraint_message="Give a number from 0 to 5,000." if limit else "",
        default="yes" if type_ == "select_one yesno" and number % 2 == 0 else "",
        appearance="multiline" if type_ == "text" and place == GROUP - 1 else "",
    )


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
        from consultations.surveys import actions, compiling, lifecycle, xlsform  # noqa: PLC0415
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
        export, content_again = ground.cpu_of(lambda: xlsform.write(compiling.draft_of(survey)))
        assert xlsform.read(content_again, "long.xlsx").definition.sha256 == version.sha256
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
                "export_cpu_s": round(export, 3),
                "same_again_cpu_s": round(again, 3),
                "bound_cpu_s": round(bound, 4),
                "ratio": round((read + stored) / bound, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
