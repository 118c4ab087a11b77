"""The survey sheet, row by row: groups become pages, rows become questions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from consultations.surveys.definition import OTHER, QUESTION_TEXTS, Choice, Page, Question
from consultations.surveys.xlsform.columns import Row
from consultations.surveys.xlsform.expressions import REFERENCE, Mistake, Names, NotKnown, translated
from consultations.surveys.xlsform.lists import Lists
from consultations.surveys.xlsform.matrices import matrices_of
from consultations.surveys.xlsform.messages import Imported, Message
from consultations.surveys.xlsform.texts import NO, YES, Texts, is_yes
from consultations.surveys.xlsform.types import Type, type_of

NAME = re.compile(r"[^\W\d][\w.\-]*")
LONGEST_NAME = 80
LONGEST_TITLE = 200
MOST_SCALE = 11
NUMBERS = ("word_limit", "least", "most", "least_choices", "most_choices")
REPORTED = {
    "default": "A value that is filled in beforehand is not known here: the question begins empty.",
    "trigger": "Triggers are not known here and have no effect.",
    "repeat_count": "Repeats are asked once, whatever their count.",
    "media": "Pictures, sounds and videos beside texts are not known here and are left out.",
}


@dataclass
class Group:
    """An open group: its name, title and condition, and what its table of radios is called."""

    name: str
    kind: str
    row: Row
    title: str = ""
    # With the conditions of the groups around it, and its own alone.
    relevance: str = ""
    own_relevance: str = ""
    appearance: str = ""
    is_table: bool = False
    parent: Group | None = None
    intro: str = ""
    names: set[str] = field(default_factory=set)


@dataclass
class Draft:
    """A question on its way, with what is needed to make a matrix of several."""

    question: Question
    appearance: str
    row: Row
    # The innermost group around it, None at the top.
    group: Group | None


class SurveySheet:
    """Reads the rows of a survey sheet; `pages()` once."""

    def __init__(
        self, sheet_name: str, rows: list[Row], texts: Texts, lists: Lists, external: Lists, imported: Imported
    ) -> None:
        self.sheet_name, self.rows, self.texts = sheet_name, rows, texts
        self.lists, self.external, self.imported = lists, external, imported
        self.names = Names()
        self.groups: list[Group] = []
        self.top_names: set[str] = set()
        self.externals: set[str] = set()
        self.drafts: list[Draft] = []
        # List code -> choices, for lists that are made here.
        self.made_lists: dict[str, tuple[Choice, ...]] = {}
        self.codes: set[str] = set()

    # --- messages -------------------------------------------------------------------------------------

    def note(self, row: Row, column: str, text: str) -> None:
        self.imported.messages.append(Message(self.sheet_name, row.number, row.heading(column), text))

    def error(self, row: Row, column: str, text: str) -> None:
        self.imported.messages.append(Message(self.sheet_name, row.number, row.heading(column), text, is_error=True))

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
        return _paged(matrices_of(self.drafts, self), self)

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
        group.relevance = _both(parent.relevance if parent else "", group.own_relevance)
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

    # --- questions ------------------------------------------------------------------------------------

    def _question(self, row: Row, kind: Type) -> None:
        name = row["name"]
        if kind.kind != "note":
            self.imported.questions += 1
        code = self._code(row)
        question = Question(code=code, kind=kind.kind, label=self._label(row, code), **self._texts(row, code))
        question = self._with_kind(question, row, kind)
        if question is None:
            return
        question = replace(
            question,
            required=self._required(row) and kind.kind != "note",
            relevance=self._expression(row, "relevant"),
            constraint=self._expression(row, "constraint", own=name, code=code) if kind.kind != "note" else "",
            theme=row["theme"],
            personal=is_yes(row["personal"]),
        )
        self._reports_of(row)
        if kind.kind != "note":
            self.imported.mapped += 1
        self.imported.rows.setdefault(code, row.number)
        self.names.asked[name] = code
        group = self.groups[-1] if self.groups else None
        self.drafts.append(Draft(question, row["appearance"].lower(), row, group))

    def _code(self, row: Row) -> str:
        """The row's name; where another group used it already, with its own group's name before it."""
        name = row["name"].replace(":", "_")
        code = name
        if code in self.codes and self.groups:
            code = f"{self.groups[-1].name}_{name}"
        number = 2
        while code in self.codes:
            code, number = f"{name}_{number}", number + 1
        code = code[:LONGEST_NAME]
        if code != row["name"]:
            self.note(row, "name", f"The name “{row['name']}” stands elsewhere too; this question becomes “{code}”.")
        self.codes.add(code)
        return code

    def _label(self, row: Row, code: str) -> str:
        label = self.texts.of(row, "label", f"question:{code}:label")
        if not label:
            label = self._needs_label(row)
        return self._piped(row, "label", label)

    def _needs_label(self, row: Row) -> str:
        """What stands for a missing label: the hint or the name. Without any text the row cannot be asked."""
        if "label" in row.texts:
            return ""
        hint = next(iter(row.texts.get("hint", {}).values()), "")
        if not hint and "media" not in row.cells and row["type"]:
            self.note(row, "label", f"The question has no label; its name “{row['name']}” is shown instead.")
        return hint or row["name"]

    def _texts(self, row: Row, code: str) -> dict[str, str]:
        hint = self.texts.of(row, "hint", f"question:{code}:hint") if "label" in row.texts else ""
        return {
            "hint": self._piped(row, "hint", hint),
            "guidance": self.texts.of(row, "guidance_hint", f"question:{code}:guidance"),
            "required_message": self.texts.of(row, "required_message", f"question:{code}:required_message")[:300],
            "constraint_message": self.texts.of(row, "constraint_message", f"question:{code}:constraint_message")[:300],
        }

    def _with_kind(self, question: Question, row: Row, kind: Type) -> Question | None:
        settings = self._settings(row)
        if kind.kind in {"single", "multiple"}:
            return self._choosing(replace(question, settings=settings), row, kind)
        if kind.kind == "range":
            return self._range(question, row, settings)
        if kind.kind == "acknowledge":
            choices = (Choice("ok", "I confirm this"),)
            self.made_lists["acknowledge"] = choices
            return replace(question, kind="multiple", choices=choices, list_code="acknowledge", settings=settings)
        if kind.words:
            self.note(row, "type", f"“{row['name']}” asks for {kind.words}; it is asked as a short text.")
        if kind.kind == "short_text" and ("multiline" in row["appearance"].lower() or "word_limit" in settings):
            return replace(question, kind="long_text", settings={**settings, **_text_rows(row["parameters"])})
        return replace(question, settings=settings)

    def _choosing(self, question: Question, row: Row, kind: Type) -> Question | None:
        lists = self.external if kind.source == "external" else self.lists
        name = kind.list_name
        if kind.source == "file" or name.startswith("${"):
            self.imported.reported += 1
            self.names.without_value.add(row["name"])
            where = "an earlier answer" if name.startswith("${") else f"the file “{name}”"
            self.note(
                row, "type", f"“{row['name']}” takes its choices from {where}, which is not known here. It is left out."
            )
            return None
        if name not in lists.choices:
            if not self.imported.errors or name not in lists.rows:
                sheet = "external_choices" if kind.source else "choices"
                self.error(row, "type", f"There is no list “{name}” in the sheet “{sheet}”.")
            return None
        lists.used.add(name)
        choices, list_code = lists.choices[name], name
        if kind.has_other and any(choice.code == OTHER for choice in choices):
            choices = tuple(choice for choice in choices if choice.code != OTHER)
            list_code = f"{name}_without_other"
            self.note(
                row, "type", "The list has a choice “other” already; it is joined with the one that asks what it is."
            )
        self.made_lists[list_code] = choices
        filtered = self._expression(row, "choice_filter", allow_columns=True)
        settings = {**question.settings, **({"choice_filter": filtered} if filtered else {})}
        is_scale = kind.kind == "single" and "likert" in row["appearance"].lower() and not kind.has_other
        return replace(
            question,
            kind="scale" if is_scale else kind.kind,
            choices=choices,
            list_code=list_code,
            has_other=kind.has_other,
            settings=settings,
        )

    def _range(self, question: Question, row: Row, settings: dict[str, Any]) -> Question:
        given = dict(re.findall(r"(\w+)\s*=\s*([-\d.]+)", row["parameters"]))
        start, end, step = (
            _number(given.get(key, value)) for key, value in (("start", "1"), ("end", "10"), ("step", "1"))
        )
        steps = (end - start) / step if step else -1
        if not float(steps).is_integer() or not 1 <= steps < MOST_SCALE:
            self.note(
                row, "parameters", f"“{row['name']}” is asked as a number: its range has too many steps for a scale."
            )
            limits = {"least": min(start, end), "most": max(start, end)}
            return replace(question, kind="decimal", settings={**limits, **settings})
        numbers = [start + step * index for index in range(int(steps) + 1)]
        choices = tuple(Choice(f"{number:g}", f"{number:g}") for number in numbers)
        list_code = f"{question.code}_scale"[:LONGEST_NAME]
        self.made_lists[list_code] = choices
        return replace(question, kind="scale", choices=choices, list_code=list_code, settings=settings)

    def _settings(self, row: Row) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        for name in NUMBERS:
            if row[name]:
                try:
                    settings[name] = _number(row[name])
                except ValueError:
                    self.error(row, name, f"“{row[name]}” is not a number.")
        settings.update({name: row[name] for name in ("low_label", "high_label") if row[name]})
        return settings

    def _required(self, row: Row) -> bool:
        cell = row["required"].strip().lower()
        if cell in YES or cell in NO:
            return cell in YES
        self._expression(row, "required")
        self.note(row, "required", "Whether it must be answered depends on a condition here; it may be left blank.")
        return False

    # --- expressions and texts ------------------------------------------------------------------------

    def _expression(self, row: Row, column: str, *, own: str = "", code: str = "", allow_columns: bool = False) -> str:
        text = row[column]
        if not text or (column == "relevant" and text.lower() in {"yes", "true", "true()"}):
            return ""
        try:
            found = translated(text, self.names, own=own, allow_columns=allow_columns)
        except Mistake as mistake:
            self.error(row, column, mistake.text)
        except NotKnown as reason:
            self.note(row, column, f"The condition “{_short(text)}” has no effect here: {reason.text}")
        else:
            return found.replace(f"${{{own}}}", f"${{{code}}}") if own else found
        return ""

    def _piped(self, row: Row, column: str, text: str) -> str:
        """The text with references to questions asked before; any other becomes three dots, with a note."""
        for name in dict.fromkeys(REFERENCE.findall(text)):
            if name in self.names.asked:
                continue
            if name not in self.names.every:
                self.error(row, column, f"The text shows “{name}”, and there is no row with that name.")
                continue
            self.note(row, column, f"The text shows “{name}”, which has no answer at this place; it is shown as “…”.")
        return REFERENCE.sub(self._reference, text)

    def _reports_of(self, row: Row) -> None:
        self._report(row, ("default", "trigger", "media"))
        if is_yes(row["read_only"]):
            self.note(row, "read_only", "A question that cannot be changed is not known here: it can be answered.")
        if row["calculation"]:
            self.note(row, "calculation", "A value that is calculated beforehand is not known here and is left out.")
        if "search(" in row["appearance"]:
            self.note(
                row, "appearance", "Searching for choices in a file is not known here; the choices listed are shown."
            )

    def _report(self, row: Row, columns: tuple[str, ...]) -> None:
        for column in columns:
            if row[column]:
                self.note(row, column, REPORTED[column])

    def translations(self, pages: list[Page]) -> dict[str, dict[str, str]]:
        """The texts in other languages of what was taken over, with references as in the survey's own language."""
        paths = _paths(pages)
        kept: dict[str, dict[str, str]] = {}
        for language, texts in self.texts.translations.items():
            for path, text in texts.items():
                if path in paths:
                    kept.setdefault(language, {})[path] = REFERENCE.sub(self._reference, text)
        return kept

    def _reference(self, found: re.Match[str]) -> str:
        return f"${{{self.names.asked[found[1]]}}}" if found[1] in self.names.asked else "…"


