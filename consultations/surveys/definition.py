"""The survey document: what a version holds and what everything that reads answers goes by.

Plain values without a database. The same document always gives the same canonical JSON, and so the same SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Protocol

from django.utils.translation import gettext

OTHER = "other"
# Kinds that ask nothing of the respondent, and among them those that hold no value either.
UNASKED = frozenset({"note", "image", "calculated", "hidden"})
WITHOUT_VALUE = frozenset({"note", "image"})
# Between the code of a page that is filled in several times, the number of the entry and the code of a question.
OF_ENTRY = "~"
# Texts that can be translated, by the kind of thing that has them.
QUESTION_TEXTS = ("label", "hint", "guidance", "required_message", "constraint_message")
PAGE_TEXTS = ("title", "intro", "entry_name")
SURVEY_TEXTS = ("title", "intro")
DOCUMENT_FORMAT = 1
# What came later than the first documents is written only where it says something, so that their SHA-256 stays.
CAME_LATER = ("repeats", "entry_name", "least_entries", "most_entries")
MOST_KEPT = 256


def other_key(code: str) -> str:
    """Under which key the text beside “Other” of the question `code` stands among the answers."""
    return f"{code}__other"


def comment_key(code: str) -> str:
    """Under which key the comment on the answer to the question `code` stands among the answers."""
    return f"{code}__comment"


def entry_key(page_code: str, number: int, code: str = "") -> str:
    """Under which key an entry of a repeated page stands among the answers (`true` while it exists), and with
    `code` the answer to that question in the entry. Numbers are never used again, so an entry keeps its identity."""
    key = f"{page_code}{OF_ENTRY}{number}"
    return f"{key}{OF_ENTRY}{code}" if code else key


@dataclass(frozen=True)
class Choice:
    """One entry of a list, or one statement of a matrix."""

    code: str
    label: str
    is_exclusive: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One question. `kind` is a value of `surveys.models.Question.Kind`.

    `settings` by kind: least, most (numbers), word_limit, rows (of a text box), least_choices, most_choices,
    low_label, high_label, total (of a constant sum), coordinates (of a place), most_files, file_types and
    most_megabytes (of files), picture with width and height in pixels (of a picture), calculation, default, comment
    (a place for one), choice_filter (a condition on choices). `theme` is the code of the theme, "" for none.
    """

    code: str
    kind: str
    label: str
    hint: str = ""
    guidance: str = ""
    required: bool = False
    required_message: str = ""
    relevance: str = ""
    constraint: str = ""
    constraint_message: str = ""
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    has_other: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    theme: str = ""
    personal: bool = False
    # Under which names the two lists stand in the draft and in the paths of translations.
    list_code: str = ""
    row_list_code: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether a respondent is asked for an answer; a note or a calculated value does not."""
        return self.kind not in UNASKED

    @property
    def has_value(self) -> bool:
        """Whether the document can hold a value for it, asked or not."""
        return self.kind not in WITHOUT_VALUE

    @cached_property
    def choice_labels(self) -> dict[str, str]:
        """Choice code to label, “Other” included where the question offers it."""
        labels = {choice.code: choice.label for choice in self.choices}
        if self.has_other:
            labels.setdefault(OTHER, gettext("Other"))
        return labels

    @cached_property
    def row_labels(self) -> dict[str, str]:
        """Row code to label, for a matrix."""
        return {row.code: row.label for row in self.rows}


@dataclass(frozen=True)
class Page:
    """One page: what is asked together.

    A page that `repeats` is filled in once for each entry (a site, a course, a vacancy): `entry_name` says what one
    is called, `least_entries` and `most_entries` how many there must and may be (None for no limit).
    """

    code: str
    title: str = ""
    intro: str = ""
    relevance: str = ""
    questions: tuple[Question, ...] = ()
    repeats: bool = False
    entry_name: str = ""
    least_entries: int | None = None
    most_entries: int | None = None


@dataclass(frozen=True)
class Definition:
    """A whole survey. `translations` maps a language to {path: text}, see `surveys.models.Translation`."""

    code: str
    title: str
    intro: str = ""
    theme: str = ""
    language: str = "en"
    pages: tuple[Page, ...] = ()
    translations: dict[str, dict[str, str]] = field(default_factory=dict)

    def questions(self) -> Iterator[Question]:
        """Every question in the order of the survey, notes included."""
        for page in self.pages:
            yield from page.questions

    def question(self, code: str) -> Question:
        """The question of this code; raises KeyError."""
        return self._by_code[code]

    def has_question(self, code: str) -> bool:
        return code in self._by_code

    def page(self, code: str) -> Page:
        """The page of this code; raises KeyError."""
        return self._pages_by_code[code]

    def page_of(self, question_code: str) -> Page:
        """The page on which the question stands; raises KeyError."""
        return self._pages_of_questions[question_code]

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries, lists and texts, ready for a JSON column."""
        document = _plain(asdict(self))
        for page in document["pages"]:
            for name in CAME_LATER:
                if page[name] in (False, "", None):
                    del page[name]
        document["format"] = DOCUMENT_FORMAT
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Definition:
        """The document that `to_json` wrote; unknown keys are passed over."""
        return cls(
            **{
                **_known(cls, document),
                "pages": tuple(_page(page) for page in document.get("pages", ())),
            }
        )

    @property
    def canonical(self) -> str:
        """The one way to write this document as JSON."""
        return json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the canonical JSON, in hexadecimal."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @property
    def written(self) -> Definition:
        """The document in the language of its author: conditions look at its words, so that the way through a survey
        is the same whatever language it is read in."""
        return vars(self).get("_written", self)  # type: ignore[no-any-return]

    def read_from(self, written: Definition) -> Definition:
        """This document, known to be another language's reading of `written`."""
        vars(self)["_written"] = written.written
        return self

    def in_language(self, language: str) -> Definition:
        """The same survey with the texts of `language`; a text without a translation stays as it is."""
        texts = self.translations.get(language)
        if not texts or language == self.language:
            return self
        return replace(
            self,
            language=language,
            pages=tuple(_page_in(page, texts) for page in self.pages),
            **_translated(self, "survey", SURVEY_TEXTS, texts),
        ).read_from(self)

    @cached_property
    def _by_code(self) -> dict[str, Question]:
        return {question.code: question for question in self.questions()}

    @cached_property
    def _pages_by_code(self) -> dict[str, Page]:
        return {page.code: page for page in self.pages}

    @cached_property
    def _pages_of_questions(self) -> dict[str, Page]:
        return {question.code: page for page in self.pages for question in page.questions}


