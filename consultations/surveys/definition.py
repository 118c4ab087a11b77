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

OTHER = "other"
CHOOSING = frozenset({"single", "multiple", "scale", "matrix"})
TEXTUAL = frozenset({"short_text", "long_text"})
# Texts that can be translated, by the kind of thing that has them.
QUESTION_TEXTS = ("label", "hint", "guidance", "required_message", "constraint_message")
PAGE_TEXTS = ("title", "intro")
SURVEY_TEXTS = ("title", "intro")
DOCUMENT_FORMAT = 1
MOST_KEPT = 256


def other_key(code: str) -> str:
    """Under which key the text beside “Other” of the question `code` stands among the answers."""
    return f"{code}__other"


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
    low_label, high_label, choice_filter (a condition on choices). `theme` is the code of the theme, "" for none.
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
        """Whether the question takes an answer at all; a note does not."""
        return self.kind != "note"

    @cached_property
    def choice_labels(self) -> dict[str, str]:
        """Choice code to label, “Other” included where the question offers it."""
        labels = {choice.code: choice.label for choice in self.choices}
        if self.has_other:
            labels.setdefault(OTHER, "Other")
        return labels

    @cached_property
    def row_labels(self) -> dict[str, str]:
        """Row code to label, for a matrix."""
        return {row.code: row.label for row in self.rows}


@dataclass(frozen=True)
class Page:
    """One page: what is asked together."""

    code: str
    title: str = ""
    intro: str = ""
    relevance: str = ""
    questions: tuple[Question, ...] = ()


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
        )

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
