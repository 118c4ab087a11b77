"""Which columns the workbook for bulk entry has: who and how first, then the answers by the names of the export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from consultations.submissions.models import Submission
from consultations.surveys import kinds
from consultations.surveys.definition import Definition, Page, Question
from consultations.surveys.forms.asking import ASKING
from consultations.surveys.inputs import SeveralField
from consultations.surveys.paper import numbers_of

RESPONSES, CODES, ABOUT = "responses", "codes", "about"
ENTRY = "entry"
# A workbook with more responses is refused: they are read and made in one go, while somebody waits.
MOST_ROWS = 2000
CHANNELS = {
    str(channel.value): str(channel.label)
    for channel in Submission.Channel
    if channel not in {Submission.Channel.ONLINE, Submission.Channel.IMPORT}
}
CAPACITIES = {str(one.value): str(one.label) for one in Submission.Capacity}
CONFIDENTIALITY = {str(one.value): str(one.label) for one in Submission.Confidentiality}
YES_NO = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True)
class Fixed:
    """A column that every survey has."""

    name: str
    words: str
    help: str
    codes: tuple[tuple[str, str], ...] = ()
    needed: bool = False


FIXED: tuple[Fixed, ...] = (
    Fixed("reference", "Reference", "What you wrote on the paper, such as LETTER-0017. It is taken once.", needed=True),
    Fixed("received_on", "Received on", "The day on which it came, such as 8/2/2019.", needed=True),
    Fixed("channel", "How it came", "One of the codes.", tuple(CHANNELS.items()), needed=True),
    Fixed("organisation", "Organisation", "Its name as in the register, or its id. Empty for a person."),
    Fixed("name", "Name of the person", "For a person it is needed; for an organisation whoever wrote."),
    Fixed("email", "E-mail address", "If it is known."),
    Fixed("capacity", "For whom", "self, organisation or members.", tuple(CAPACITIES.items())),
    Fixed("kind", "Kind of person", "Only for a person: a code or name of the kind."),
    Fixed("areas", "Areas", "Only for a person: codes or names with ; between."),
    Fixed(
        "confidentiality", "What we may publish", "named, unnamed or withheld. Not said on the paper: withheld.",
        tuple(CONFIDENTIALITY.items()), needed=True,
    ),
    Fixed("confidentiality_reason", "Why it is not to be published", "Needed for withheld."),
    Fixed("may_contact", "May be contacted", "yes or no. Empty means no.", tuple(YES_NO.items())),
    Fixed("statement", "In their own words", "What stands beside the questions (B1 on our own paper)."),
)  # fmt: skip
FIXED_NAMES = tuple(one.name for one in FIXED)


@dataclass(frozen=True)
class AnswerColumn:
    """A column of answers. `field` is the form field that reads its cell, "" for one that only says again (a tick of
    several) or that is read together with others (a coordinate)."""

    name: str
    words: str
    question: Question
    number: int
    codes: tuple[tuple[str, str], ...] = ()
    field: str = ""
    is_several: bool = False

    @property
    def help(self) -> str:
        """What may stand in a cell, in a few words."""
        if self.is_several:
            return "Codes with ; between."
        if self.codes:
            return "One of the codes."
        return {"date": "A day, such as 8/2/2019.", "integer": "A whole number.", "decimal": "A number."}.get(
            self.question.kind, ""
        )


def columns_of(page: Page, numbers: dict[str, int], *, with_ticks: bool = False) -> list[AnswerColumn]:
    """The columns of a page's questions. `with_ticks` adds those of the export that hold 1 or 0 for each choice: a
    template has none of them, and a file may bring them."""
    found: list[AnswerColumn] = []
    for question in page.questions:
        if not question.is_answered or question.kind not in ASKING:
            continue
        if kinds.of(question).holds_files:
            # No cell holds a file: it is added to the response by hand.
            continue
        fields = fields_of(question)
        for column in kinds.columns(question):
            field = column.of or _field_for(question.code, column.suffix, fields)
            if not field and column.codes and not with_ticks:
                continue
            found.append(
                AnswerColumn(
                    name=column_name(f"{question.code}{column.suffix}"),
                    words=f"{question.label}{column.heading}",
                    question=question,
                    number=numbers.get(question.code, 0),
                    codes=column.codes if field else (),
                    field=field,
                    is_several=isinstance(fields.get(field), SeveralField),
                )
            )
    return found


def column_name(of_export: str) -> str:
    """The name that the export has for it; one that a fixed column has already gets a word before it."""
    return f"answer:{of_export}" if of_export in FIXED_NAMES or of_export == ENTRY else of_export


def fields_of(question: Question) -> dict[str, forms.Field]:
    """The form fields of one question by name, without those beside it."""
    return ASKING[question.kind].fields(question)


def _field_for(code: str, suffix: str, fields: dict[str, Any]) -> str:
    """The field that asks for what this column holds: its name has `--` where the column's has `__`."""
    wanted = suffix.replace("--", "__")
    return next((name for name in fields if name[len(code) :].replace("--", "__") == wanted), "")


def all_columns(definition: Definition) -> tuple[list[AnswerColumn], dict[str, list[AnswerColumn]]]:
    """The columns of the sheet of responses, and of the sheet of each repeated page by its code."""
    numbers = numbers_of(definition)
    plain: list[AnswerColumn] = []
    repeated: dict[str, list[AnswerColumn]] = {}
    for page in definition.pages:
        if page.repeats:
            repeated[page.code] = columns_of(page, numbers)
        else:
            plain += columns_of(page, numbers)
    return plain, repeated


def sheet_name(page_code: str) -> str:
    """What the sheet of a repeated page is called: at most 31 characters, as spreadsheets demand."""
    return page_code[:31]
