"""Rows that ask something: each becomes one question of ours."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

from consultations.surveys import kinds
from consultations.surveys.definition import OTHER, Choice, Question
from consultations.surveys.problems import RESERVED
from consultations.surveys.xlsform.columns import Row
from consultations.surveys.xlsform.defaults import Dynamic, number_in, read_default
from consultations.surveys.xlsform.drafts import LONGEST_NAME, Draft, Group
from consultations.surveys.xlsform.expressions import LAST_SAVED, REFERENCE, Mistake, Names, NotKnown, translated
from consultations.surveys.xlsform.lists import Lists
from consultations.surveys.xlsform.messages import Imported, Message
from consultations.surveys.xlsform.texts import NO, YES, Texts, is_yes
from consultations.surveys.xlsform.types import FILE, FILE_TYPES, SIMPLER_WORDS, Type
from engagement.core.uploads import GROUPS

MOST_SCALE = 11
LONGEST_MESSAGE = 300
FILES_WITH_CHOICES = (".csv", ".xml", ".geojson")
OTHER_TEXTS = {
    "guidance": "guidance_hint",
    "required_message": "required_message",
    "constraint_message": "constraint_message",
}
# Setting -> the column that gives it: numbers, words, and what is switched on.
NUMBERS = {
    name: name for name in "word_limit least most least_choices most_choices total most_files most_megabytes".split()
} | {"width": "picture_width", "height": "picture_height"}
WORDS = {"low_label": "low_label", "high_label": "high_label", "picture": "picture_id"}
FLAGS = {"coordinates": "coordinates", "comment": "comment_box"}
REPORTED = {
    "trigger": "Triggers are not known here and have no effect.",
    "repeat_count": "It is asked once, whatever its count.",
    "media": "Pictures, sounds and videos beside texts are not known here and are left out.",
}


class QuestionRows:
    """What is known while the rows are read, and how a row that asks becomes a question."""

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
        # Names of questions that are asked in words, so that no condition can go by the codes of their choices.
        self.wordy: set[str] = set()
        self.codes: set[str] = set()
        # How often each name stands in the sheet.
        self.times: Counter[str] = Counter()
        # Groups marked as pages, and the codes of pages that are settled.
        self.own_pages: list[Group] = []
        self.page_codes: set[str] = set()

    # --- messages -------------------------------------------------------------------------------------

    def note(self, row: Row, column: str, text: str) -> None:
        self.imported.messages.append(Message(self.sheet_name, row.number, row.heading(column), text))

    def error(self, row: Row, column: str, text: str) -> None:
        self.imported.messages.append(Message(self.sheet_name, row.number, row.heading(column), text, is_error=True))

    # --- questions ------------------------------------------------------------------------------------

    def _question(self, row: Row, kind: Type) -> None:
        name = row["name"]
        is_counted = kind.kind != "note"
        if is_counted:
            self.imported.questions += 1
        code = self._code(row)
        bare = Question(code=code, kind=kind.kind, label=self._label(row, code), **self.texts_of(row, code))
        question = self._with_kind(bare, row, kind)
        if question is None:
            return
        question = replace(
            question,
            required=self.required(row) and is_counted,
            relevance=self.expression(row, "relevant"),
            constraint=self.expression(row, "constraint", own=name, code=code) if is_counted else "",
            theme=row["theme"],
            personal=self._is_personal(row, question.kind),
        )
        question = self._with_default(question, row)
        self._reports_of(row)
        if is_counted:
            self.imported.mapped += 1
        self._add(question, row)

    def _add(self, question: Question, row: Row) -> None:
        """Put the question on its way, and let what follows refer to it."""
        self.imported.rows.setdefault(question.code, row.number)
        if row["name"] not in self.wordy:
            self.names.asked[row["name"]] = question.code
        if question.kind == "consent":
            self.names.consents.add(question.code)
        group = self.groups[-1] if self.groups else None
        self.drafts.append(Draft(question, row["appearance"].lower(), row, group))

    def _code(self, row: Row) -> str:
        """The row's code or name; where another group used it already, with its own group's name before it."""
        wanted = row["code_here"] or row["name"]
        name = wanted.replace(":", "_")
        if name.endswith(RESERVED):
            name = f"{name}_text"
        code = name
        if code in self.codes and self.groups:
            code = f"{self.groups[-1].name}_{name}"
        number = 2
        while code in self.codes:
            code, number = f"{name}_{number}", number + 1
        code = code[:LONGEST_NAME]
        if code != wanted:
            self.note(row, "name", f"The name “{wanted}” cannot stand here as it is; this question becomes “{code}”.")
        self.codes.add(code)
        return code

    def _label(self, row: Row, code: str) -> str:
        return self.text(row, "label", f"question:{code}:label") or self._needs_label(row)

    def _needs_label(self, row: Row) -> str:
        """What stands for a missing label: the hint, or the name beside a picture. Without any the row asks nothing."""
        if "label" in row.texts:
            return ""
        hint = next(iter(row.texts.get("hint", {}).values()), "")
        if not hint and not {"media", "guidance_hint"} & {*row.cells, *row.texts}:
            self.error(row, "label", f"“{row['name']}” has neither a label nor a hint. Write what is asked.")
        return self._piped(row, "hint", hint) or row["name"]

    def texts_of(self, row: Row, code: str, *, required_from: Row | None = None) -> dict[str, Any]:
        """Hint, guidance and messages of the question; `required_from` is the row with the message for a blank one."""
        hint = self.text(row, "hint", f"question:{code}:hint") if "label" in row.texts else ""
        found = {"hint": hint}
        for name, heading in OTHER_TEXTS.items():
            source = required_from or row if name == "required_message" else row
            text = self.text(source, heading, f"question:{code}:{name}")
            found[name] = text if name == "guidance" else text[:LONGEST_MESSAGE]
        return found

    def text(self, row: Row, name: str, path: str) -> str:
        """The text of a column in the survey's own language, with references as they are here; the translations are
        kept under `path`, with theirs."""
        own = self._piped(row, name, self.texts.of(row, name, path))
        self.texts.change(path, lambda text: REFERENCE.sub(self._reference, text))
        return own

    def _is_personal(self, row: Row, kind: str) -> bool:
        return is_yes(row["personal"]) if row["personal"] else kinds.KINDS[kind].is_personal

    def _with_kind(self, question: Question, row: Row, kind: Type) -> Question | None:
        question = replace(question, settings=self.settings_of(row))
        self._check_parameters(row)
        if kind.kind == "range":
            return self._range(question, row, question.settings)
        ours = kinds.KINDS[kind.kind]
        if ours.fixed:
            if kind.list_name:
                self.lists.used.add(kind.list_name)
            return replace(question, choices=ours.fixed)
        if ours.has_rows:
            return self._with_rows(question, row, kind)
        if ours.has_choices and (ours.needs_choices or row["choices_list"]):
            return self._choosing(question, row, kind)
        if kind.kind == FILE:
            return self._with_files(question, row, kind)
        if kind.words:
            words = SIMPLER_WORDS.get(kind.kind, "")
            self.note(row, "type", f"“{row['name']}” asks for {kind.words}; it is asked as {words}.")
        elif kind.kind == "location" and not row["kind"]:
            question = replace(question, settings={**question.settings, "coordinates": True})
        return self._with_box(question, row)

    def _with_files(self, question: Question, row: Row, kind: Type) -> Question:
        """A question that takes files: of the groups that the row names, else of those of its type."""
        groups = row["file_types"].split() or [group for group, (_, words) in FILE_TYPES.items() if words == kind.words]
        unknown = sorted(set(groups) - set(GROUPS))
        if unknown:
            self.error(row, "file_types", f"“{unknown[0]}” is no group of files. There are: {', '.join(GROUPS)}.")
        return replace(question, settings={**question.settings, **({"file_types": groups} if groups else {})})

    def _check_parameters(self, row: Row) -> None:
        """Parameters are “name=value”, with semicolons, commas or spaces between."""
        cell = row["parameters"]
        separator = next((mark for mark in ";," if mark in cell), None)
        if any("=" not in part for part in cell.split(separator) if part.strip()):
            self.error(row, "parameters", f"“{_short(cell)}” is not written as “name=value name=value”.")

    def _with_box(self, question: Question, row: Row) -> Question:
        """A text of several lines is a long one, unless the row says its kind itself."""
        if question.kind not in {"short_text", "long_text"}:
            return question
        is_long = "multiline" in row["appearance"].lower() or "word_limit" in question.settings
        if question.kind == "long_text" or (is_long and not row["kind"]):
            return replace(question, kind="long_text", settings={**question.settings, **_text_rows(row["parameters"])})
        return question

    def _with_rows(self, question: Question, row: Row, kind: Type) -> Question | None:
        """A table in one row: the columns name the lists of its statements and of its choices."""
        name = row["rows_list"] or (kind.list_name if question.kind == "constant_sum" else "")
        if name not in self.lists.choices:
            self.error(row, "rows_list", f"There is no list “{name}” in the sheet “choices”.")
            return None
        self.lists.used.add(name)
        question = replace(question, rows=self.lists.choices[name], row_list_code=name)
        if question.kind == "constant_sum":
            return question
        return self.with_list(question, row, row["choices_list"] or kind.list_name, self.lists)

    def _choosing(self, question: Question, row: Row, kind: Type) -> Question | None:
        lists = self.external if kind.source == "external" else self.lists
        name = row["choices_list"] or kind.list_name
        if kind.source == "file" and not name.startswith("${") and not name.lower().endswith(FILES_WITH_CHOICES):
            self.error(row, "type", f"The name of the file “{name}” must end with .csv, .xml or .geojson.")
        if kind.source == "file" or name.startswith("${"):
            self.names.without_value.add(row["name"])
            self.wordy.add(row["name"])
            where = "an earlier answer" if name.startswith("${") else f"the file “{name}”"
            text = f"“{row['name']}” takes its choices from {where}, which is not known here."
            self.note(row, "type", f"{text} It is asked as a short text.")
            return replace(question, kind="short_text")
        found = self.with_list(question, row, name, lists, is_external=bool(kind.source))
        if found is None:
            return None
        if kind.has_other and any(choice.code == OTHER for choice in found.choices):
            choices = tuple(choice for choice in found.choices if choice.code != OTHER)
            found = replace(found, choices=choices, list_code=f"{name}_without_other")
            self.note(
                row, "type", "The list has a choice “other” already; it is joined with the one that asks what it is."
            )
        has_other = kind.has_other or is_yes(row["has_other"])
        filtered = self.expression(row, "choice_filter", allow_columns=True)
        settings = {**question.settings, **({"choice_filter": filtered} if filtered else {})}
        is_scale = kind.kind == "single" and not row["kind"] and "likert" in row["appearance"].lower()
        return replace(
            found, kind="scale" if is_scale and not has_other else kind.kind, has_other=has_other, settings=settings
        )

    def with_list(
        self, question: Question, row: Row, name: str, lists: Lists, *, is_external: bool = False
    ) -> Question | None:
        """The question with the choices of this list; None, with an error, when there is no such list."""
        if name not in lists.choices:
            if not self.imported.errors or name not in lists.rows:
                sheet = "external_choices" if is_external else "choices"
                self.error(row, "type", f"There is no list “{name}” in the sheet “{sheet}”.")
            return None
        lists.used.add(name)
        return replace(question, choices=lists.choices[name], list_code=name)

    def _range(self, question: Question, row: Row, settings: dict[str, Any]) -> Question:
        given = dict(re.findall(r"(\w+)\s*=\s*([-\d.]+)", row["parameters"]))
        start, end, step = (
            number_in(given.get(key, value)) for key, value in (("start", "1"), ("end", "10"), ("step", "1"))
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
        return replace(question, kind="scale", choices=choices, list_code=list_code, settings=settings)

    def settings_of(self, row: Row) -> dict[str, Any]:
        """The limits and looks that the columns of a row give."""
        settings: dict[str, Any] = {}
        for name, heading in NUMBERS.items():
            if row[heading]:
                try:
                    settings[name] = number_in(row[heading])
                except ValueError:
                    # The workbook of a stranger may use the heading for something else.
                    self.note(row, heading, f"“{_short(row[heading])}” is not a number and has no effect.")
        settings.update({name: row[heading] for name, heading in WORDS.items() if row[heading]})
        settings.update({name: True for name, heading in FLAGS.items() if is_yes(row[heading])})
        return settings

    def required(self, row: Row) -> bool:
        """Whether the question must be answered; a condition for it is said to have no effect."""
        cell = row["required"].strip().lower()
        if cell in YES or cell in NO:
            return cell in YES
        self.expression(row, "required")
        self.note(row, "required", "Whether it must be answered depends on a condition here; it may be left blank.")
        return False

    def _with_default(self, question: Question, row: Row) -> Question:
        value = self.default_of(row, question) if row["default"] else None
        return question if value is None else replace(question, settings={**question.settings, "default": value})

    def default_of(self, row: Row, question: Question) -> Any:
        """What stands filled in beforehand; None, with a note, for what cannot."""
        try:
            value = read_default(question, row["default"])
        except Dynamic:
            self.check_names(row, "default", row["default"])
            self.note(row, "default", "A value that is worked out beforehand is not known here: it begins empty.")
            return None
        if value is None:
            text = f"“{_short(row['default'])}” cannot be the answer to this question: it begins empty."
            self.note(row, "default", text)
        return value

    # --- expressions and texts ------------------------------------------------------------------------

    def expression(self, row: Row, column: str, *, own: str = "", code: str = "", allow_columns: bool = False) -> str:
        """The condition of a column as it stands here; "", with a message, for one that cannot be used."""
        text = row[column]
        if not text or (column == "relevant" and text.lower() in {"yes", "true", "true()"}):
            return ""
        try:
            return translated(text, self.names, own=own, code=code, allow_columns=allow_columns)
        except Mistake as mistake:
            self.error(row, column, mistake.text)
        except NotKnown as reason:
            self.note(row, column, f"The condition “{_short(text)}” has no effect here: {reason.text}")
        return ""

    def _piped(self, row: Row, column: str, text: str) -> str:
        """The text with references to questions asked before; any other becomes three dots, with a note."""
        self.check_names(row, column, text)
        for name in dict.fromkeys(REFERENCE.findall(text)):
            if name in self.names.asked or name in self.names.counted or name not in self.names.every:
                continue
            self.note(row, column, f"The text shows “{name}”, which has no answer at this place; it is shown as “…”.")
        return REFERENCE.sub(self._reference, text)

    def check_names(self, row: Row, column: str, text: str) -> None:
        """Say which references of a text are to nothing, or are not closed."""
        for name in dict.fromkeys(REFERENCE.findall(text)):
            if name.removeprefix(LAST_SAVED) not in self.names.every:
                self.error(row, column, f"The text shows “{name}”, and there is no row with that name.")
        if "${" in REFERENCE.sub("", text):
            self.error(row, column, "A reference is opened with “${” and not closed with “}” right after one name.")

    def _reports_of(self, row: Row) -> None:
        self._report(row, ("trigger", "media"))
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

    def _reference(self, found: re.Match[str]) -> str:
        code = self.names.asked.get(found[1]) or self.names.counted.get(found[1])
        if code is None:
            return "…"
        # As it was written, where nothing changes.
        return found[0] if code == found[1] else f"${{{code}}}"


def _text_rows(parameters: str) -> dict[str, int]:
    found = re.search(r"\brows\s*=\s*(\d{1,2})\b", parameters)
    return {"rows": int(found[1])} if found else {}


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:79] + "…"
