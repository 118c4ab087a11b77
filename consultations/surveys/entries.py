"""The entries of a page that can be filled in several times, as they stand among the answers of a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consultations.surveys import kinds
from consultations.surveys.definition import OF_ENTRY, Page, Question, entry_key


def entry_numbers(page_code: str, answers: Mapping[str, Any]) -> list[int]:
    """The numbers of the entries of a repeated page that exist, in their order."""
    start = page_code + OF_ENTRY
    return sorted(
        int(rest)
        for key, value in answers.items()
        if value is True and key.startswith(start) and (rest := key[len(start) :]).isdecimal()
    )


def removed_entries(page_code: str, answers: Mapping[str, Any]) -> list[int]:
    """The numbers of the entries of a repeated page that were removed, in their order."""
    start = page_code + OF_ENTRY
    found = (key[len(start) :] for key, value in answers.items() if value is None and key.startswith(start))
    return sorted(int(rest) for rest in found if rest.isdecimal())


def plain_answers(answers: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The answers by plain question code that go with this key: those of its entry over those of no entry."""
    start = key.rpartition(OF_ENTRY)[0]
    found = {code: value for code, value in answers.items() if OF_ENTRY not in code}
    if start:
        start += OF_ENTRY
        found |= {code.removeprefix(start): value for code, value in answers.items() if code.startswith(start)}
    return found


def values_of(page: Page, question: Question, answers: Mapping[str, Any]) -> list[Any]:
    """The stored answers to a question of this page: one, or one for each entry; those left blank are not in it."""
    if page.repeats:
        found = [answers.get(entry_key(page.code, n, question.code)) for n in entry_numbers(page.code, answers)]
    else:
        found = [answers.get(question.code)]
    return [value for value in found if value not in kinds.BLANK]
