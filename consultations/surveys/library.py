"""The library of the site: questions that any survey can take, with their codes, choices, limits and translations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from consultations.surveys import compiling, placing, queries
from consultations.surveys.definition import Definition, Question
from consultations.surveys.definition import Page as Document
from consultations.surveys.models import LibraryQuestion, Page, Survey
from consultations.surveys.models import Question as QuestionRow
from consultations.surveys.standard import ABOUT, QUESTIONS, areas_question
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.stakeholders.models import Area

MOST_FOUND = 25


# --- finding ---------------------------------------------------------------------------------------------


def found_in_library(words: str) -> QuerySet[LibraryQuestion]:
    """The questions of the library in which every one of these words occurs: in wording, code, topic or origin."""
    rows = LibraryQuestion.objects.select_related("saved_by")
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(label__icontains=word) | Q(code__icontains=word) | Q(topic__icontains=word) | Q(origin__icontains=word)
        )
    return rows.order_by("topic", "label", "pk")


def found_elsewhere(user: Any, survey: Survey, words: str) -> QuerySet[QuestionRow]:
    """Questions of the drafts of other surveys that this person works on, in which every one of these words occurs."""
    rows = (
        QuestionRow.objects.filter(survey__in=queries.visible_to(user).exclude(pk=survey.pk))
        .exclude(kind=QuestionRow.Kind.NOTE)
        .select_related("survey__consultation", "choice_list")
    )
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(label__icontains=word)
            | Q(code__icontains=word)
            | Q(survey__title__icontains=word)
            | Q(survey__consultation__title__icontains=word)
        )
    return rows.order_by("-survey__updated_at", "survey", "page__order", "order", "pk")


def question_of(item: LibraryQuestion) -> Question:
    """The question of the library as a survey document holds it."""
    return placing.page_from({"code": item.code, "questions": [item.document]}).questions[0]


# --- taking ----------------------------------------------------------------------------------------------


def take(item: LibraryQuestion, page: Page) -> placing.Placed:
    """Put a question of the library into a page of a draft, after the others."""
    return placing.place(page, question_of(item), item.translations)


def take_from(row: QuestionRow, page: Page) -> placing.Placed:
    """Put a question of another survey's draft into a page, after the others. The other survey stays as it is."""
    definition = compiling.draft_of(row.survey)
    asked = definition.question(row.code)
    return placing.place(page, asked, placing.texts_of(row.survey, [asked]))


# --- saving ----------------------------------------------------------------------------------------------


@transaction.atomic
def save(row: QuestionRow, *, topic: str, actor: Any = None) -> LibraryQuestion:
    """Save a question of a draft in the library, without its theme and its condition on other questions.

    Saving the same question again changes its topic only. Raises Refused when the library has another question under
    this code: a code stands for one question, so that answers can be compared.
    """
    definition = compiling.draft_of(row.survey)
    asked = replace(definition.question(row.code), theme="", relevance="")
    texts = placing.texts_of(row.survey, [asked])
    document = _document(asked)
    found = LibraryQuestion.objects.select_for_update().filter(code=asked.code).first()
    if found is not None and (found.document != document or found.translations != texts):
        raise Refused(
            f"The library has another question under the code “{asked.code}”: “{found.label}”. Take that one, or give "
            "yours another code."
        )
    if found is not None:
        found.topic = topic
        found.save(update_fields=["topic", "updated_at"])
        return found
    item = LibraryQuestion.objects.create(
        code=asked.code,
        kind=asked.kind,
        label=asked.label,
        topic=topic,
        language=definition.language,
        document=document,
        translations=texts,
        origin=f"{row.survey.title}, {row.survey.consultation.title}"[:300],
        saved_by=actor,
    )
    trail.record("library.question_saved", subject=item, actor=actor)
    return item


@transaction.atomic
def remove(item: LibraryQuestion, *, actor: Any = None) -> None:
    """Take a question out of the library. Surveys that took it keep theirs."""
    trail.record("library.question_removed", subject=item, actor=actor)
    item.delete()


def topics() -> list[str]:
    """The topics that are in use."""
    return list(LibraryQuestion.objects.exclude(topic="").order_by("topic").values_list("topic", flat=True).distinct())


@transaction.atomic
def add_standard_questions(*, actor: Any = None) -> int:
    """Put the standard questions into the library, those that are not there; says how many were added.

    “Which areas…?” offers the local authorities of this site.
    """
    places = Area.objects.filter(level=Area.Level.AUTHORITY).order_by("name", "pk").values_list("code", "name")
    areas = areas_question(places)
    wanted = [*([(ABOUT, areas)] if areas else []), *QUESTIONS]
    there = set(LibraryQuestion.objects.values_list("code", flat=True))
    rows = [
        LibraryQuestion(
            code=asked.code, kind=asked.kind, label=asked.label, topic=topic, document=_document(asked), saved_by=None
        )
        for topic, asked in wanted
        if asked.code not in there
    ]
    items = LibraryQuestion.objects.bulk_create(rows)
    return trail.record_many("library.question_saved", ((item, {}) for item in items), actor=actor)


def lacks_standard_questions() -> bool:
    """Whether some standard question is not in the library."""
    codes = {asked.code for _, asked in QUESTIONS}
    return LibraryQuestion.objects.filter(code__in=codes).count() < len(codes)


def _document(asked: Question) -> dict[str, Any]:
    page = Definition("", "", pages=(Document("library", questions=(asked,)),)).to_json()["pages"][0]
    document: dict[str, Any] = page["questions"][0]
    return document
