"""Texts of a workbook in their languages: one is the survey's own, the others become translations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from consultations.surveys.xlsform.columns import TRANSLATED, Column, Row

YES = frozenset({"yes", "true", "true()", "1", "y", "x"})
NO = frozenset({"", "no", "false", "false()", "0", "n"})


def is_yes(cell: str) -> bool:
    return cell.strip().lower() in YES


@dataclass
class Texts:
    """Which language is the survey's own, and the texts found in others: {language: {path: text}}."""

    # The language of columns that name none.
    unnamed: str = "en"
    default: str = "en"
    translations: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, row: Row, name: str, path: str) -> str:
        """The text in the survey's own language; the others are kept under `path`.

        A label that lacks its own language is taken from the first that has one: without it nothing could be asked.
        """
        by_language = {language or self.unnamed: text for language, text in row.texts.get(name, {}).items()}
        own = by_language.get(self.default, "")
        if not own and name == "label":
            own = next(iter(by_language.values()), "")
        for language, text in by_language.items():
            if language != self.default and text:
                self.translations.setdefault(language, {})[path] = text
        return own

    def change(self, path: str, how: Callable[[str], str]) -> None:
        """Change the translations of a text."""
        for texts in self.translations.values():
            if path in texts:
                texts[path] = how(texts[path])

    def move(self, old: str, new: str) -> None:
        """Give the translations of a text another path."""
        for texts in self.translations.values():
            if old in texts:
                texts[new] = texts.pop(old)


def languages_of(columns: Iterable[Column], default_language: str) -> Texts:
    """How the languages of a workbook are to be read: its default is what the settings say, else the columns
    without a language, else the first language that is named."""
    labels = [column for column in columns if column.name in TRANSLATED]
    named = list(dict.fromkeys(column.language for column in labels if column.language))
    has_unnamed = any(not column.language for column in labels if column.name == "label")
    if default_language in named:
        return Texts(unnamed="default", default=default_language)
    if default_language and (has_unnamed or not named):
        return Texts(unnamed=default_language, default=default_language)
    if has_unnamed or not named:
        unnamed = "en" if "en" not in named else "default"
        return Texts(unnamed=unnamed, default=unnamed)
    return Texts(unnamed="default", default=named[0])
