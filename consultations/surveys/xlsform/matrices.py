"""Groups that XLSForm draws as a table of radios, made into one question of the kind matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from consultations.surveys.conditions import ExpressionError, references
from consultations.surveys.definition import QUESTION_TEXTS, Choice, Question
from consultations.surveys.path import PIPED

# What a question of its own can have and a statement cannot.
LIMITS = {"choice_filter", "comment", "least_choices", "most_choices"}

# The sheet and its drafts come from `survey`, which imports this module: `Any` keeps the imports in one direction.
Sheet = Any
Draft = Any


def matrices_of(drafts: list[Draft], sheet: Sheet) -> list[Draft]:
    """The drafts with each table of radios replaced by one matrix; what cannot be one stays as it is, with a note."""
    needed = _needed(drafts)
    found: list[Draft] = []
    for group, together in groupby(drafts, key=lambda draft: id(draft.group) if draft.group else 0):
        part = list(together)
        if group and part[0].group.is_table:
            found.extend(_of_table(part, needed, sheet))
        else:
            found.extend(_of_labels(part, needed, sheet))
    return found


def _needed(drafts: list[Draft]) -> set[str]:
    """The codes that any condition or text looks at: their answers must stay questions of their own."""
    codes: set[str] = set()
    for draft in drafts:
        question, group = draft.question, draft.group
        for name in QUESTION_TEXTS:
            codes.update(PIPED.findall(getattr(question, name)))
        texts = [(question.relevance, False), (question.settings.get("choice_filter", ""), True)]
        texts += [(question.constraint, False), (question.settings.get("calculation", ""), False)]
        texts.append((group.relevance if group else "", False))
        for text, is_filter in texts:
            try:
                codes.update(references(text, is_filter) if text else ())
            except ExpressionError:
                continue
    return codes


def _are_rows(drafts: list[Draft], needed: set[str]) -> bool:
    """Whether these questions can be the statements of one matrix."""
    lists = {draft.question.list_code for draft in drafts}
    of_kinds = {draft.question.kind for draft in drafts}
    return (
        len(lists) == 1
        and (of_kinds <= {"single", "scale"} or of_kinds == {"multiple"})
        and all(
            not draft.question.relevance
            and not draft.question.constraint
            and not draft.question.has_other
            and not LIMITS & set(draft.question.settings)
            and draft.question.code not in needed
            for draft in drafts
        )
    )


def _of_table(part: list[Draft], needed: set[str], sheet: Sheet) -> Iterator[Draft]:
    group = part[0].group
    if group.name in sheet.codes or not _are_rows(part, needed):
        sheet.note(
            group.row, "appearance", f"“{group.name}” cannot be a table of statements; its questions stay apart."
        )
        yield from part
        return
    sheet.codes.add(group.name)
    sheet.texts.move(f"page:{group.name}:title", f"question:{group.name}:label")
    # The hint of the group is what a matrix has; a note inside of the group stays a note before it.
    hint = sheet.texts.of(group.row, "hint", f"question:{group.name}:hint")
    question = Question(
        code=group.name,
        kind="matrix",
        label=group.title or group.name,
        hint=hint,
        guidance=sheet.texts.of(group.row, "guidance_hint", f"question:{group.name}:guidance"),
        relevance=group.own_relevance,
        theme=group.row["theme"] or part[0].question.theme,
    )
    yield replace(part[0], question=_with_rows(question, part, sheet), group=group.parent)


def _of_labels(part: list[Draft], needed: set[str], sheet: Sheet) -> Iterator[Draft]:
    at = 0
    while at < len(part):
        header = part[at]
        rows = []
        if header.appearance.strip() == "label":
            for draft in part[at + 1 :]:
                if "list-nolabel" not in draft.appearance.replace("_", "-"):
                    break
                rows.append(draft)
        if rows and _are_rows([header, *rows], needed):
            question = replace(header.question, settings={}, choices=(), list_code="")
            yield replace(header, question=_with_rows(question, rows, sheet))
            at += 1 + len(rows)
        else:
            yield header
            at += 1


def _with_rows(question: Question, rows: list[Draft], sheet: Sheet) -> Question:
    first = rows[0].question
    row_list = f"{question.code}_rows"
    required = [row.question.required for row in rows]
    if any(required) and not all(required):
        sheet.note(
            rows[0].row, "required", "Some statements must be answered and some not: the whole table may be left blank."
        )
    for row in rows:
        code = row.question.code
        sheet.texts.move(f"question:{code}:label", f"choice:{row_list}:{code}:label")
        if row.question.hint or row.question.guidance:
            sheet.note(row.row, "hint", f"The hint of the statement “{code}” is left out.")
    defaults = {row.question.code: row.question.settings.get("default") for row in rows}
    defaults = {code: value for code, value in defaults.items() if value}
    messages = [row.question.required_message for row in rows if row.question.required_message]
    return replace(
        question,
        kind="matrix_several" if first.kind == "multiple" else "matrix",
        settings={"default": defaults} if defaults else {},
        required=all(required),
        required_message=messages[0] if messages and all(required) else question.required_message,
        choices=first.choices,
        list_code=first.list_code,
        rows=tuple(Choice(row.question.code, row.question.label) for row in rows),
        row_list_code=row_list,
        theme=question.theme or first.theme,
        personal=question.personal or any(row.question.personal for row in rows),
    )
