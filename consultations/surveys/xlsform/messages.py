"""What reading a workbook gives: a document, and a message for everything that differs from the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from consultations.surveys.definition import Definition


@dataclass(frozen=True)
class Message:
    """A sentence about one place of the workbook. `row` counts as the spreadsheet does; 0 means the whole sheet."""

    sheet: str
    row: int
    column: str
    text: str
    is_error: bool = False

    @property
    def place(self) -> str:
        """“survey, row 12, relevant”."""
        parts = [self.sheet, f"row {self.row}" if self.row else "", self.column]
        return ", ".join(part for part in parts if part)

    def to_json(self) -> dict[str, Any]:
        return {"sheet": self.sheet, "row": self.row, "column": self.column, "text": self.text}


@dataclass
class Imported:
    """A workbook as it was understood.

    `definition` is None when the workbook is refused. `questions` counts what the workbook asks, `mapped` what becomes
    a question here and `reported` what does not and is named in `messages`. `notes` holds, word for word, the columns
    and sheets that Soundings has no use for.
    """

    file_name: str
    definition: Definition | None = None
    messages: list[Message] = field(default_factory=list)
    questions: int = 0
    mapped: int = 0
    reported: int = 0
    notes: dict[str, Any] = field(default_factory=dict)
    # Question or page code -> row of the survey sheet.
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def errors(self) -> list[Message]:
        return [message for message in self.messages if message.is_error]

    @property
    def is_refused(self) -> bool:
        return self.definition is None or bool(self.errors)

    @property
    def outcome(self) -> str:
        """“imports”, “imports_with_notes” or “refused”."""
        if self.is_refused:
            return "refused"
        return "imports_with_notes" if self.messages else "imports"
