"""A survey document as an XLSForm workbook that reads back as the same document."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from consultations.surveys.definition import Choice, Definition, Page, Question

TYPES = {
    "short_text": "text",
    "long_text": "text",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "note": "note",
    "single": "select_one",
    "scale": "select_one",
    "multiple": "select_multiple",
    "matrix": "select_one",
}
APPEARANCES = {"long_text": "multiline", "scale": "likert"}
SURVEY = (
    "type name label hint guidance_hint required required_message relevant constraint constraint_message choice_filter "
    "appearance parameters intro theme personal word_limit least most least_choices most_choices low_label high_label"
).split()
TRANSLATED = {
    "label": "label",
    "hint": "hint",
    "guidance": "guidance_hint",
    "required_message": "required_message",
    "constraint_message": "constraint_message",
}
COPIED = ("word_limit", "least", "most", "least_choices", "most_choices", "low_label", "high_label", "choice_filter")

Cells = dict[str, Any]


def write(definition: Definition) -> bytes:
    """The workbook with the sheets survey, choices and settings. Columns that nothing uses are left out."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = workbook.add_format({"bold": True})
    rows = list(_survey_rows(definition))
    _sheet(workbook, "survey", rows, SURVEY, bold)
    choices = list(_choice_rows(definition))
    if choices:
        _sheet(workbook, "choices", choices, ["list_name", "name", "label", "exclusive"], bold)
    settings = {
        "form_title": definition.title,
        "form_id": definition.code,
        "default_language": definition.language,
        "intro": definition.intro,
        "theme": definition.theme,
    }
    _sheet(workbook, "settings", [settings], list(settings), bold)
    workbook.close()
    return out.getvalue()


def _sheet(workbook: Any, name: str, rows: list[Cells], order: list[str], bold: Any) -> None:
    """Write the rows; the columns are those of `order` that are used, then the others as they come."""
    used = dict.fromkeys(heading for row in rows for heading, value in row.items() if value not in ("", None))
    base = [heading for heading in order if heading in used or heading in {"type", "name", "label", "list_name"}]
    extra = [heading for heading in used if heading not in order]
    headings: list[str] = []
    for heading in base:
        headings.append(heading)
        headings += sorted(other for other in extra if other.startswith(f"{heading}::"))
    headings += [heading for heading in extra if heading not in headings]
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, 40 if heading.startswith(("label", "hint", "guidance", "relevant")) else 16)
    for number, row in enumerate(rows, 1):
        for column, heading in enumerate(headings):
            value = row.get(heading)
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, column, value)
            elif value:
                sheet.write_string(number, column, str(value))


def _survey_rows(definition: Definition) -> Iterator[Cells]:
    for page in definition.pages:
        yield {
            "type": "begin_group",
            "name": page.code,
            "label": page.title,
            "relevant": page.relevance,
            "appearance": "field-list",
            "intro": page.intro,
            **_in_languages(definition, f"page:{page.code}:title", "label"),
        }
        yield from _page_rows(definition, page)
        yield {"type": "end_group", "name": "", "label": ""}


def _page_rows(definition: Definition, page: Page) -> Iterator[Cells]:
    for question in page.questions:
        if question.kind == "matrix":
            yield from _matrix_rows(definition, question)
        else:
            yield _question_row(definition, question)


def _question_row(definition: Definition, question: Question) -> Cells:
    kind = TYPES[question.kind]
    if question.choices:
        kind = f"{kind} {question.list_code or question.code}"
        kind += " or_other" if question.has_other else ""
    rows = question.settings.get("rows")
    return {
        "type": kind,
        "name": question.code,
        "label": question.label,
        **_common(definition, question),
        "constraint": question.constraint,
        "constraint_message": question.constraint_message,
        "appearance": APPEARANCES.get(question.kind, ""),
        "parameters": f"rows={rows}" if rows else "",
        **{name: question.settings[name] for name in COPIED if name in question.settings},
    }


def _common(definition: Definition, question: Question) -> Cells:
    cells: Cells = {
        "hint": question.hint,
        "guidance_hint": question.guidance,
        "required": "yes" if question.required else "",
        "required_message": question.required_message,
        "relevant": question.relevance,
        "theme": question.theme,
        "personal": "yes" if question.personal else "",
    }
    for attribute, heading in TRANSLATED.items():
        cells.update(_in_languages(definition, f"question:{question.code}:{attribute}", heading))
    return cells


def _matrix_rows(definition: Definition, question: Question) -> Iterator[Cells]:
    common = _common(definition, question)
    inside = {"required": common.pop("required"), "required_message": common.pop("required_message")}
    yield {
        "type": "begin_group",
        "name": question.code,
        "label": question.label,
        "appearance": "table-list",
        **common,
        "personal": "",
    }
    for row in question.rows:
        yield {
            "type": f"select_one {question.list_code or question.code}",
            "name": row.code,
            "label": row.label,
            **inside,
            "personal": "yes" if question.personal else "",
            **_in_languages(definition, f"choice:{question.row_list_code}:{row.code}:label", "label"),
        }
    yield {"type": "end_group", "name": "", "label": ""}


def _choice_rows(definition: Definition) -> Iterator[Cells]:
    lists: dict[str, tuple[Choice, ...]] = {}
    for question in definition.questions():
        if question.choices:
            lists.setdefault(question.list_code or question.code, question.choices)
    for name, choices in lists.items():
        for choice in choices:
            yield {
                "list_name": name,
                "name": choice.code,
                "label": choice.label,
                "exclusive": "yes" if choice.is_exclusive else "",
                **choice.attributes,
                **_in_languages(definition, f"choice:{name}:{choice.code}:label", "label"),
            }


def _in_languages(definition: Definition, path: str, heading: str) -> Cells:
    return {
        f"{heading}::{language}": texts[path] for language, texts in definition.translations.items() if path in texts
    }
