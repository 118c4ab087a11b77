"""Rows that ask something: each becomes one question of ours."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from consultations.surveys.definition import OTHER, Choice, Question
from consultations.surveys.xlsform.columns import Row
from consultations.surveys.xlsform.drafts import LONGEST_NAME, Draft, Group
from consultations.surveys.xlsform.expressions import REFERENCE, Mistake, Names, NotKnown, translated
from consultations.surveys.xlsform.lists import Lists
from consultations.surveys.xlsform.messages import Imported, Message
from consultations.surveys.xlsform.texts import NO, YES, Texts, is_yes
from consultations.surveys.xlsform.types import Type

MOST_SCALE = 11
LONGEST_MESSAGE = 300
OTHER_TEXTS = {
    "guidance": "guidance_hint",
    "required_message": "required_message",
    "constraint_message": "constraint_message",
}
NUMBERS = ("word_limit", "least", "most", "least_choices", "most_choices")
REPORTED = {
    "default": "A value that is filled in beforehand is not known here: the question begins empty.",
    "trigger": "Triggers are not known here and have no effect.",
    "repeat_count": "Repeats are asked once, whatever their count.",
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
        # List code -> choices, for lists that are made here.
        self.made_lists: dict[str, tuple[Choice, ...]] = {}
        self.codes: set[str] = set()

    # --- messages -------------------------------------------------------------------------------------

    def note(self, row: Row, column: str, text: str) -> None:
        self.imported.messages.append(Message(self.sheet_name, row.number, row.heading(column), text))

    def error(self, row: Row, column: str, text: str) -> None:
        self.imported.messages.append(Message(self.sheet_name, row.number, row.heading(column), text, is_error=True))

    # --- questions ------------------------------------------------------------------------------------

    def _question(self, row: Row, kind: Type) -> None:
        name = row["name"]
        if kind.kind != "note":
            self.imported.questions += 1
        code = self._code(row)
        bare = Question(code=code, kind=kind.kind, label=self._label(row, code), **self._texts(row, code))
        question = self._with_kind(bare, row, kind)
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

    def _texts(self, row: Row, code: str) -> dict[str, Any]:
        hint = self.texts.of(row, "hint", f"question:{code}:hint") if "label" in row.texts else ""
        return {
            "hint": self._piped(row, "hint", hint),
            **{name: self._other_text(row, heading, code, name) for name, heading in OTHER_TEXTS.items()},
        }

    def _other_text(self, row: Row, heading: str, code: str, name: str) -> str:
        text = self._piped(row, heading, self.texts.of(row, heading, f"question:{code}:{name}"))
        return text if name == "guidance" else text[:LONGEST_MESSAGE]

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

    def _reference(self, found: re.Match[str]) -> str:
        return f"${{{self.names.asked[found[1]]}}}" if found[1] in self.names.asked else "…"


def _text_rows(parameters: str) -> dict[str, int]:
    found = re.search(r"\brows\s*=\s*(\d{1,2})\b", parameters)
    return {"rows": int(found[1])} if found else {}


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:79] + "…"
