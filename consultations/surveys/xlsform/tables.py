"""Tables of ours in a workbook: a group whose column “kind” says which, with a row for each statement."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from consultations.surveys.definition import Choice, Question
from consultations.surveys.xlsform.columns import Row
from consultations.surveys.xlsform.drafts import Draft, Group
from consultations.surveys.xlsform.texts import is_yes
from consultations.surveys.xlsform.types import Type

# Kinds that are written as a group; the type of the rows in it.
GROUPED = {"matrix": "select_one", "matrix_several": "select_multiple", "constant_sum": "decimal"}
# The kind that one statement would be by itself.
ALONE = {"matrix": "single", "matrix_several": "multiple", "constant_sum": "decimal"}

# The sheet comes from `survey`, which imports this module: `Any` keeps the imports in one direction.
Sheet = Any


def add_statement(sheet: Sheet, group: Group, row: Row, kind: Type) -> None:
    """Take one row of the group as a statement of its table."""
    if kind.role != "question":
        sheet.error(row, "type", "Inside of a table there are only the rows of its statements.")
        return
    code = row["code_here"] or row["name"]
    if code in {choice.code for _, choice in group.statements}:
        sheet.error(row, "name", f"Two rows of the same group have the name “{code}”. Rename one of them.")
        return
    label = sheet.text(row, "label", f"choice:{rows_list_of(group)}:{code}:label") or row["name"]
    group.statements.append((row, Choice(code, label, is_yes(row["exclusive"]))))
    if kind.list_name:
        group.list_names.append(kind.list_name)
    sheet.names.without_value.add(row["name"])


def rows_list_of(group: Group) -> str:
    """Under which name the statements of a table are kept."""
    return group.row["rows_list"] or f"{group.code}_rows"


def add_table(sheet: Sheet, group: Group) -> None:
    """The group has ended: add the question that it is."""
    row, code = group.row, group.code
    name = row["choices_list"] or next(iter(group.list_names), "")
    # The statements carry what other tools need to know of each.
    first = group.statements[0][0] if group.statements else row
    question = Question(
        code=code,
        kind=group.table,
        label=group.title or group.name,
        **sheet.texts_of(row, code, required_from=first),
        required=any(sheet.required(one) for one, _ in group.statements),
        relevance=group.own_relevance,
        constraint=sheet.expression(row, "constraint", own=group.name, code=code),
        rows=tuple(choice for _, choice in group.statements),
        row_list_code=rows_list_of(group),
        settings=sheet.settings_of(row),
        theme=row["theme"],
        personal=is_yes(row["personal"]),
    )
    if group.table != "constant_sum":
        question = sheet.with_list(question, row, name, sheet.lists)
        if question is None:
            return
    defaults = {choice.code: _default_of(sheet, question, one) for one, choice in group.statements if one["default"]}
    defaults = {of: value for of, value in defaults.items() if value is not None}
    if defaults:
        question = replace(question, settings={**question.settings, "default": defaults})
    sheet.imported.questions += len(group.statements)
    sheet.imported.mapped += len(group.statements)
    sheet.imported.rows.setdefault(code, row.number)
    sheet.names.asked[group.name] = code
    sheet.names.without_value.discard(group.name)
    sheet.drafts.append(Draft(question, group.appearance, row, group.parent))


def _default_of(sheet: Sheet, question: Question, row: Row) -> Any:
    return sheet.default_of(row, replace(question, kind=ALONE[question.kind]))
