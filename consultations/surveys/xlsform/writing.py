"""A survey document as an XLSForm workbook that reads back as the same document."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from consultations.surveys import kinds
from consultations.surveys.definition import SURVEY_TEXTS, Choice, Definition, Page, Question
from consultations.surveys.kinds.base import plain_number
from consultations.surveys.path import SHOWN_ONLY
from consultations.surveys.xlsform.columns import INTRO, PAGE, PLACEHOLDER
from consultations.surveys.xlsform.defaults import write_default
from consultations.surveys.xlsform.naming import Names
from consultations.surveys.xlsform.questions import FLAGS, NUMBERS, WORDS
from consultations.surveys.xlsform.tables import GROUPED
from consultations.surveys.xlsform.types import FILE_TYPES
from engagement.core.errors import Refused

TYPES = {
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "note": "note",
    "image": "note",
    "single": "select_one",
    "yes_no": "select_one",
    "scale": "select_one",
    "multiple": "select_multiple",
    "ranking": "rank",
    "consent": "acknowledge",
    "calculated": "calculate",
    "hidden": "hidden",
}
# Types that name a list.
LISTED = frozenset({"select_one", "select_multiple", "rank"})
APPEARANCES = {"long_text": "multiline", "scale": "likert"}
SURVEY = (
    "type name code_here kind label hint guidance_hint required required_message relevant constraint "
    "constraint_message calculation default choice_filter appearance parameters repeat_count choices_list rows_list "
    "has_other comment_box intro entry_name least_entries most_entries theme personal word_limit least most "
    "least_choices most_choices total low_label high_label coordinates most_files file_types most_megabytes picture_id "
    "picture_width picture_height"
).split()
TRANSLATED = {
    "label": "label",
    "hint": "hint",
    "guidance": "guidance_hint",
    "required_message": "required_message",
    "constraint_message": "constraint_message",
}
# A cell of a workbook holds no more characters.
LONGEST_CELL = 32_767

Cells = dict[str, Any]


def write(definition: Definition) -> bytes:
    """The workbook with the sheets survey, choices and settings. Columns that nothing uses are left out.

    Raises Refused for a text that is longer than a cell can be.
    """
    return _Writer(definition).workbook()


class _Writer:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.names = Names(definition)
        self.lists: dict[str, tuple[Choice, ...]] = {}
        for question in definition.questions():
            if question.choices and question.kind not in FIXED:
                self.lists.setdefault(question.list_code or question.code, question.choices)
            if question.rows and question.kind not in GROUPED:
                self.lists.setdefault(_rows_list(question), question.rows)

    def workbook(self) -> bytes:
        out = io.BytesIO()
        workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        bold = workbook.add_format({"bold": True})
        _sheet(workbook, "survey", list(self.survey_rows()), SURVEY, bold)
        choices = list(self.choice_rows())
        if choices:
            _sheet(workbook, "choices", choices, ["list_name", "name", "label", "exclusive"], bold)
        settings = {
            "form_title": self.definition.title,
            "form_id": self.definition.code,
            "default_language": self.definition.language,
            "intro": self.definition.intro,
            "theme": self.definition.theme,
            # With colons, other tools would take the title for something else.
            **{
                f"{name} in {language}": texts[f"survey:{name}"]
                for name in SURVEY_TEXTS
                for language, texts in self.definition.translations.items()
                if f"survey:{name}" in texts
            },
        }
        _sheet(workbook, "settings", [settings], list(settings), bold)
        workbook.close()
        return out.getvalue()

    # --- survey ---------------------------------------------------------------------------------------

    def survey_rows(self) -> Iterator[Cells]:
        for page in self.definition.pages:
            what = "repeat" if page.repeats else "group"
            yield self.page_row(page, what)
            yield from self.text_rows(page)
            for question in page.questions:
                if question.kind in GROUPED:
                    yield from self.table_rows(question)
                else:
                    yield self.question_row(question)
            yield {"type": f"end_{what}", "name": "", "label": ""}

    def page_row(self, page: Page, what: str) -> Cells:
        least, most = page.least_entries, page.most_entries
        return {
            "type": f"begin_{what}",
            **self.named(self.names.pages[page.code], page.code),
            "kind": "" if page.repeats else PAGE,
            "label": self.names.text(page.title),
            "relevant": self.names.expression(page.relevance),
            "appearance": "field-list",
            "entry_name": page.entry_name,
            "least_entries": least,
            "most_entries": most,
            "repeat_count": least if least and least == most else "",
            **self.in_languages(f"page:{page.code}:title", "label"),
            **self.in_languages(f"page:{page.code}:entry_name", "entry_name"),
        }

    def text_rows(self, page: Page) -> Iterator[Cells]:
        """The introduction as a text that other tools show too. A page without anything to show gets a text that is
        never shown, since XForms takes no group without something in it."""
        name = {"name": self.names.beside(self.names.pages[page.code], "intro")}
        if page.intro:
            label = self.names.text(page.intro)
            in_languages = self.in_languages(f"page:{page.code}:intro", "label")
            yield {"type": "note", **name, "kind": INTRO, "label": label, **in_languages}
        elif not any(question.is_answered or question.kind in SHOWN_ONLY for question in page.questions):
            yield {"type": "note", **name, "kind": PLACEHOLDER, "label": "–", "relevant": "false()"}

    def question_row(self, question: Question) -> Cells:
        type_ = self.type_of(question)
        rows = question.settings.get("rows")
        cells = {
            "type": type_,
            **self.named(self.names.questions[question.code], question.code),
            "kind": question.kind if _needs_kind(question, type_) else "",
            "label": self.names.text(question.label),
            **self.common(question),
            "default": write_default(question),
            "appearance": APPEARANCES.get(question.kind, ""),
            "parameters": f"rows={rows}" if rows else "",
        }
        if question.choices and question.kind not in FIXED and type_.partition(" ")[0] not in LISTED:
            cells["choices_list"] = question.list_code or question.code
        if question.rows:
            cells["rows_list"] = _rows_list(question)
        if question.has_other and "or_other" not in type_:
            cells["has_other"] = "yes"
        return cells

    def type_of(self, question: Question) -> str:
        """The nearest type that XLSForm has."""
        kind = question.kind
        if kind == "location":
            return "geopoint" if question.settings.get("coordinates") else "text"
        if kind == "file":
            return TYPES_OF_FILES.get(_files_of(question), "file")
        type_ = TYPES.get(kind, "text")
        if kind == "yes_no":
            return f"{type_} {self.list_of_fixed(question)}"
        if question.choices and type_ in LISTED:
            type_ = f"{type_} {question.list_code or question.code}"
            # XForms knows no “other” beside a filter.
            type_ += " or_other" if question.has_other and not question.settings.get("choice_filter") else ""
        return type_

    def list_of_fixed(self, question: Question) -> str:
        """A list for choices that are always the same, under a name that no other list has."""
        name = question.kind
        while self.lists.get(name, question.choices) != question.choices:
            name = f"{name}_"
        self.lists[name] = question.choices
        return name

    def table_rows(self, question: Question) -> Iterator[Cells]:
        """A group with a row for each statement, as other tools can ask it too."""
        common = self.common(question)
        inside = {heading: common.pop(heading) for heading in list(common) if heading.startswith("required")}
        default = question.settings.get("default")
        choices_list = question.list_code or question.code
        type_ = GROUPED[question.kind]
        yield {
            "type": "begin_group",
            **self.named(self.names.questions[question.code], question.code),
            "kind": question.kind,
            "label": self.names.text(question.label),
            "appearance": "field-list" if question.kind == "constant_sum" else "table-list",
            "choices_list": choices_list if question.choices else "",
            "rows_list": _rows_list(question),
            **common,
        }
        for row in question.rows:
            value = default.get(row.code) if isinstance(default, dict) else None
            yield {
                "type": f"{type_} {choices_list}" if question.choices else type_,
                **self.named(self.names.statements[question.code, row.code], row.code),
                "label": row.label,
                "exclusive": "yes" if row.is_exclusive else "",
                **inside,
                "default": " ".join(value) if isinstance(value, list) else value,
                **self.in_languages(f"choice:{_rows_list(question)}:{row.code}:label", "label", is_plain=True),
            }
        yield {"type": "end_group", "name": "", "label": ""}

    def common(self, question: Question) -> Cells:
        """What the row of any kind of question has."""
        settings = question.settings
        cells: Cells = {
            **{heading: self.names.text(getattr(question, name)) for name, heading in TRANSLATED.items()},
            "required": "yes" if question.required else "",
            "relevant": self.names.expression(question.relevance),
            "constraint": self.names.expression(question.constraint),
            "calculation": self.names.expression(settings.get("calculation", "")),
            "choice_filter": self.names.expression(settings.get("choice_filter", "")),
            "theme": question.theme,
            "personal": _personal(question),
            **{heading: settings[name] for name, heading in {**NUMBERS, **WORDS}.items() if name in settings},
            **{heading: "yes" for name, heading in FLAGS.items() if settings.get(name)},
            "file_types": "" if _files_of(question) in TYPES_OF_FILES else " ".join(_files_of(question)),
        }
        del cells["label"]
        for name, heading in TRANSLATED.items():
            cells.update(self.in_languages(f"question:{question.code}:{name}", heading))
        return cells

    @staticmethod
    def named(name: str, code: str) -> Cells:
        return {"name": name, "code_here": "" if name == code else code}

    def in_languages(self, path: str, heading: str, *, is_plain: bool = False) -> Cells:
        """The translations of a text, each under a heading with its language."""
        return {
            f"{heading}::{language}": texts[path] if is_plain else self.names.text(texts[path])
            for language, texts in self.definition.translations.items()
            if path in texts
        }

    # --- choices --------------------------------------------------------------------------------------

    def choice_rows(self) -> Iterator[Cells]:
        for name, choices in self.lists.items():
            for choice in choices:
                yield {
                    "list_name": name,
                    "name": choice.code,
                    "label": choice.label,
                    "exclusive": "yes" if choice.is_exclusive else "",
                    **choice.attributes,
                    **self.in_languages(f"choice:{name}:{choice.code}:label", "label", is_plain=True),
                }


FIXED = frozenset(kind.name for kind in kinds.ALL if kind.fixed)
# Groups of files -> the type that takes them.
TYPES_OF_FILES: dict[tuple[str, ...], str] = {(group,): type_ for group, (type_, _) in FILE_TYPES.items()}


def _files_of(question: Question) -> tuple[str, ...]:
    return tuple(question.settings.get("file_types") or ())


def _rows_list(question: Question) -> str:
    return question.row_list_code or f"{question.code}_rows"


def _needs_kind(question: Question, type_: str) -> bool:
    """Whether the type alone does not say which kind it is."""
    kind, settings = question.kind, question.settings
    if kind == "short_text":
        return "word_limit" in settings
    if kind == "location":
        return not settings.get("coordinates") or bool(question.choices)
    if kind == "file":
        return False
    return (
        (kind not in TYPES and kind != "long_text")
        or kind in {"yes_no", "image"}
        or (kind == "scale" and question.has_other)
    )


def _personal(question: Question) -> str:
    """Said only where it is not what the kind is by itself."""
    return "" if question.personal == kinds.of(question).is_personal else "yes" if question.personal else "no"


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
            _write(sheet, number, column, row.get(heading), heading)


def _write(sheet: Any, row: int, column: int, value: Any, heading: str) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        # A workbook keeps sixteen digits; a number with more is written as a text.
        if float(f"{value:.16G}") == value and abs(value) < 1e15:
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, plain_number(value))
    elif value:
        text = str(value)
        if len(text) > LONGEST_CELL:
            raise Refused(
                f"A text in “{heading}” has {len(text):,} characters, and a cell of a workbook holds no more than "
                f"{LONGEST_CELL:,}. Shorten it to export the survey."
            )
        sheet.write_string(row, column, text)
