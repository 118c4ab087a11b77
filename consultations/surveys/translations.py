"""The translations of a draft: what is missing or out of date, saving them, and files for translators."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import xlsxwriter
from django.db import transaction

from consultations.surveys import compiling, translating
from consultations.surveys.definition import Definition
from consultations.surveys.models import Survey, Translation
from consultations.surveys.path import PIPED
from consultations.surveys.translating import Text
from engagement.audit import trail
from engagement.core import languages, tabular
from engagement.core.errors import Refused
from engagement.core.tabular import FORMULA_STARTS, Column

HEADINGS = ("path", "what", "text", "translation", "state")
STATES = {"missing": "not translated", "outdated": "the text has changed since", "done": ""}
LONGEST = 10_000
MOST_TOLD = 200


@dataclass(frozen=True)
class Line:
    """One text beside its translation. `source` is the text that the translation was made from."""

    text: Text
    translation: str = ""
    source: str = ""

    @property
    def is_missing(self) -> bool:
        return not self.translation.strip()

    @property
    def is_outdated(self) -> bool:
        """Whether the text reads otherwise now than when it was translated."""
        return bool(not self.is_missing and self.source and self.source != self.text.text)

    @property
    def state(self) -> str:
        return "missing" if self.is_missing else "outdated" if self.is_outdated else "done"


@dataclass(frozen=True)
class Sheet:
    """The texts of a draft in one language; `language` is its code, `name` what it is called in itself, `stored` what
    the survey calls it."""

    language: str
    name: str
    lines: list[Line]
    stored: str = ""

    @property
    def missing(self) -> int:
        return sum(line.is_missing for line in self.lines)

    @property
    def outdated(self) -> int:
        return sum(line.is_outdated for line in self.lines)

    @property
    def total(self) -> int:
        return len(self.lines)


def languages_for(definition: Definition) -> dict[str, str]:
    """The languages that a survey can be translated into: those of the site, and those that it has texts in; code to
    name, its own left out."""
    own = translating.language_of(definition)
    found = {languages.short(code): name for code, name in languages.offered().items()}
    for name in definition.translations:
        if code := translating.code_of(name):
            found.setdefault(code, name)
    return {code: name for code, name in found.items() if code != own}


def sheet(survey: Survey, code: str, definition: Definition | None = None) -> Sheet:
    """Every text of the draft beside its translation into the language of this code: a fixed number of queries.

    Raises KeyError for a language that the survey cannot be translated into.
    """
    definition = compiling.draft_of(survey) if definition is None else definition
    name = languages_for(definition)[code]
    stored = translating.named(definition, code) or code
    rows = {row.path: row for row in Translation.objects.filter(survey=survey, language=stored)}
    lines = [
        Line(text, rows[text.path].text, rows[text.path].source) if text.path in rows else Line(text)
        for text in translating.texts_of(definition)
    ]
    return Sheet(code, name, lines, stored)


def sheets(survey: Survey, definition: Definition | None = None) -> list[Sheet]:
    """One for each language that the survey can be translated into."""
    definition = compiling.draft_of(survey) if definition is None else definition
    return [sheet(survey, code, definition) for code in languages_for(definition)]


# --- saving ---------------------------------------------------------------------------------------------


def wrong_with(text: str, translation: str) -> str:
    """What is wrong with a translation, as a sentence; empty when nothing is."""
    if len(translation) > LONGEST:
        return f"There is room for {LONGEST:,} characters."
    lost = set(PIPED.findall(text)) ^ set(PIPED.findall(translation))
    if translation.strip() and lost:
        marks = ", ".join(f"${{{code}}}" for code in sorted(lost))
        return f"An answer is shown in the text by {marks}. The translation must have the same marks, and no others."
    return ""


@transaction.atomic
def save(survey: Survey, code: str, texts: Mapping[str, str], *, actor: Any = None) -> int:
    """Keep these translations, path to text; an empty one is removed. Returns how many changed.

    People read them after the next publishing. Raises Refused for marks of answers that differ from the text's.
    """
    survey = Survey.objects.select_for_update(of=("self",)).select_related("consultation", "theme").get(pk=survey.pk)
    definition = compiling.draft_of(survey)
    known = {text.path: text.text for text in translating.texts_of(definition)}
    language = translating.named(definition, code) or code
    before = {row.path: row for row in Translation.objects.filter(survey=survey, language=language)}
    changed = 0
    for path, translation in texts.items():
        if path not in known:
            continue
        if wrong := wrong_with(known[path], translation):
            raise Refused(f"“{known[path][:60]}”: {wrong}")
        row, text = before.get(path), translation.strip()
        if not text and row:
            row.delete()
        elif text and (row is None or (row.text, row.source) != (text, known[path])):
            facts = {"text": text, "source": known[path]}
            Translation.objects.update_or_create(survey=survey, language=language, path=path, defaults=facts)
        else:
            continue
        changed += 1
    if changed:
        trail.record(
            "survey.translated",
            subject=survey,
            actor=actor,
            scope=survey.consultation.reference,
            language=code,
            texts=changed,
        )
    return changed


# --- files for translators ------------------------------------------------------------------------------


def _cells(line: Line) -> list[str]:
    text = line.text
    return [text.path, text.what, text.text, line.translation, STATES[line.state]]


def as_workbook(found: Sheet) -> bytes:
    """The texts as an Excel workbook; a text like a formula stays a text."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = workbook.add_worksheet("texts")
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 1, 24, wrapped)
    page.set_column(2, 3, 60, wrapped)
    page.set_column(4, 4, 24, wrapped)
    page.freeze_panes(1, 0)
    for column, heading in enumerate(HEADINGS):
        page.write_string(0, column, heading, workbook.add_format({"bold": True}))
    for number, line in enumerate(found.lines, 1):
        for column, cell in enumerate(_cells(line)):
            page.write_string(number, column, cell, wrapped)
    workbook.close()
    return out.getvalue()


