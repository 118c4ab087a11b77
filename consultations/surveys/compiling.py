"""Draft rows into a document, and a document back into draft rows.

`compiled(rebuilt draft of d)` is d again for every document that `compiled` made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from consultations.programme.models import Theme
from consultations.surveys import kinds, queries
from consultations.surveys.conditions import ExpressionError, references
from consultations.surveys.definition import QUESTION_TEXTS, Choice, Definition, Page, Question
from consultations.surveys.models import Choice as ChoiceRow
from consultations.surveys.models import ChoiceList, Survey, Translation
from consultations.surveys.models import Page as PageRow
from consultations.surveys.models import Question as QuestionRow
from consultations.surveys.path import PIPED
from consultations.surveys.translating import texts_of

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
                repeats=row.repeats,
                entry_name=row.entry_name if row.repeats else "",
                least_entries=row.least_entries if row.repeats else None,
                most_entries=row.most_entries if row.repeats else None,
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
    kind = kinds.KINDS[row.kind]
    choices = row.choice_list if kind.has_choices else None
    rows = row.row_list if kind.has_rows else None
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
        choices=kind.fixed or _choices(choices),
        rows=_choices(rows),
        has_other=row.has_other,
        settings=dict(row.settings),
        theme=row.theme.code if row.theme else "",
        personal=row.is_personal,
        list_code=choices.code if choices else "",
        row_list_code=rows.code if rows else "",
    )


def _choices(choice_list: ChoiceList | None) -> tuple[Choice, ...]:
    if choice_list is None:
        return ()
    rows = sorted(choice_list.choices.all(), key=lambda choice: (choice.order, choice.pk))
    return tuple(Choice(row.code, row.label, row.is_exclusive, dict(row.attributes)) for row in rows)


def split_pages(pages: Iterable[Page]) -> Iterator[Page]:
    """The pages, cut where a question depends on an answer of its own page: what it needs must be asked first.

    Without scripts a page cannot change while it is being filled in, so the follow-up stands on the next one. A page
    that repeats stays whole: it is shown again when what was saved asks for more. A calculated value is worked out
    after its page was saved, so it cuts nothing itself, and passes on what it depends on.
    """
    pages = list(pages)
    taken = {page.code for page in pages}
    for page in pages:
        parts = [page.questions] if page.repeats else _parts(page.questions)
        yield replace(page, questions=tuple(parts[0]))
        for number, part in enumerate(parts[1:], 2):
            code = f"{page.code}_{number}"
            while code in taken:
                code += "_"
            taken.add(code)
            yield Page(code, page.title, "", page.relevance, tuple(part))


def _parts(questions: Iterable[Question]) -> list[Sequence[Question]]:
    parts: list[list[Question]] = [[]]
    # The codes whose value is not known before the last part was saved.
    open_codes: set[str] = set()
    for question in questions:
        depends = bool(open_codes & _needs(question))
        if depends and question.kind != "calculated":
            parts.append([])
            open_codes = set()
        if depends or question.is_answered:
            open_codes.add(question.code)
        parts[-1].append(question)
    return list(parts)


def _needs(question: Question) -> set[str]:
    """The codes that must be known before the question can be shown, or its value be worked out."""
    needed = {code for name in QUESTION_TEXTS for code in PIPED.findall(getattr(question, name))}
    texts = [(question.relevance, False)]
    texts += [(question.settings.get(name, ""), name == "choice_filter") for name in ("choice_filter", "calculation")]
    for text, is_filter in texts:
        try:
            needed.update(references(text, is_filter) if text else ())
        except ExpressionError:
            continue
    return needed


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
            survey=survey,
            code=page.code,
            title=page.title,
            intro=page.intro,
            relevance=page.relevance,
            order=order,
            repeats=page.repeats,
            entry_name=page.entry_name,
            least_entries=page.least_entries,
            most_entries=page.most_entries,
        )
        for order, page in enumerate(definition.pages)
    )
    QuestionRow.objects.bulk_create(
        _row(survey, page, question, order, lists, themes)
        for page, document in zip(pages, definition.pages, strict=True)
        for order, question in enumerate(document.questions)
    )
    sources = {one.path: one.text for one in texts_of(definition)}
    Translation.objects.bulk_create(
        Translation(survey=survey, language=language, path=path, text=text, source=sources.get(path, ""))
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
        if name := _list_code(question):
            wanted.setdefault(name, question.choices)
        if kinds.of(question).has_rows:
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


def _list_code(question: Question) -> str:
    """What its list of choices is called among the draft rows; empty for none."""
    kind = kinds.of(question)
    if not kind.has_choices or not (kind.needs_choices or question.choices):
        return ""
    return question.list_code or question.code


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
        choice_list=lists[name] if (name := _list_code(question)) else None,
        row_list=lists[question.row_list_code or f"{question.code}_rows"] if kinds.of(question).has_rows else None,
        has_other=question.has_other,
        settings=question.settings,
        theme=themes.get(question.theme),
        is_personal=question.personal,
    )