class Versioned(Protocol):
    """What `load` needs of a published version."""

    sha256: str
    definition: Any


_kept: dict[str, Definition] = {}


def load(version: Versioned) -> Definition:
    """The document of a published version. Versions never change, so each is read once for each process."""
    found = _kept.get(version.sha256)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[version.sha256] = Definition.from_json(version.definition)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _known(cls: type, document: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(cls)}
    return {name: value for name, value in document.items() if name in names}


def _page(document: Mapping[str, Any]) -> Page:
    questions = tuple(_question(question) for question in document.get("questions", ()))
    return Page(**{**_known(Page, document), "questions": questions})


def _question(document: Mapping[str, Any]) -> Question:
    return Question(
        **{
            **_known(Question, document),
            "choices": tuple(Choice(**_known(Choice, choice)) for choice in document.get("choices", ())),
            "rows": tuple(Choice(**_known(Choice, row)) for row in document.get("rows", ())),
        }
    )


def _translated(thing: Any, path: str, names: tuple[str, ...], texts: Mapping[str, str]) -> dict[str, Any]:
    return {name: texts.get(f"{path}:{name}") or getattr(thing, name) for name in names}


def _page_in(page: Page, texts: Mapping[str, str]) -> Page:
    return replace(
        page,
        questions=tuple(_question_in(question, texts) for question in page.questions),
        **_translated(page, f"page:{page.code}", PAGE_TEXTS, texts),
    )


def _question_in(question: Question, texts: Mapping[str, str]) -> Question:
    return replace(
        question,
        choices=_choices_in(question.choices, question.list_code, texts),
        rows=_choices_in(question.rows, question.row_list_code, texts),
        **_translated(question, f"question:{question.code}", QUESTION_TEXTS, texts),
    )


def _choices_in(choices: tuple[Choice, ...], list_code: str, texts: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(
        replace(choice, **_translated(choice, f"choice:{list_code}:{choice.code}", ("label",), texts))
        for choice in choices
    )