def as_csv(found: Sheet) -> str:
    """The texts as CSV, with a quotation mark before what a spreadsheet program would take for a formula."""
    out = io.StringIO()
    columns = [Column(heading, itemgetter(place)) for place, heading in enumerate(HEADINGS)]
    tabular.write_csv(out, columns, ([_guarded(cell) for cell in _cells(line)] for line in found.lines))
    return out.getvalue()


@dataclass
class Reading:
    """What a translator's file would change, and what stands in the way, each with its row."""

    texts: dict[str, str] = field(default_factory=dict)
    new: int = 0
    changed: int = 0
    same: int = 0
    notes: list[tuple[int, str]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_possible(self) -> bool:
        return not self.errors and bool(self.texts)


def read(found: Sheet, content: bytes, file_name: str) -> Reading:
    """What the file says against what there is; nothing is changed. Raises Refused for a file that cannot be read."""
    headings, rows = tabular.read_table(content, file_name)
    lacking = [name for name in ("path", "translation") if name not in headings]
    if lacking:
        raise Refused(
            f"The file has no column “{lacking[0]}”. Its first row must name the columns "
            "path, what, text, translation and state, as in the file that you can download here."
        )
    known = {line.text.path: line for line in found.lines}
    reading, seen = Reading(), set()
    # A workbook knows texts from formulas, so that nothing was put before them.
    as_it_was = str if content.startswith(b"PK") else _armed
    for row in rows:
        path, translation = row.cells.get("path", ""), as_it_was(row.cells.get("translation", ""))
        line = known.get(path)
        if line is None:
            reading.notes.append((row.number, f"There is no text “{path[:80]}” in the draft any more. It is left out."))
        elif path in seen:
            reading.errors.append((row.number, f"The text “{path}” stands twice. Remove one of the rows."))
        elif wrong := wrong_with(line.text.text, translation):
            reading.errors.append((row.number, wrong))
        else:
            _take(reading, row.number, line, translation, as_it_was(row.cells.get("text", line.text.text)))
        seen.add(path)
    return reading


def _take(reading: Reading, number: int, line: Line, translation: str, text: str) -> None:
    if not translation.strip():
        return
    if text.split() != line.text.text.split():
        reading.notes.append((number, f"The text has changed since the file was made. It reads now: {line.text.text}"))
    if translation.strip() == line.translation and not line.is_outdated:
        reading.same += 1
        return
    reading.texts[line.text.path] = translation
    if line.is_missing:
        reading.new += 1
    else:
        reading.changed += 1


def _guarded(cell: str) -> str:
    """The cell so that `_armed` gives it back: one that begins as if a mark had been put before it gets one more."""
    return f"'{cell}" if _is_guarded(cell) else cell


def _armed(cell: str) -> str:
    """The cell of a CSV file without the quotation mark that was put before what looks like a formula."""
    return cell[1:] if _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    return cell[:1] == "'" and cell[1:].startswith((*FORMULA_STARTS, "'"))


def told(rows: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """As many as a page can show."""
    return list(rows)[:MOST_TOLD]
