"""Headings of a sheet: what each column means, and in which language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from consultations.surveys.xlsform.messages import Message
from consultations.surveys.xlsform.workbook import Sheet

# Texts that may stand in several languages.
TRANSLATED = frozenset(
    {"label", "hint", "guidance_hint", "constraint_message", "required_message", "intro", "entry_name"}
)
KNOWN = TRANSLATED | frozenset(
    "type name required relevant constraint calculation choice_filter default appearance read_only repeat_count "
    "parameters trigger disabled list_name exclusive".split()
)
# Columns of our own, which other tools pass over.
OWN = frozenset(
    "kind choices_list rows_list code_here theme personal word_limit least most least_choices most_choices low_label "
    "high_label total coordinates comment_box has_other least_entries most_entries most_files file_types "
    "most_megabytes picture_id picture_width picture_height".split()
)
KNOWN |= OWN
# What the column “kind” says beside the kinds of questions: a group that is a page whatever is asked on it, the text
# before its questions, and a text that is there for other tools only.
PAGE, INTRO, PLACEHOLDER = "page", "intro", "placeholder"
ALIASES = {
    "command": "type",
    "caption": "label",
    "value": "name",
    "relevance": "relevant",
    "bind::relevant": "relevant",
    "bind::constraint": "constraint",
    "constraint_msg": "constraint_message",
    "constraintmsg": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "bind::jr:constraintmsg": "constraint_message",
    "bind::required": "required",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "bind::jr:requiredmsg": "required_message",
    "calculate": "calculation",
    "bind::calculate": "calculation",
    "bind::calculation": "calculation",
    "readonly": "read_only",
    "bind::readonly": "read_only",
    "repeat": "repeat_count",
    "jr:count": "repeat_count",
    "control::jr:count": "repeat_count",
    "control::appearance": "appearance",
    "body::appearance": "appearance",
    "media": "media",
    "listname": "list_name",
    "is_exclusive": "exclusive",
    "minimum": "least",
    "maximum": "most",
    "guidance": "guidance_hint",
}
MEDIA = re.compile(r"^(media::?)?(image|big-image|audio|video|autoplay)(::?.*)?$")
CODE_IN_BRACKETS = re.compile(r"\(([a-z]{2,3}(?:-[\w-]+)?)\)\s*$", re.IGNORECASE)
LONGEST_LANGUAGE = 40


@dataclass(frozen=True)
class Column:
    """What one column holds: `name` in our words, `language` "" where none is named, the heading as written."""

    name: str
    language: str
    heading: str
    is_known: bool


@dataclass
class Row:
    """One row below the headings. `texts` holds what may be translated: name -> language -> text."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    # Cells of columns that are not known, by heading.
    other: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    def heading(self, name: str) -> str:
        """The heading of a column as it stands in the file."""
        return self.headings.get(name, name)


def language_of(text: str) -> str:
    """“English (en)” is “en”; a name without a code stays as it is."""
    text = " ".join(text.split())
    found = CODE_IN_BRACKETS.search(text)
    return (found[1] if found else text)[:LONGEST_LANGUAGE]


def column_of(heading: str) -> Column:
    """What a heading means."""
    plain = re.sub(r"\s*(::?)\s*", r"\1", " ".join(heading.split()))
    key = plain.lower().replace(" ", "_")
    if MEDIA.match(key):
        return Column("media", "", heading, is_known=True)
    name = ALIASES.get(key, key)
    if name in KNOWN:
        return Column(name, "", heading, is_known=True)
    base, colons, language = re.match(r"^((?:bind::?)?(?:jr:)?[^:]*)(::?)?(.*)$", plain, re.DOTALL).groups()  # type: ignore[union-attr]
    name = base.lower().replace(" ", "_").replace("bind:jr", "bind::jr")
    name = ALIASES.get(name, name)
    if colons and language and name in TRANSLATED:
        return Column(name, language_of(language), heading, is_known=True)
    single = re.sub(r"^(bind|control|body):(?!:)", r"\1::", key)
    name = ALIASES.get(single, single)
    return Column(name, "", heading, is_known=name in KNOWN)


def read_rows(sheet: Sheet, messages: list[Message]) -> tuple[list[Column], list[Row]]:
    """The columns and rows of a sheet. Headings that stand twice, or mean the same, are errors of row 1."""
    if not sheet.rows:
        return [], []
    number, headings = sheet.rows[0]
    columns = [column_of(heading) if heading else None for heading in headings]
    seen: dict[tuple[str, str], str] = {}
    for column in columns:
        if column is None or column.name == "media":
            continue
        key = (column.name if column.is_known else column.heading, column.language)
        if key in seen:
            text = f"The columns “{seen[key]}” and “{column.heading}” mean the same. Remove one of them."
            if seen[key] == column.heading:
                text = f"The column “{column.heading}” stands twice. Remove one of them."
            messages.append(Message(sheet.name, number, column.heading, text, is_error=True))
        seen.setdefault(key, column.heading)
    rows = [_row(number, cells, columns) for number, cells in sheet.rows[1:] if any(cells)]
    return [column for column in columns if column is not None], rows


def _row(number: int, cells: list[str], columns: list[Column | None]) -> Row:
    row = Row(number)
    for column, cell in zip(columns, cells, strict=False):
        if column is None or not cell:
            continue
        row.headings.setdefault(column.name, column.heading)
        if not column.is_known:
            row.other[column.heading] = cell
        elif column.name in TRANSLATED:
            row.texts.setdefault(column.name, {})[column.language] = cell
        else:
            row.cells.setdefault(column.name, cell)
    return row
