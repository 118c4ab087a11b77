"""The texts of a survey in other languages: which there are, what is missing, and the survey as somebody reads it.

A document names its languages as its author or workbook did (“cy”, “Welsh (cy)”, “Cymraeg”); the site knows them by
their codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, override

from consultations.surveys.definition import (
    PAGE_TEXTS,
    QUESTION_TEXTS,
    SURVEY_TEXTS,
    Choice,
    Definition,
    Page,
    Question,
    Versioned,
    load,
)
from consultations.surveys.kinds import KINDS
from engagement.core import languages

# Texts that stand among the settings of a question.
SETTING_TEXTS = ("low_label", "high_label")
CODE = re.compile(r"\(?\b([a-z]{2,3})(?:[-_]\w+)?\)?$")
NAMES = {"english": "en", "default": "en", "welsh": "cy", "cymraeg": "cy"}
MOST_KEPT = 256


class Foreign(str):
    """A text in another language than the page's: in HTML it says which, so that it is pronounced rightly."""

    __slots__ = ("lang",)
    lang: str

    def __new__(cls, text: str, lang: str = "") -> Foreign:
        made = super().__new__(cls, text)
        made.lang = lang
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Foreign, (str(self), self.lang)

    def __html__(self) -> SafeString:
        return format_html('<span lang="{}">{}</span>', self.lang, str(self))


def code_of(name: str) -> str:
    """The code of a language that a document names: “cy” for “Welsh (cy)” and for “Cymraeg”; empty for one unknown."""
    words = name.strip().lower()
    if words in NAMES:
        return NAMES[words]
    found = CODE.search(words)
    return found[1] if found and (found[0] == words or found[0].startswith("(")) else ""


def named(definition: Definition, code: str) -> str:
    """Under which name the document has texts in the language of this code; empty for none."""
    return next((name for name in definition.translations if code_of(name) == code), "")


def language_of(definition: Definition) -> str:
    """The code of the language that the document speaks now."""
    return code_of(definition.language) or definition.language[:10]


# --- as somebody reads it -------------------------------------------------------------------------------


_kept: dict[tuple[str, str], Definition] = {}


def spoken(version: Versioned, language: str = "") -> Definition:
    """A published version in the language of the page, or in that of this code; each is made once for each process.

    A text without a translation stays in the survey's own language and is `Foreign`.
    """
    code = languages.short(language or get_language() or languages.SOURCE)
    found = _kept.get((version.sha256, code))
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        with override(languages.for_messages(code)):
            found = _kept[version.sha256, code] = in_language(load(version), code)
    return found


def in_language(definition: Definition, code: str) -> Definition:
    """The document in the language of this code, texts without a translation marked with their own."""
    own = language_of(definition)
    name = named(definition, code)
    if own == code:
        texts, mark = {}, ""
    else:
        texts, mark = definition.translations.get(name, {}), own
    speaks = code if texts else own
    # A copy in any case: what a question keeps of its own words is kept in the language in which it was asked for.
    return replace(
        definition,
        language=speaks,
        pages=tuple(_page(page, texts, mark, origin) for page, origin in _with_origins(definition.pages)),
        **_texts(definition, "survey", SURVEY_TEXTS, texts, mark),
    ).read_from(definition)


def _texts(thing: Any, path: str, names: tuple[str, ...], texts: Mapping[str, str], mark: str) -> dict[str, Any]:
    return {name: _text(getattr(thing, name), f"{path}:{name}", texts, mark) for name in names}


def _text(text: str, path: str, texts: Mapping[str, str], mark: str) -> str:
    if not text or not mark:
        return text
    return texts.get(path) or Foreign(text, mark)


def _page(page: Page, texts: Mapping[str, str], mark: str, origin: str) -> Page:
    return replace(
        page,
        questions=tuple(_question(question, texts, mark) for question in page.questions),
        **_texts(page, f"page:{origin}", PAGE_TEXTS, texts, mark),
    )


