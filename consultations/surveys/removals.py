"""Deleting from a draft so that it can be put back, for as long as the draft stands: until the next publishing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consultations.surveys import actions, compiling, placing
from consultations.surveys.definition import QUESTION_TEXTS, Definition
from consultations.surveys.definition import Page as Document
from consultations.surveys.models import Page, Question, Removal, Survey
from consultations.surveys.path import PIPED


@transaction.atomic
def delete_question(question: Question, *, actor: Any = None) -> Removal:
    """Remove the question from the draft and keep it. Answers that were given to it stay with their version."""
    definition = compiling.draft_of(question.survey)
    asked = definition.question(question.code)
    siblings = list(Question.objects.filter(page=question.page).order_by("order", "pk"))
    kept = Removal.objects.create(
        survey=question.survey,
        what=Removal.What.QUESTION,
        label=question.label,
        order=siblings.index(question),
        document=placing.page_document(Document(question.page.code, question.page.title, questions=(asked,))),
        translations=placing.texts_of(question.survey, [asked]),
        by=actor,
    )
    actions.delete_question(question)
    _drop_texts(question.survey, kept)
    return kept


@transaction.atomic
def delete_page(page: Page, *, actor: Any = None) -> Removal:
    """Remove the page and its questions from the draft and keep them."""
    definition = compiling.draft_of(page.survey)
    document = whole_page(definition, page)
    pages = list(Page.objects.filter(survey=page.survey).order_by("order", "pk"))
    kept = Removal.objects.create(
        survey=page.survey,
        what=Removal.What.PAGE,
        label=page.title or (document.questions[0].label if document.questions else page.code),
        order=pages.index(page),
        document=placing.page_document(document),
        translations=placing.texts_of(page.survey, document.questions, page=page.code),
        by=actor,
    )
    actions.delete_page(page)
    _drop_texts(page.survey, kept)
    return kept


def looking_at(definition: Definition, codes: set[str]) -> list[str]:
    """What is shown, accepted or worded by the answers to these questions, by wording or title; not they themselves."""
    found = []
    for page in definition.pages:
        if _looks_at(page.relevance, codes) and not codes >= {question.code for question in page.questions}:
            found.append(page.title or page.code)
        for question in page.questions:
            texts = [question.relevance, question.constraint, question.settings.get("calculation", "")]
            texts += [getattr(question, name) for name in QUESTION_TEXTS]
            if question.code not in codes and any(_looks_at(text, codes) for text in texts):
                found.append(question.label)
    return list(dict.fromkeys(found))


def _looks_at(text: str, codes: set[str]) -> bool:
    return not codes.isdisjoint(PIPED.findall(text)) if "${" in text else False


def whole_page(definition: Definition, page: Page) -> Document:
    """The page of the draft as a document, with the questions that the compiled document puts on pages of their own."""
    codes = [row.code for row in page.questions.order_by("order", "pk")]
    found = definition.page(page.code)
    return _with_questions(found, definition, codes)


def _with_questions(document: Document, definition: Definition, codes: list[str]) -> Document:
    facts = {name: getattr(document, name) for name in document.__dataclass_fields__}
    facts["questions"] = tuple(definition.question(code) for code in codes)
    return Document(**facts)


@transaction.atomic
def put_back(removal: Removal) -> tuple[Page | Question, list[str]]:
    """Put it where it was, with its code, choices and translations; what it lost meanwhile comes as sentences.

    A question whose page is gone comes back with its page.
    """
    document = placing.page_from(removal.document)
    survey = removal.survey
    page = Page.objects.select_related("survey").filter(survey=survey, code=document.code).first()
    back: Page | Question
    if removal.what == Removal.What.QUESTION and page is not None:
        placed = placing.place(page, document.questions[0], removal.translations, order=removal.order)
        back, notes = placed.question, placed.notes
    else:
        order = removal.order if removal.what == Removal.What.PAGE else survey.pages.count()
        back, notes = placing.place_page(survey, document, removal.translations, order=order)
    removal.delete()
    return back, notes


def _drop_texts(survey: Survey, kept: Removal) -> None:
    """Translations of what is gone go too, unless a list that others still use needs them."""
    lists = {f"choice:{code}:" for code in survey.choice_lists.values_list("code", flat=True)}
    for language, texts in kept.translations.items():
        paths = [path for path in texts if not any(path.startswith(prefix) for prefix in lists)]
        survey.translations.filter(language=language, path__in=paths).delete()