def _paths(pages: list[Page]) -> set[str]:
    """The paths of all texts that can be translated."""
    paths = {f"page:{page.code}:title" for page in pages}
    for page in pages:
        for question in page.questions:
            paths |= {f"question:{question.code}:{name}" for name in QUESTION_TEXTS}
            paths |= {f"choice:{question.list_code}:{choice.code}:label" for choice in question.choices}
            paths |= {f"choice:{question.row_list_code}:{row.code}:label" for row in question.rows}
    return paths


def _paged(drafts: list[Draft], sheet: SurveySheet) -> list[Page]:
    """Questions of one group stand on its page, others each on their own; a text to read goes with what follows."""
    pages: list[Page] = []
    taken: set[str] = set()
    waiting: list[Question] = []
    current: Group | None = None
    for draft in drafts:
        group = draft.group
        if group is not None and group is current:
            pages[-1] = replace(pages[-1], questions=(*pages[-1].questions, draft.question))
            continue
        current = group
        if group is None:
            waiting.append(draft.question)
            if draft.question.kind == "note" and not _is_last(draft, drafts):
                continue
            pages.append(Page(_free(f"page_{draft.question.code}", taken), questions=tuple(waiting)))
        else:
            if waiting and group.relevance:
                # Everybody reads it, and only some see the group.
                pages.append(Page(_free(f"page_{waiting[0].code}", taken), questions=tuple(waiting)))
                waiting = []
            code = _free(group.name, taken)
            pages.append(Page(code, _title(group), group.intro, group.relevance, (*waiting, draft.question)))
            sheet.imported.rows.setdefault(code, group.row.number)
        waiting = []
    return pages


def _title(group: Group) -> str:
    """The group's own title, else that of the nearest group around it."""
    title, around = group.title, group.parent
    while not title and around is not None:
        title, around = around.title, around.parent
    return title[:LONGEST_TITLE]


def _both(first: str, second: str) -> str:
    return f"({first}) and ({second})" if first and second else first or second


def _is_last(draft: Draft, drafts: list[Draft]) -> bool:
    return draft is drafts[-1]


def _free(code: str, taken: set[str]) -> str:
    base, number = code[: LONGEST_NAME - 4], 2
    code = base
    while code in taken:
        code, number = f"{base}_{number}", number + 1
    taken.add(code)
    return code


def _text_rows(parameters: str) -> dict[str, int]:
    found = re.search(r"\brows\s*=\s*(\d{1,2})\b", parameters)
    return {"rows": int(found[1])} if found else {}


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:79] + "…"
