"""The survey sheet, row by row: groups become pages, rows become questions."""

from __future__ import annotations

import re
from typing import Any

from consultations.surveys import kinds
from consultations.surveys.definition import PAGE_TEXTS, QUESTION_TEXTS, SURVEY_TEXTS, Page, Question
from consultations.surveys.xlsform.columns import INTRO, PAGE, PLACEHOLDER, Row
from consultations.surveys.xlsform.drafts import LONGEST_NAME, Draft, Group, both, free, paged
from consultations.surveys.xlsform.expressions import Mistake, NotKnown, translated
from consultations.surveys.xlsform.matrices import matrices_of
from consultations.surveys.xlsform.questions import QuestionRows
from consultations.surveys.xlsform.tables import GROUPED, add_statement, add_table
from consultations.surveys.xlsform.texts import is_yes
from consultations.surveys.xlsform.types import Type, type_of, with_kind

NAME = re.compile(r"[^\W\d][\w.\-]*")
STATEMENT = re.compile(rf"\S{{1,{LONGEST_NAME}}}")
NAME_RULE = "it begins with a letter and has letters, digits, “_”, “-”, “.” only."
MOST_ENTRIES = 500


class SurveySheet(QuestionRows):
    """Reads the rows of a survey sheet; `pages()` once."""

    # --- the walk -------------------------------------------------------------------------------------

    def pages(self) -> list[Page]:
        """The pages of the document; errors and notes are in the messages."""
        active = [row for row in self.rows if not self._is_disabled(row)]
        self.times.update(row["name"] for row in active if row["name"])
        self.names.every = set(self.times)
        for row in active:
            self._row(row)
        for group in reversed(self.groups):
            self.error(group.row, "type", f"The {group.kind} that begins here is never ended.")
        if self.imported.errors:
            return []
        return paged(matrices_of(self.drafts, self), self.own_pages, self.imported.rows)

    def _is_disabled(self, row: Row) -> bool:
        if is_yes(row["disabled"]):
            self.note(row, "disabled", f"“{row['name']}” is switched off and passed over.")
            return True
        return False

    def _row(self, row: Row) -> None:
        if not row["type"]:
            if row["name"] or row.texts:
                self.error(row, "type", "The row has no type.")
            return
        kind = self._with_own_kind(row, type_of(row["type"]))
        handler = {
            "begin": self._begin,
            "end": self._end,
            "question": self._worked_out if self._is_worked_out(row) else self._question,
            "calculation": self._calculation,
            "hidden": self._hidden,
            "metadata": self._metadata,
            "external": self._external,
            INTRO: self._intro,
            PLACEHOLDER: lambda row, kind: None,
        }.get(kind.role)
        if handler is None:
            self.error(row, "type", f"The type “{row['type']}” is not known.")
            return
        if kind.role != "end" and not self._has_fit_name(row, kind):
            return
        if self.groups and self.groups[-1].table and kind.role != "end":
            add_statement(self, self.groups[-1], row, kind)
        else:
            handler(row, kind)

    def _with_own_kind(self, row: Row, kind: Type) -> Type:
        """The type, unless the column “kind” names one of our kinds for the row."""
        named = "_".join(row["kind"].lower().split())
        if named:
            row.cells["kind"] = named
        if not named or kind.role == "end" or (kind.role == "begin" and named in {PAGE, *GROUPED}):
            return kind
        if named in kinds.KINDS and kind.role != "begin":
            return with_kind(kind, named)
        if named in {INTRO, PLACEHOLDER} and kind.kind == "note" and self.groups:
            return Type(named)
        row.cells.pop("kind")
        self.note(row, "kind", f"“{named}” is no kind that this row can have; its type counts.")
        return kind

    def _has_fit_name(self, row: Row, kind: Type) -> bool:
        name = row["name"]
        # A statement has a code like a choice, which may also be a number.
        fit = STATEMENT if self.groups and self.groups[-1].table else NAME
        if row["code_here"] and not fit.fullmatch(row["code_here"]):
            self.error(row, "code_here", f"“{row['code_here']}” is no code: {NAME_RULE}")
            return False
        if not name and (kind.role == "metadata" or kind.kind == "note"):
            row.cells["name"] = f"{kind.kind or 'row'}_{row.number}"
            return True
        if not name:
            self.error(row, "name", "The row has no name.")
            return False
        if not NAME.fullmatch(name) and not re.fullmatch(NAME.pattern + ":" + NAME.pattern, name):
            self.error(row, "name", f"“{name}” is no name: {NAME_RULE}")
            return False
        siblings = self.groups[-1].names if self.groups else self.top_names
        if name in siblings and kind.role != "external":
            self.error(row, "name", f"Two rows of the same group have the name “{name}”. Rename one of them.")
            return False
        siblings.add(name)
        return True

    # --- groups ---------------------------------------------------------------------------------------

    def _begin(self, row: Row, kind: Type) -> None:
        name = row["name"]
        parent = self.groups[-1] if self.groups else None
        group = Group(name, kind.kind, row, appearance=row["appearance"].lower(), parent=parent)
        group.own_relevance = self.expression(row, "relevant")
        group.relevance = both(parent.relevance if parent else "", group.own_relevance)
        self.names.without_value.add(name)
        self._report(row, ("media",))
        if row["kind"] in GROUPED:
            self._begin_table(group)
        elif kind.kind == "repeat" and not self._repeat:
            self._begin_repeat(group)
        else:
            self._begin_group(group)
        self.groups.append(group)

    def _begin_table(self, group: Group) -> None:
        group.table = group.row["kind"]
        group.code = self._code(group.row)
        group.title = self.text(group.row, "label", f"question:{group.code}:label")

    def _begin_repeat(self, group: Group) -> None:
        row = group.row
        group.repeats = True
        group.asked = dict(self.names.asked)
        # Its code stands for the number of its entries, so no question may have it too.
        others = {name for name, times in self.times.items() if name != group.name or times > 1}
        taken = self.codes | self.page_codes | others
        group.code = free(row["code_here"] or group.name, taken)
        self.codes.add(group.code)
        self.page_codes.add(group.code)
        group.entry_name = self.text(row, "entry_name", f"page:{group.code}:entry_name")[:LONGEST_NAME]
        group.least_entries, group.most_entries = (
            self._entries(row, "least_entries"),
            self._entries(row, "most_entries"),
        )
        if row["repeat_count"] and not (row["least_entries"] or row["most_entries"]):
            self._count_of(group)
        if (group.most_entries or MOST_ENTRIES) < (group.least_entries or 0):
            self.error(row, "most_entries", "The most number of entries is less than the least.")
        self._texts_of_page(group)

    def _begin_group(self, group: Group) -> None:
        row, kind = group.row, group.kind
        if row["kind"] == PAGE and not self._repeat:
            group.is_page = True
            group.code = free(row["code_here"] or group.name, self.page_codes)
            self.own_pages.append(group)
        elif kind == "repeat":
            text = (
                f"“{group.name}” is asked once in each entry of “{self._repeat}”: entries have no entries of their own."
            )
            self.note(row, "type", text)
        elif kind == "loop":
            self.note(row, "type", f"The loop “{group.name}” is asked once: asking again and again is not known here.")
        self._report(row, ("repeat_count",))
        group.is_table = "table-list" in group.appearance
        self._texts_of_page(group)
        if self._repeat and group.title and not group.is_table:
            self._heading(group)

    def _texts_of_page(self, group: Group) -> None:
        code = group.code or group.name
        group.title = self.text(group.row, "label", f"page:{code}:title")
        group.intro = self.text(group.row, "intro", f"page:{code}:intro")

    def _heading(self, group: Group) -> None:
        """Entries are asked on one page: a group in them keeps its title as a text to read."""
        code = free(f"{group.name}_title", self.codes | self.names.every)
        self.codes.add(code)
        self.texts.move(f"page:{group.name}:title", f"question:{code}:label")
        note = Question(code=code, kind="note", label=group.title)
        self.drafts.append(Draft(note, "", group.row, group, is_heading=True))

    def _intro(self, row: Row, kind: Type) -> None:
        group = self.groups[-1]
        group.intro = self.text(row, "label", f"page:{group.code or group.name}:intro")

    @property
    def _repeat(self) -> str:
        """The name of the repeat whose entry is being read; empty outside of repeats."""
        return next((group.name for group in self.groups if group.repeats), "")

    def _entries(self, row: Row, column: str) -> int | None:
        """A number of entries; None where the cell is empty, with an error for what is no such number."""
        cell = row[column]
        if cell and not (cell.isdecimal() and cell.isascii() and int(cell) <= MOST_ENTRIES):
            self.error(
                row, column, f"“{cell}” is not a number of entries. Write a whole number up to {MOST_ENTRIES:,}."
            )
            return None
        # No least, or none at all, is no limit.
        return int(cell) or None if cell else None

    def _count_of(self, group: Group) -> None:
        """repeat_count: a number says how many entries there are; an expression has no effect."""
        row, cell = group.row, group.row["repeat_count"]
        if cell.isdecimal() and cell.isascii() and 1 <= int(cell) <= MOST_ENTRIES:
            group.least_entries = group.most_entries = int(cell)
            return
        self.expression(row, "repeat_count")
        text = "How many entries there are cannot be worked out here: people add as many as they need."
        self.note(row, "repeat_count", text)

    def _end(self, row: Row, kind: Type) -> None:
        if not self.groups:
            self.error(row, "type", f"A {kind.kind} is ended here that never began.")
            return
        group = self.groups.pop()
        if group.kind != kind.kind:
            self.error(
                row, "type", f"A {kind.kind} is ended here, and what began in row {group.row.number} is a {group.kind}."
            )
        if self.drafts and self.drafts[-1].is_heading and self.drafts[-1].group is group:
            self.drafts.pop()
        if group.table:
            add_table(self, group)
        elif group.repeats:
            self._end_repeat(group)

    def _end_repeat(self, group: Group) -> None:
        asked = [draft for draft in self.drafts if draft.group and group in draft.group.around]
        if any(draft.question.is_answered for draft in asked):
            self.names.leave(group.name, group.code, group.asked)
        else:
            group.repeats = False
            self.note(group.row, "type", f"“{group.name}” asks nothing, so it is shown once.")

    # --- rows that ask nothing ------------------------------------------------------------------------

    def _calculation(self, row: Row, kind: Type) -> None:
        name, text = row["name"], row["calculation"]
        self._report(row, ("trigger",))
        if not text and not row["default"]:
            self.error(row, "calculation", f"The calculation “{name}” is empty. Write how the value follows.")
            return
        if not text:
            self.names.replaced[name] = "''"
            self.check_names(row, "default", row["default"])
            self.note(row, "type", f"“{name}” is only worked out when a form begins: it counts as empty here.")
            return
        try:
            expression = translated(text, self.names)
        except Mistake as mistake:
            self.error(row, "calculation", f"The calculation “{name}” cannot be read. {mistake.text}")
        except NotKnown as reason:
            self.names.without_value.add(name)
            self.note(row, "calculation", f"The calculation “{name}” is left out: {reason.text}")
        else:
            self._unasked(row, "calculated", {"calculation": expression})

    @staticmethod
    def _is_worked_out(row: Row) -> bool:
        """Whether a row of a type that asks has a calculation and nothing to ask: XForms shows no such question."""
        return bool(row["calculation"]) and not {"label", "hint", "media"} & {*row.texts, *row.cells}

    def _worked_out(self, row: Row, kind: Type) -> None:
        self.imported.questions += 1
        before = len(self.drafts)
        self._calculation(row, kind)
        if len(self.drafts) > before:
            self.imported.mapped += 1
        else:
            self.imported.reported += 1

    def _hidden(self, row: Row, kind: Type) -> None:
        if row["calculation"]:
            self._calculation(row, kind)
        else:
            self._unasked(row, "hidden", {})

    def _unasked(self, row: Row, kind: str, settings: dict[str, Any]) -> None:
        """A value that nobody is asked for: it can be referred to, shown in texts and exported."""
        code = self._code(row)
        question = Question(
            code=code,
            kind=kind,
            label=self.text(row, "label", f"question:{code}:label") or row["name"],
            **self.texts_of(row, code),
            relevance=self.expression(row, "relevant"),
            settings={**self.settings_of(row), **settings},
            theme=row["theme"],
            personal=is_yes(row["personal"]),
        )
        self._add(self._with_default(question, row) if kind == "hidden" else question, row)

    def _metadata(self, row: Row, kind: Type) -> None:
        if row["type"].strip().lower() == "audit" and row["name"] not in {"audit", f"row_{row.number}"}:
            self.error(row, "name", "An audit is always called “audit”. Leave the name empty.")
        self.names.replaced[row["name"]] = kind.words
        self.note(row, "type", f"“{row['type']}” is filled in by devices and is left out; times are recorded anyway.")

    def _external(self, row: Row, kind: Type) -> None:
        if row["name"] in self.externals:
            self.error(row, "name", f"Two files have the name “{row['name']}”. Rename one of them.")
        self.externals.add(row["name"])
        self.names.without_value.add(row["name"])
        self.note(row, "type", f"The file “{row['name']}” is not read: files beside a workbook are not known here.")

    def translations(self, pages: list[Page]) -> dict[str, dict[str, str]]:
        """The texts in other languages of what was taken over."""
        paths = _paths(pages)
        found = {
            language: {path: text for path, text in texts.items() if path in paths}
            for language, texts in self.texts.translations.items()
        }
        return {language: texts for language, texts in found.items() if texts}


def _paths(pages: list[Page]) -> set[str]:
    """The paths of all texts that can be translated."""
    paths = {f"survey:{name}" for name in SURVEY_TEXTS}
    paths |= {f"page:{page.code}:{name}" for page in pages for name in PAGE_TEXTS}
    for page in pages:
        for question in page.questions:
            paths |= {f"question:{question.code}:{name}" for name in QUESTION_TEXTS}
            paths |= {f"choice:{question.list_code}:{choice.code}:label" for choice in question.choices}
            paths |= {f"choice:{question.row_list_code}:{row.code}:label" for row in question.rows}
    return paths
