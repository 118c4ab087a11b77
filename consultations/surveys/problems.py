"""What stands in the way of publishing a document: everything at once, with the question and the column it concerns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from consultations.surveys import kinds
from consultations.surveys.conditions import problems_of
from consultations.surveys.definition import OTHER, QUESTION_TEXTS, Choice, Definition, Page, Question
from consultations.surveys.path import PIPED

CODE = re.compile(r"[^\W\d][\w.\-]*")
LONGEST_CODE = 80
# How the keys of what stands beside an answer end.
RESERVED = ("__other", "__comment")
EXPRESSIONS = ("relevance", "constraint")


@dataclass(frozen=True)
class Problem:
    """Something that stands in the way of publishing: where (a page's or question's code, a column) and a sentence."""

    code: str
    column: str
    text: str
    position: int = 0

    def __str__(self) -> str:
        where = f"“{self.code}”, {COLUMN_NAMES.get(self.column, self.column)}" if self.code else "The survey"
        at = f", character {self.position}" if self.position else ""
        return f"{where}{at}: {self.text}"


COLUMN_NAMES = {
    "relevance": "“shown when”",
    "constraint": "“accepted when”",
    "choice_filter": "condition on choices",
    "choices": "choices",
    "rows": "statements",
    "code": "code",
    "label": "wording",
    "hint": "hint",
    "guidance": "guidance",
    "required_message": "message when it is left blank",
    "constraint_message": "message of the rule",
    "kind": "kind",
    "calculation": "calculation",
    "repeats": "entries",
    "settings": "limits",
    "picture": "picture",
    "title": "title",
}


def problems_in(definition: Definition) -> list[Problem]:
    """Everything that stands in the way of publishing this document, in its order."""
    found: list[Problem] = []
    if not any(question.is_answered for question in definition.questions()):
        found.append(Problem("", "", "There is no question yet. Add a page and a question to it."))
    all_codes = {question.code for question in definition.questions()}
    known: set[str] = set()
    seen: set[str] = set()
    seen_pages: set[str] = set()
    for page in definition.pages:
        if page.code in seen_pages:
            found.append(Problem(page.code, "code", "Two pages have this code. Give one of them another."))
        seen_pages.add(page.code)
        found += _expression(page.code, "relevance", page.relevance, known, all_codes)
        found += _piping(page.code, "title", f"{page.title} {page.intro}", known, all_codes)
        outside = set(known)
        for question in page.questions:
            if question.code in seen:
                found.append(Problem(question.code, "code", "Two questions have this code. Give one of them another."))
            seen.add(question.code)
            found += _in_question(question, known, all_codes)
            known.add(question.code)
        if page.repeats:
            found += _in_entries(page)
            # Nothing outside can look at the answers of an entry; it can look at how many there are.
            all_codes = all_codes - {question.code for question in page.questions}
            known = outside | {page.code}
    return [*found, *_in_lists(definition)]


def _in_entries(page: Page) -> Iterator[Problem]:
    if not any(question.is_answered for question in page.questions):
        yield Problem(page.code, "repeats", "It can be filled in several times and asks nothing. Add a question.")
    if page.least_entries and page.most_entries and page.least_entries > page.most_entries:
        yield Problem(page.code, "repeats", "The least number of entries is more than the most.")


def _in_question(question: Question, known: set[str], all_codes: set[str]) -> Iterator[Problem]:
    code = question.code
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE or code.endswith(RESERVED):
        yield Problem(code, "code", "A code begins with a letter and has letters, digits, “_”, “-” and “.” only.")
    if question.kind not in kinds.KINDS:
        yield Problem(code, "kind", f"The kind “{question.kind}” is not known.")
    if not question.label.strip():
        yield Problem(code, "label", "It has no wording. Write what is asked.")
    yield from _expression(code, "relevance", question.relevance, known, all_codes)
    yield from _expression(code, "constraint", question.constraint, known | {code}, all_codes)
    yield from _expression(
        code, "choice_filter", question.settings.get("choice_filter", ""), known, all_codes, allow_columns=True
    )
    for name in QUESTION_TEXTS:
        yield from _piping(code, name, getattr(question, name), known, all_codes)
    yield from _in_choices(question)
    yield from _in_settings(question, known, all_codes)


def _in_choices(question: Question) -> Iterator[Problem]:
    kind = kinds.KINDS.get(question.kind)
    if kind and kind.has_choices and kind.needs_choices and not question.choices:
        yield Problem(question.code, "choices", "It has no choices. Write at least one.")
    if kind and kind.has_rows and not question.rows:
        yield Problem(question.code, "rows", "It has no statements. Write at least one.")
    for what, choices in (("choices", question.choices), ("rows", question.rows)):
        codes = [choice.code for choice in choices]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield Problem(question.code, what, f"The code “{code}” stands twice. Give one of them another.")
        for choice in choices:
            if not choice.label.strip():
                yield Problem(question.code, what, f"“{choice.code}” has no wording.")
            if " " in choice.code or not choice.code:
                yield Problem(question.code, what, f"The code “{choice.code}” must be one word.")
    if question.has_other and any(choice.code == OTHER for choice in question.choices):
        yield Problem(
            question.code,
            "choices",
            "It offers “Other” twice: once by itself and once among the choices. Remove one of them.",
        )


def _in_settings(question: Question, known: set[str], all_codes: set[str]) -> Iterator[Problem]:
    calculation = question.settings.get("calculation", "")
    if question.kind == "calculated":
        if not calculation:
            yield Problem(question.code, "calculation", "It has no calculation. Write how its value follows.")
        yield from _expression(question.code, "calculation", calculation, known, all_codes)
    if question.kind == "image" and not question.settings.get("picture"):
        yield Problem(question.code, "picture", "No picture was chosen. Choose one.")
    for least, most in (("least", "most"), ("least_choices", "most_choices")):
        low, high = question.settings.get(least), question.settings.get(most)
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield Problem(question.code, "settings", f"The least ({low}) is more than the most ({high}).")


def _expression(
    code: str, column: str, text: str, known: set[str], all_codes: set[str], *, allow_columns: bool = False
) -> Iterator[Problem]:
    if not text:
        return
    for message, position in problems_of(text, known=known, all_codes=all_codes, allow_columns=allow_columns):
        yield Problem(code, column, message, position)


def _piping(code: str, column: str, text: str, known: set[str], all_codes: set[str]) -> Iterator[Problem]:
    for found in PIPED.finditer(text):
        if found[1] in known:
            continue
        reason = "which comes later" if found[1] in all_codes else "and there is no question with that code"
        yield Problem(code, column, f"The text shows the answer to “{found[1]}”, {reason}.", found.start() + 1)


def _in_lists(definition: Definition) -> Iterator[Problem]:
    lists: dict[str, tuple[Choice, ...]] = {}
    for question in definition.questions():
        for name, choices in ((question.list_code, question.choices), (question.row_list_code, question.rows)):
            if name and lists.setdefault(name, choices) != choices:
                yield Problem(question.code, "choices", f"The list “{name}” has other choices at another question.")