def _with_origins(pages: Iterable[Page]) -> Iterator[tuple[Page, str]]:
    """Each page with the code of the page it was cut from, which has the texts of both; its own for most pages."""
    first: Page | None = None
    for page in pages:
        is_cut = (
            first is not None
            and page.title == first.title
            and re.fullmatch(rf"{re.escape(first.code)}_\d+_*", page.code) is not None
        )
        if first is None or not is_cut:
            first = page
        yield page, first.code


def _question(question: Question, texts: Mapping[str, str], mark: str) -> Question:
    path = f"question:{question.code}"
    settings = {
        name: _text(value, f"{path}:{name}", texts, mark) if name in SETTING_TEXTS and isinstance(value, str) else value
        for name, value in question.settings.items()
    }
    return replace(
        question,
        settings=settings,
        choices=_choices_of(question, texts, mark),
        rows=_choices(question.rows, question.row_list_code, texts, mark),
        **_texts(question, path, QUESTION_TEXTS, texts, mark),
    )


def _choices_of(question: Question, texts: Mapping[str, str], mark: str) -> tuple[Choice, ...]:
    kind = KINDS.get(question.kind)
    if kind is not None and kind.fixed:
        # The same in every survey, such as yes and no: their words are the site's own.
        return tuple(replace(choice, label=gettext(choice.label)) for choice in question.choices)
    return _choices(question.choices, question.list_code, texts, mark)


def _choices(choices: tuple[Choice, ...], code: str, texts: Mapping[str, str], mark: str) -> tuple[Choice, ...]:
    return tuple(
        replace(choice, label=_text(choice.label, f"choice:{code}:{choice.code}:label", texts, mark))
        for choice in choices
    )


# --- what there is to translate -------------------------------------------------------------------------

WHAT = {
    "title": "Title",
    "intro": "Text above the questions",
    "entry_name": "What one entry is called",
    "label": "Question",
    "hint": "Hint",
    "guidance": "More about it",
    "required_message": "Message when it is left blank",
    "constraint_message": "Message of the rule",
    "low_label": "Words for the lowest",
    "high_label": "Words for the highest",
}


@dataclass(frozen=True)
class Text:
    """One text of a survey: its path as translations are kept under, where it stands, what it is, and itself."""

    path: str
    where: str
    what: str
    text: str


def texts_of(definition: Definition) -> list[Text]:
    """Every text of the document that can be translated, in its order; a list that several questions use once."""
    found = [Text(f"survey:{name}", "", WHAT[name], getattr(definition, name)) for name in SURVEY_TEXTS]
    lists: set[str] = set()
    for page, origin in _with_origins(definition.pages):
        if page.code == origin:
            found += [Text(f"page:{origin}:{name}", origin, WHAT[name], getattr(page, name)) for name in PAGE_TEXTS]
        for question in page.questions:
            found += _texts_of_question(question, origin, lists)
    return [one for one in found if one.text.strip()]


def _texts_of_question(question: Question, page: str, lists: set[str]) -> Iterator[Text]:
    path = f"question:{question.code}"
    for name in QUESTION_TEXTS:
        yield Text(f"{path}:{name}", page, WHAT[name], getattr(question, name))
    for name in SETTING_TEXTS:
        yield Text(f"{path}:{name}", page, WHAT[name], str(question.settings.get(name) or ""))
    for code, choices, what in (
        (question.list_code, question.choices, "Choice"),
        (question.row_list_code, question.rows, "Statement"),
    ):
        if code and code not in lists:
            lists.add(code)
            for choice in choices:
                yield Text(f"choice:{code}:{choice.code}:label", page, what, choice.label)


def missing(definition: Definition, code: str) -> list[Text]:
    """The texts that have no translation into the language of this code."""
    known = definition.translations.get(named(definition, code), {})
    return [one for one in texts_of(definition) if not known.get(one.path, "").strip()]
