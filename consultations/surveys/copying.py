"""Copies: of a question or a page beside it, of a whole survey in the same consultation or another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction

from consultations.programme.models import Consultation, Theme
from consultations.surveys import actions, compiling, placing, queries
from consultations.surveys.definition import Page as Document
from consultations.surveys.models import Page, Question, Survey, Translation
from consultations.surveys.removals import whole_page
from engagement.audit import trail


@transaction.atomic
def copy_question(question: Question) -> Question:
    """A copy right after the question, under a new code, with the same choices and translations."""
    survey = question.survey
    asked = compiling.draft_of(survey).question(question.code)
    siblings = list(Question.objects.filter(page=question.page).order_by("order", "pk"))
    texts = placing.texts_of(survey, [asked])
    return placing.place(question.page, asked, texts, order=siblings.index(question) + 1).question


@transaction.atomic
def copy_page(page: Page) -> Page:
    """A copy of the page and its questions right after it, under new codes; conditions among them follow."""
    survey = page.survey
    document = whole_page(compiling.draft_of(survey), page)
    pages = list(Page.objects.filter(survey=survey).order_by("order", "pk"))
    texts = placing.texts_of(survey, document.questions, page=page.code)
    return placing.place_page(survey, document, texts, order=pages.index(page) + 1)[0]


@transaction.atomic
def copy_survey(
    source: Survey, consultation: Consultation, *, title: str, actor: Any = None
) -> tuple[Survey, list[str]]:
    """A new draft with everything the draft of `source` has: texts, conditions, limits, lists, translations, notes of
    an import. Codes stay, so that answers can be compared. Answers, versions and the state are not copied.

    Comes with sentences on what the consultation cannot have: themes that it does not know.
    """
    rows = queries.draft_pages(source)
    definition = compiling.draft_of(source, rows)
    # The draft's own pages: questions that the document puts on pages of their own go back to where they are edited.
    pages = [whole_page(definition, row) for row in rows]
    named = {code for code in (definition.theme, *(one.theme for one in definition.questions())) if code}
    known = set(Theme.objects.filter(consultation=consultation, code__in=named).values_list("code", flat=True))
    copy = actions.create_survey(consultation, title=title, code=source.code, actor=actor)
    compiling.rebuild(
        copy,
        replace(definition, code=copy.code, title=title, pages=tuple(_with_own_pictures(page, copy) for page in pages)),
    )
    _keep_sources(source, copy)
    copy.import_notes = source.import_notes
    copy.save(update_fields=["import_notes", "updated_at"])
    trail.record("survey.copied", subject=copy, actor=actor, scope=consultation.reference, source=str(source.public_id))
    lost = sorted(named - known)
    notes = [f"This consultation has no theme “{code}”, so what belonged to it has none." for code in lost]
    return copy, notes


def _with_own_pictures(page: Document, survey: Survey) -> Document:
    questions = tuple(
        replace(question, settings=placing.with_own_picture(survey, question.settings)) for question in page.questions
    )
    return replace(page, questions=questions)


def _keep_sources(source: Survey, copy: Survey) -> None:
    """A translation that has to be looked at again has to be in the copy too."""
    made_of = {(row.language, row.path): row.source for row in source.translations.all()}
    rows = list(copy.translations.all())
    for row in rows:
        row.source = made_of.get((row.language, row.path), row.source)
    Translation.objects.bulk_update(rows, ["source"])
