"""A workbook read from top to bottom into a survey document. Everything that differs is said with its row."""

from __future__ import annotations

import re

from django.utils.text import slugify

from consultations.surveys.definition import Definition
from consultations.surveys.xlsform.columns import Column, Row, language_of, read_rows
from consultations.surveys.xlsform.lists import Lists, read_lists
from consultations.surveys.xlsform.messages import Imported, Message
from consultations.surveys.xlsform.survey import SurveySheet
from consultations.surveys.xlsform.texts import Texts, is_yes, languages_of
from consultations.surveys.xlsform.workbook import Sheet, sheets_of
from engagement.core.errors import Refused

# Sheets that are read; all others are named and kept as notes.
READ = ("survey", "choices", "settings", "external_choices")
LONGEST_CODE = 60
LONGEST_TITLE = 200
SETTINGS = frozenset(
    "form_title title form_id id_string default_language allow_choice_duplicates intro theme name".split()
)
# A text of the survey in another language: “title in Cymraeg (cy)”, “form_title::Cymraeg (cy)”.
IN_LANGUAGE = re.compile(r"(?:form[ _])?(title|intro)(?:\s*::?\s*|\s+in\s+)(.+)", re.IGNORECASE)
MOST_NOTE_ROWS = 200


def read(content: bytes, file_name: str) -> Imported:
    """What the workbook asks, as a document, with a message for everything that differs.

    Never raises for what stands in a file: one that is no workbook, or damaged, comes back refused with a sentence.
    """
    imported = Imported(file_name=file_name)
    try:
        sheets = sheets_of(content, file_name)
    except Refused as refused:
        imported.messages.append(Message("", 0, "", refused.message, is_error=True))
        return imported
    _Reader(imported, sheets).read()
    return imported


class _Reader:
    def __init__(self, imported: Imported, sheets: list[Sheet]) -> None:
        self.imported = imported
        self.messages = imported.messages
        # Texts of the survey itself: language -> path -> text.
        self.in_languages: dict[str, dict[str, str]] = {}
        self.sheets: dict[str, Sheet] = {}
        for sheet in sheets:
            self.sheets.setdefault(sheet.key, sheet)

    def read(self) -> None:
        survey = self.sheets.get("survey")
        if survey is None or not survey.rows:
            text = "There is no sheet “survey”. The questions stand in a sheet of that name."
            if survey is not None:
                text = "The sheet “survey” is empty. Its first row names the columns."
            self.messages.append(Message("survey", 1, "", text, is_error=True))
            return
        settings = self._settings()
        columns, rows = read_rows(survey, self.messages)
        choice_columns, choice_rows = self._sheet("choices")
        texts = languages_of([*columns, *choice_columns], language_of(settings.get("default_language", "")))
        for language, words in self.in_languages.items():
            kept = {path: text for path, text in words.items() if text and language != texts.default}
            texts.translations.setdefault(language, {}).update(kept)
        lists = self._lists("choices", choice_columns, choice_rows, texts, settings)
        external = self._lists("external_choices", *self._sheet("external_choices"), texts, settings)
        self._check_columns(survey, columns)
        if any(message.is_error for message in self.messages):
            return
        sheet = SurveySheet(survey.name, rows, texts, lists, external, self.imported)
        pages = sheet.pages()
        self._unused(lists)
        self._notes(survey, columns, rows)
        self.imported.messages.sort(key=lambda message: (message.sheet != survey.name, message.sheet, message.row))
        if self.imported.errors:
            return
        code = settings.get("form_id") or settings.get("id_string") or self.imported.file_name.rpartition(".")[0]
        title = settings.get("form_title") or settings.get("title") or code
        self.imported.definition = Definition(
            code=slugify(code)[:LONGEST_CODE].strip("-_") or "survey",
            title=(title or "Survey")[:LONGEST_TITLE],
            intro=settings.get("intro", ""),
            theme=settings.get("theme", ""),
            language=texts.default,
            pages=tuple(pages),
            translations=sheet.translations(pages),
        )

    def _sheet(self, key: str) -> tuple[list[Column], list[Row]]:
        sheet = self.sheets.get(key)
        return read_rows(sheet, self.messages) if sheet is not None else ([], [])

    def _settings(self) -> dict[str, str]:
        sheet = self.sheets.get("settings")
        if sheet is None or len(sheet.rows) < 2:
            return {}
        headings, values = sheet.rows[0][1], sheet.rows[1][1]
        settings = {}
        for heading, value in zip(headings, values, strict=False):
            key = "_".join(heading.lower().split())
            if found := IN_LANGUAGE.fullmatch(heading.strip()):
                self.in_languages.setdefault(language_of(found[2]), {})[f"survey:{found[1].lower()}"] = value
            elif key:
                settings[key] = value
        unused = {name: value for name, value in settings.items() if name not in SETTINGS and value}
        if unused:
            self.imported.notes["settings"] = unused
            self.messages.append(
                Message(sheet.name, sheet.rows[1][0], "", f"Kept as a note, without effect: {', '.join(unused)}.")
            )
        return settings

    def _lists(self, key: str, columns: list[Column], rows: list[Row], texts: Texts, settings: dict[str, str]) -> Lists:
        if not rows:
            return Lists()
        return read_lists(
            self.sheets[key].name,
            columns,
            rows,
            texts,
            self.messages,
            may_repeat=key == "external_choices" or is_yes(settings.get("allow_choice_duplicates", "")),
        )

    def _check_columns(self, survey: Sheet, columns: list[Column]) -> None:
        names = {column.name for column in columns}
        if "type" not in names:
            text = "There is no column “type”. The first row of the sheet names the columns."
            self.messages.append(Message(survey.name, survey.rows[0][0], "type", text, is_error=True))

    def _unused(self, lists: Lists) -> None:
        unused = sorted(set(lists.choices) - lists.used)
        for name in unused:
            text = f"The list “{name}” is used by no question that is taken over and is left out."
            self.messages.append(Message(self.sheets["choices"].name, lists.rows[name], "list_name", text))

    def _notes(self, survey: Sheet, columns: list[Column], rows: list[Row]) -> None:
        """Keep unknown columns and sheets word for word, and say so once for each."""
        for column in columns:
            if column.is_known:
                continue
            cells = {str(row.number): row.other[column.heading] for row in rows if column.heading in row.other}
            if cells:
                self.imported.notes.setdefault("columns", {})[column.heading] = cells
                text = "This column is kept as a note, without effect."
                self.messages.append(Message(survey.name, survey.rows[0][0], column.heading, text))
        for key, sheet in self.sheets.items():
            if key in READ and sheet.cut_at:
                text = "This row stands far below the others; it and all that follows is not read."
                self.messages.append(Message(sheet.name, sheet.cut_at, "", text))
            if key not in READ and sheet.rows:
                kept = [cells for _, cells in sheet.rows[:MOST_NOTE_ROWS]]
                self.imported.notes.setdefault("sheets", {})[sheet.name] = kept
                self.messages.append(Message(sheet.name, 0, "", "This sheet is kept as a note, without effect."))
