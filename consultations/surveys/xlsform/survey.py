"""The survey sheet, row by row: groups become pages, rows become questions."""

from __future__ import annotations

import re

from consultations.surveys.definition import QUESTION_TEXTS, Page
from consultations.surveys.xlsform.columns import Row
from consultations.surveys.xlsform.drafts import Group, both, paged
from consultations.surveys.xlsform.expressions import REFERENCE, Mistake, NotKnown, translated
from consultations.surveys.xlsform.matrices import matrices_of
from consultations.surveys.xlsform.questions import QuestionRows
from consultations.surveys.xlsform.texts import is_yes
from consultations.surveys.xlsform.types import Type, type_of

NAME = re.compile(r"[^\W\d][\w.\-]*")


class SurveySheet(QuestionRows):
    """Reads the rows of a survey sheet; `pages()` once."""

    # --- the walk -------------------------------------------------------------------------------------

    def pages(self) -> list[Page]:
        """The pages of the document; errors and notes are in the messages."""
        active = [row for row in self.rows if not self._is_disabled(row)]
        self.names.every = {row["name"] for row in active if row["name"]}
        for row in active:
            self._row(row)
        for group in reversed(self.groups):
            self.error(group.row, "type", f"The {group.kind} that begins here is never ended.")
        if self.imported.errors:
            return []
        return paged(matrices_of(self.drafts, self), self.imported.rows)

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
        kind = type_of(row["type"])
        handler = {
            "begin": self._begin,
            "end": self._end,
            "question": self._question,
            "calculation": self._calculation,
            "metadata": self._metadata,
            "external": self._external,
            "not_asked": self._not_asked,
        }.get(kind.role)
        if handler is None:
            self.error(row, "type", f"The type “{row['type']}” is not known.")
            return
        if kind.role != "end" and not self._has_fit_name(row, kind):
            return
        handler(row, kind)

    def _has_fit_name(self, row: Row, kind: Type) -> bool:
        name = row["name"]
        if not name and (kind.role in {"begin", "metadata"} or kind.kind == "note"):
            row.cells["name"] = f"{kind.kind or 'row'}_{row.number}"
            return True
        if not name:
            self.error(row, "name", "The row has no name.")
            return False
        if not NAME.fullmatch(name) and not re.fullmatch(NAME.pattern + ":" + NAME.pattern, name):
            self.error(
                row,
                "name",
                f"“{name}” is no name: it begins with a letter and has letters, digits, “_”, “-”, “.” only.",
            )
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
        group = Group(name, kind.kind, row, appearance=row["appearance"].lower(), parent=parent, intro=row["intro"])
        group.title = self._piped(row, "label", self.texts.of(row, "label", f"page:{name}:title"))
        group.own_relevance = self._expression(row, "relevant")
        group.relevance = both(parent.relevance if parent else "", group.own_relevance)
        group.is_table = "table-list" in group.appearance
        if kind.kind in {"repeat", "loop"}:
            self.note(row, "type", f"The {kind.kind} “{name}” is asked once: asking again and again is not known here.")
        self._report(row, ("repeat_count", "media"))
        self.names.without_value.add(name)
        self.groups.append(group)

    def _end(self, row: Row, kind: Type) -> None:
        if not self.groups:
            self.error(row, "type", f"A {kind.kind} is ended here that never began.")
            return
        group = self.groups.pop()
        if group.kind != kind.kind:
            self.error(
                row, "type", f"A {kind.kind} is ended here, and what began in row {group.row.number} is a {group.kind}."
            )

    # --- rows that ask nothing ------------------------------------------------------------------------

    def _calculation(self, row: Row, kind: Type) -> None:
        name, text = row["name"], row["calculation"]
        self._report(row, ("trigger",))
        if not text:
            self.names.replaced[name] = "''"
            self.note(row, "type", f"“{name}” is not shown and has no calculation: it counts as empty.")
            return
        try:
            expression = translated(text, self.names)
        except Mistake as mistake:
            self.error(row, "calculation", f"The calculation “{name}” cannot be read. {mistake.text}")
        except NotKnown as reason:
            self.names.without_value.add(name)
            self.note(row, "calculation", f"The calculation “{name}” is left out: {reason.text}")
        else:
            self.names.replaced[name] = expression
            self.note(row, "type", f"The calculation “{name}” is written out where conditions use it.")

    def _metadata(self, row: Row, kind: Type) -> None:
        self.names.replaced[row["name"]] = kind.words
        self.note(row, "type", f"“{row['type']}” is filled in by devices and is left out; times are recorded anyway.")

    def _external(self, row: Row, kind: Type) -> None:
        if row["name"] in self.externals:
            self.error(row, "name", f"Two files have the name “{row['name']}”. Rename one of them.")
        self.externals.add(row["name"])
        self.names.without_value.add(row["name"])
        self.note(row, "type", f"The file “{row['name']}” is not read: files beside a workbook are not known here.")

    def _not_asked(self, row: Row, kind: Type) -> None:
        self.imported.questions += 1
        self.imported.reported += 1
        self.names.without_value.add(row["name"])
        if kind.list_name:
            self.lists.used.add(kind.list_name)
            if kind.list_name not in self.lists.choices:
                self.error(row, "type", f"There is no list “{kind.list_name}” in the sheet “choices”.")
        self._needs_label(row)
        for column in ("relevant", "constraint"):
            self._expression(row, column)
        self.note(
            row, "type", f"“{row['name']}” asks for {kind.words}, which surveys here do not take. It is left out."
        )

    def translations(self, pages: list[Page]) -> dict[str, dict[str, str]]:
        """The texts in other languages of what was taken over, with references as in the survey's own language."""
        paths = _paths(pages)
        kept: dict[str, dict[str, str]] = {}
        for language, texts in self.texts.translations.items():
            for path, text in texts.items():
                if path in paths:
                    kept.setdefault(language, {})[path] = REFERENCE.sub(self._reference, text)
        return kept


def _paths(pages: list[Page]) -> set[str]:
    """The paths of all texts that can be translated."""
    paths = {f"page:{page.code}:title" for page in pages}
    for page in pages:
        for question in page.questions:
            paths |= {f"question:{question.code}:{name}" for name in QUESTION_TEXTS}
            paths |= {f"choice:{question.list_code}:{choice.code}:label" for choice in question.choices}
            paths |= {f"choice:{question.row_list_code}:{row.code}:label" for row in question.rows}
    return paths
