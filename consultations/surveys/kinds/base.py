"""What every kind of question says of itself, without a database, a form or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext_noop

from consultations.surveys.definition import OTHER, Choice, Question, comment_key, other_key

Cell = str | int | float | date | None
# How a choice code is said: code -> words; what was written beside “Other” stands for it.
Say = Callable[[str], str]
BLANK: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Column:
    """One column of a table of answers.

    `suffix` follows the question's code, `heading` its wording; `read` makes the cell of a stored answer, in codes, and
    `read_words` the same in words. `of` is the key of the answer it reads, “” for the question's own.
    """

    suffix: str
    heading: str
    read: Callable[[Any], Cell]
    read_words: Callable[[Any], Cell]
    # What its codes mean: (code, label).
    codes: tuple[tuple[str, str], ...] = ()
    of: str = ""
    # May say who answered although the question does not ask it: only in tables with names and addresses.
    is_telling: bool = False


class Kind:
    """One kind of question. Kinds hold no state: there is one object of each, in `kinds.KINDS`."""

    name: ClassVar[str] = ""
    # What the builder calls it, and what it is for.
    words: ClassVar[str] = ""
    example: ClassVar[str] = ""
    # Under which heading the builder lists it.
    family: ClassVar[str] = ""
    # Whether a respondent is asked for an answer, and whether the document holds a value at all.
    is_answered: ClassVar[bool] = True
    has_value: ClassVar[bool] = True
    # What the author lists: choices, rows (statements or items); `fixed` are choices that are always the same.
    has_choices: ClassVar[bool] = False
    needs_choices: ClassVar[bool] = True
    has_rows: ClassVar[bool] = False
    fixed: ClassVar[tuple[Choice, ...]] = ()
    offers_other: ClassVar[bool] = False
    offers_comment: ClassVar[bool] = False
    # Passages are cut from its answers and coded.
    is_coded: ClassVar[bool] = False
    # Holds personal data unless the author says otherwise.
    is_personal: ClassVar[bool] = False
    # Its answer names files that came with the submission.
    holds_files: ClassVar[bool] = False
    # A rule (“accepted when”) can be set on its answer.
    takes_rule: ClassVar[bool] = True
    settings: ClassVar[tuple[str, ...]] = ()
    # How figures count it: choices, several, rows, rows_several, numbers, row_numbers, dates, ranks, written or "".
    figure: ClassVar[str] = "written"
    required_message: ClassVar[str] = gettext_noop("Answer “{label}”.")
    # About how long one takes, in seconds, without reading it.
    seconds: ClassVar[int] = 15

    def accepted(self, question: Question, value: Any) -> Any:
        """The part of a stored answer that this version of the question still knows; None for nothing."""
        return value if isinstance(value, str) and value else None

    def is_missing(self, question: Question, value: Any) -> bool:
        """Whether a required question lacks (a part of) its answer."""
        return value in BLANK

    def lines(self, question: Question, value: Any, say: Say) -> list[str]:
        """An accepted answer as a person would say it, each part on a line of its own."""
        return [str(value)]

    def columns(self, question: Question) -> list[Column]:
        """The columns of a table of answers."""
        return [Column("", "", _itself, _itself)]

    def counted(self, question: Question, value: Any) -> Iterator[tuple[str, str]]:
        """What an accepted answer adds one to: (row code, choice code) pairs."""
        return iter(())


def beside(question: Question) -> list[Column]:
    """The columns of what is written beside “Other” and as a comment."""
    columns = []
    if question.has_other:
        heading = f": {question.choice_labels.get(OTHER, 'Other')} (in words)"
        # `code__other` is the column that says whether it was ticked.
        columns.append(Column("__other_text", heading, _itself, _itself, of=other_key(question.code)))
    if question.settings.get("comment"):
        columns.append(Column("__comment", ": comment", _itself, _itself, of=comment_key(question.code)))
    return columns


def keys_beside(question: Question, value: Any) -> list[str]:
    """The keys of what may stand beside this answer: the text of “Other” where it was chosen, and the comment."""
    keys = []
    if question.has_other and (value == OTHER or (isinstance(value, list) and OTHER in value)):
        keys.append(other_key(question.code))
    if question.settings.get("comment"):
        keys.append(comment_key(question.code))
    return keys


def _itself(value: Any) -> Cell:
    return None if value in BLANK else value


def part_of(key: str) -> Callable[[Any], Cell]:
    """A reader for one part of an answer that has several."""

    def read(value: Any) -> Cell:
        return _itself(value.get(key)) if isinstance(value, dict) else None

    return read


def plain_number(value: Any) -> str:
    """A number as it is written: without “.0”."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
