"""Draft rows into a document, and a document back into draft rows.

`compiled(rebuilt draft of d)` is d again for every document that `compiled` made. Everything that stands in the way
of publishing is listed at once, with the question and the column it concerns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from consultations.programme.models import Theme
from consultations.surveys import queries
from consultations.surveys.conditions import ExpressionError, problems_of, references
from consultations.surveys.definition import CHOOSING, OTHER, QUESTION_TEXTS, Choice, Definition, Page, Question
from consultations.surveys.models import Choice as ChoiceRow
from consultations.surveys.models import ChoiceList, Survey, Translation
from consultations.surveys.models import Page as PageRow
from consultations.surveys.models import Question as QuestionRow
from consultations.surveys.path import PIPED

CODE = re.compile(r"[^\W\d][\w.\-]*")
LONGEST_CODE = 80
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
    "settings": "limits",
    "title": "title",
}


# --- rows to document ------------------------------------------------------------------------------------


def draft_of(survey: Survey, rows: list[PageRow] | None = None) -> Definition:
    """The draft as a document, unchecked: what a preview shows. A fixed number of queries.

    `rows` are those of `queries.draft_pages`, where the caller has read them already.
    """
    pages = []
    for row in queries.draft_pages(survey) if rows is None else rows:
        questions = sorted(row.questions.all(), key=lambda question: (question.order, question.pk))
        pages.append(
            Page(
                code=row.code,
                title=row.title,
                intro=row.intro,
                relevance=row.relevance.strip(),
                questions=tuple(_question(question) for question in questions),
            )
        )
    translations: dict[str, dict[str, str]] = {}
    for translation in Translation.objects.filter(survey=survey).order_by("language", "path"):
        translations.setdefault(translation.language, {})[translation.path] = translation.text
    return Definition(
        code=survey.code,
        title=survey.title,
        intro=survey.intro,
        theme=survey.theme.code if survey.theme else "",
        language=survey.default_language,
        pages=tuple(split_pages(pages)),
        translations=translations,
    )


def _question(row: QuestionRow) -> Question:
    return Question(
        code=row.code,
        kind=row.kind,
        label=row.label,
        hint=row.hint,
        guidance=row.guidance,
        required=row.is_required,
        required_message=row.required_message,
        relevance=row.relevance.strip(),
        constraint=row.constraint.strip(),
        constraint_message=row.constraint_message,
        choices=_choices(row.choice_list) if row.kind in CHOOSING else (),
        rows=_choices(row.row_list) if row.kind == "matrix" else (),
        has_other=row.has_other,
        settings=dict(row.settings),
        theme=row.theme.code if row.theme else "",
        personal=row.is_personal,
        list_code=row.choice_list.code if row.choice_list and row.kind in CHOOSING else "",
        row_list_code=row.row_list.code if row.row_list and row.kind == "matrix" else "",
    )


def _choices(choice_list: ChoiceList | None) -> tuple[Choice, ...]:
    if choice_list is None:
        return ()
    rows = sorted(choice_list.choices.all(), key=lambda choice: (choice.order, choice.pk))
    return tuple(Choice(row.code, row.label, row.is_exclusive, dict(row.attributes)) for row in rows)


def split_pages(pages: Iterable[Page]) -> Iterator[Page]:
    """The pages, cut where a question depends on an answer of its own page: what it needs must be asked first.

    Without scripts a page cannot change while it is being filled in, so the follow-up stands on the next one.
    """
    pages = list(pages)
    taken = {page.code for page in pages}
    for page in pages:
        parts: list[list[Question]] = [[]]
        for question in page.questions:
            here = {earlier.code for earlier in parts[-1]}
            if here & _needs(question):
                parts.append([])
            parts[-1].append(question)
        yield replace(page, questions=tuple(parts[0]))
        for number, part in enumerate(parts[1:], 2):
            code = f"{page.code}_{number}"
            while code in taken:
                code += "_"
            taken.add(code)
            yield Page(code, page.title, "", page.relevance, tuple(part))


def _needs(question: Question) -> set[str]:
    """The codes that must be known before the question can be shown."""
    needed = {code for name in QUESTION_TEXTS for code in PIPED.findall(getattr(question, name))}
    for text, is_filter in ((question.relevance, False), (question.settings.get("choice_filter", ""), True)):
        try:
            needed.update(references(text, is_filter) if text else ())
        except ExpressionError:
            continue
    return needed


# --- checking --------------------------------------------------------------------------------------------


def problems_in(definition: Definition) -> list[Problem]:
    """Everything that stands in the way of publishing this document, in its order."""
    found: list[Problem] = []
    if not any(question.is_answered for question in definition.questions()):
        found.append(Problem("", "", "There is no question yet. Add a page and a question to it."))
    all_codes = {question.code for question in definition.questions()}
    known: set[str] = set()
    seen_pages: set[str] = set()
    for page in definition.pages:
        if page.code in seen_pages:
            found.append(Problem(page.code, "code", "Two pages have this code. Give one of them another."))
        seen_pages.add(page.code)
        found += _expression(page.code, "relevance", page.relevance, known, all_codes)
        found += _piping(page.code, "title", f"{page.title} {page.intro}", known, all_codes)
        for question in page.questions:
            found += _in_question(question, known, all_codes)
            known.add(question.code)
    return [*found, *_in_lists(definition)]


def _in_question(question: Question, known: set[str], all_codes: set[str]) -> Iterator[Problem]:
    code = question.code
    if code in known:
        yield Problem(code, "code", "Two questions have this code. Give one of them another.")
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE or code.endswith("__other"):
        yield Problem(code, "code", "A code begins with a letter and has letters, digits, “_”, “-” and “.” only.")
    if question.kind not in QuestionRow.Kind.values:
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
    if question.kind in CHOOSING:
        yield from _in_choices(question)
    yield from _in_settings(question)


def _in_choices(question: Question) -> Iterator[Problem]:
    if not question.choices:
        yield Problem(question.code, "choices", "It has no choices. Write at least one.")
    if question.kind == "matrix" and not question.rows:
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


def _in_settings(question: Question) -> Iterator[Problem]:
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


# --- document to rows ------------------------------------------------------------------------------------


@transaction.atomic
def rebuild(survey: Survey, definition: Definition) -> None:
    """Replace the whole draft of the survey by the rows of this document. Versions are not touched.

    Themes are found by code in the survey's consultation; a code without a theme is dropped.
    """
    themes = {theme.code: theme for theme in Theme.objects.filter(consultation_id=survey.consultation_id)}
    survey.title, survey.intro = definition.title, definition.intro
    survey.default_language = definition.language
    survey.theme = themes.get(definition.theme)
    survey.save(update_fields=["title", "intro", "default_language", "theme", "updated_at"])
    clear(survey)
    lists = _rebuild_lists(survey, definition)
    pages = PageRow.objects.bulk_create(
        PageRow(
            survey=survey, code=page.code, title=page.title, intro=page.intro, relevance=page.relevance, order=order
        )
        for order, page in enumerate(definition.pages)
    )
    QuestionRow.objects.bulk_create(
        _row(survey, page, question, order, lists, themes)
        for page, document in zip(pages, definition.pages, strict=True)
        for order, question in enumerate(document.questions)
    )
    Translation.objects.bulk_create(
        Translation(survey=survey, language=language, path=path, text=text)
        for language, texts in definition.translations.items()
        for path, text in texts.items()
    )


def clear(survey: Survey) -> None:
    """Remove every draft row of the survey."""
    QuestionRow.objects.filter(survey=survey).delete()
    PageRow.objects.filter(survey=survey).delete()
    ChoiceList.objects.filter(survey=survey).delete()
    Translation.objects.filter(survey=survey).delete()


def _rebuild_lists(survey: Survey, definition: Definition) -> dict[str, ChoiceList]:
    wanted: dict[str, tuple[Choice, ...]] = {}
    for question in definition.questions():
        if question.kind in CHOOSING:
            wanted.setdefault(question.list_code or question.code, question.choices)
        if question.kind == "matrix":
            wanted.setdefault(question.row_list_code or f"{question.code}_rows", question.rows)
    lists = ChoiceList.objects.bulk_create(ChoiceList(survey=survey, code=code) for code in wanted)
    by_code = {choice_list.code: choice_list for choice_list in lists}
    ChoiceRow.objects.bulk_create(
        ChoiceRow(
            choice_list=by_code[code],
            code=choice.code,
            label=choice.label,
            order=order,
            is_exclusive=choice.is_exclusive,
            attributes=choice.attributes,
        )
        for code, choices in wanted.items()
        for order, choice in enumerate(choices)
    )
    return by_code


def _row(
    survey: Survey,
    page: PageRow,
    question: Question,
    order: int,
    lists: dict[str, ChoiceList],
    themes: dict[str, Any],
) -> QuestionRow:
    return QuestionRow(
        survey=survey,
        page=page,
        code=question.code,
        kind=question.kind,
        label=question.label,
        hint=question.hint,
        guidance=question.guidance,
        order=order,
        is_required=question.required,
        required_message=question.required_message,
        relevance=question.relevance,
        constraint=question.constraint,
        constraint_message=question.constraint_message,
        choice_list=lists[question.list_code or question.code] if question.kind in CHOOSING else None,
        row_list=lists[question.row_list_code or f"{question.code}_rows"] if question.kind == "matrix" else None,
        has_other=question.has_other,
        settings=question.settings,
        theme=themes.get(question.theme),
        is_personal=question.personal,
    )
