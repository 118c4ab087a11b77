"""Questions and pages that come into a draft from elsewhere: the library, another survey, or what was deleted before.

A question travels as it stands in a survey document, with its choices, limits and translations. Its code stays what it
was, so that answers can be compared, unless the survey uses it already. What the survey at its new place cannot have
(a condition on questions that are not asked here, a theme that does not exist) is left out and said, never silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from consultations.programme.models import Theme
from consultations.surveys import actions
from consultations.surveys.conditions import ExpressionError, references
from consultations.surveys.definition import QUESTION_TEXTS, Definition
from consultations.surveys.definition import Page as Document
from consultations.surveys.definition import Question as Asked
from consultations.surveys.models import Page, Picture, Question, Survey, Translation
from consultations.surveys.path import PIPED
from engagement.core.errors import Refused

# Language to {path: (text, the text it was made of)}, paths as in `models.Translation`.
Texts = Mapping[str, Mapping[str, Sequence[str]]]
EXPRESSION_SETTINGS = ("choice_filter", "calculation")
EXPRESSIONS = {"relevance": "when it is shown", "constraint": "which answers it accepts"}


@dataclass
class Placed:
    """A question at its new place, and what it lost or changed on the way, as sentences."""

    question: Question
    notes: list[str] = field(default_factory=list)


# --- leaving ---------------------------------------------------------------------------------------------


def texts_of(survey: Survey, questions: Iterable[Asked], *, page: str = "") -> dict[str, dict[str, list[str]]]:
    """The translations of these questions, their lists and the page of this code, each with the text it was made of."""
    begins = [f"page:{page}:"] if page else []
    for question in questions:
        begins.append(f"question:{question.code}:")
        begins += [f"choice:{code}:" for code in (question.list_code, question.row_list_code) if code]
    found: dict[str, dict[str, list[str]]] = {}
    for row in Translation.objects.filter(survey=survey).order_by("language", "path"):
        if row.path.startswith(tuple(begins)):
            found.setdefault(row.language, {})[row.path] = [row.text, row.source]
    return found


def page_document(page: Document) -> dict[str, Any]:
    """The page as plain values, to be kept in a JSON column; `page_from` reads it."""
    pages: list[dict[str, Any]] = Definition("", "", pages=(page,)).to_json()["pages"]
    return pages[0]


def page_from(document: Mapping[str, Any]) -> Document:
    """The page that `page_document` wrote."""
    return Definition.from_json({"code": "", "title": "", "pages": [document]}).pages[0]


# --- arriving --------------------------------------------------------------------------------------------


@transaction.atomic
def place(
    page: Page, asked: Asked, texts: Texts, *, order: int | None = None, renamed: Mapping[str, str] | None = None
) -> Placed:
    """Put the question into the page, at this place or after the others.

    `renamed` are codes of questions that came with it and have new ones: its conditions and texts follow them.
    Raises Refused for a kind of question that this release does not know.
    """
    survey = page.survey
    if asked.kind not in Question.Kind.values:
        raise Refused("This question is of a kind that this site does not know. Update the site first.")
    codes = set(Question.objects.filter(survey=survey).values_list("code", flat=True))
    placed = Placed(Question(page=page, survey=survey, kind=asked.kind, code=actions.unused_code(asked.code, codes)))
    question = placed.question
    new_codes = {**(renamed or {}), asked.code: question.code}
    if question.code != asked.code:
        placed.notes.append(f"The code “{asked.code}” is taken in this survey, so it has the code “{question.code}”.")
    for name in (*QUESTION_TEXTS, "has_other"):
        value = getattr(asked, name)
        setattr(question, name, following(value, new_codes) if isinstance(value, str) else value)
    question.is_required, question.is_personal = asked.required, asked.personal
    question.settings = with_own_picture(survey, asked.settings)
    # The code of a page that repeats stands for the number of its entries.
    pages = set(Page.objects.filter(survey=survey).values_list("code", flat=True))
    _set_expressions(placed, asked, codes | pages, new_codes)
    _set_theme(placed, asked)
    if asked.list_code:
        question.choice_list = actions.list_with(survey, asked.list_code, list(asked.choices))
    if asked.row_list_code:
        question.row_list = actions.list_with(survey, asked.row_list_code, list(asked.rows))
    siblings = list(Question.objects.filter(page=page).order_by("order", "pk"))
    at = len(siblings) if order is None else min(order, len(siblings))
    question.order = at
    question.save()
    _number(Question, [*siblings[:at], question, *siblings[at:]])
    _write_texts(question, asked, texts)
    return placed


@transaction.atomic
def place_page(survey: Survey, document: Document, texts: Texts, *, order: int) -> tuple[Page, list[str]]:
    """Put a page with its questions into the survey at this place."""
    pages = list(Page.objects.filter(survey=survey).order_by("order", "pk"))
    taken = {page.code for page in pages}
    facts = {one.name: getattr(document, one.name) for one in fields(Document)}
    del facts["questions"]
    facts["code"] = actions.unused_code(document.code, taken)
    page = Page.objects.create(survey=survey, order=len(pages), **facts)
    _number(Page, [*pages[:order], page, *pages[order:]])
    notes: list[str] = []
    renamed: dict[str, str] = {}
    for asked in document.questions:
        placed = place(page, asked, texts, renamed=renamed)
        renamed[asked.code] = placed.question.code
        notes += placed.notes
    prefix = f"page:{document.code}:"
    _add_texts(survey, texts, {prefix: f"page:{page.code}:"})
    return page, notes


def with_own_picture(survey: Survey, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a question, with a picture that belongs to this survey: another survey's is copied, since every
    picture goes with its own. A picture that is gone is left out."""
    wanted = settings.get("picture")
    if not wanted:
        return dict(settings)
    picture = Picture.objects.filter(public_id=wanted).first()
    if picture is None:
        return {name: value for name, value in settings.items() if name != "picture"}
    if picture.survey_id != survey.pk:
        own = Picture.objects.filter(survey=survey, sha256=picture.sha256).first()
        picture = own or _copied_picture(picture, survey)
    return {**settings, "picture": str(picture.public_id)}


def _copied_picture(picture: Picture, survey: Survey) -> Picture:
    facts = {
        name: getattr(picture, name)
        for name in ("file_name", "content_type", "size", "sha256", "width", "height", "uploaded_by")
    }
    copy = Picture(survey=survey, **facts)
    with picture.file.open("rb") as content:
        copy.file.save(picture.file_name, ContentFile(content.read()), save=False)
    copy.save()
    return copy


def _set_expressions(placed: Placed, asked: Asked, codes: set[str], new_codes: Mapping[str, str]) -> None:
    question, lost = placed.question, []
    for name in EXPRESSION_SETTINGS:
        if question.settings.get(name):
            question.settings[name] = following(question.settings[name], new_codes)
    for name, words in EXPRESSIONS.items():
        text = following(getattr(asked, name), new_codes)
        if _missing(text, codes | {question.code}):
            lost.append(words)
            text = ""
        setattr(question, name, text)
    condition = question.settings.get("choice_filter", "")
    if condition and _missing(condition, codes, is_filter=True):
        del question.settings["choice_filter"]
        lost.append("which choices it offers")
    if lost:
        placed.notes.append(
            f"It looked at questions that this survey does not ask, so nothing is set for {' and '.join(lost)}."
        )
    piped = {code for name in QUESTION_TEXTS for code in PIPED.findall(getattr(question, name))} - codes
    if piped:
        named = " and ".join(f"“{code}”" for code in sorted(piped))
        placed.notes.append(f"Its text shows the answer to {named}, which this survey does not ask. Correct the text.")


def _missing(text: str, codes: set[str], *, is_filter: bool = False) -> bool:
    try:
        return bool(text and set(references(text, is_filter)) - codes)
    except ExpressionError:
        return True


def following(text: str, new_codes: Mapping[str, str]) -> str:
    """The text or expression with references to renamed questions under their new codes."""
    return PIPED.sub(lambda found: f"${{{new_codes.get(found[1], found[1])}}}", text) if "${" in text else text


def _set_theme(placed: Placed, asked: Asked) -> None:
    if not asked.theme:
        return
    found = Theme.objects.filter(consultation_id=placed.question.survey.consultation_id, code=asked.theme).first()
    placed.question.theme = found
    if found is None:
        placed.notes.append("Its theme does not exist in this consultation, so it has that of the survey.")


def _write_texts(question: Question, asked: Asked, texts: Texts) -> None:
    renamed = {f"question:{asked.code}:": f"question:{question.code}:"}
    for old, new in ((asked.list_code, question.choice_list), (asked.row_list_code, question.row_list)):
        if old and new is not None:
            renamed[f"choice:{old}:"] = f"choice:{new.code}:"
    _add_texts(question.survey, texts, renamed)


def _add_texts(survey: Survey, texts: Texts, renamed: Mapping[str, str]) -> None:
    """Add these translations; a text that is translated already stays as it is."""
    rows = [
        Translation(survey=survey, language=language, path=after + path.removeprefix(before), text=text, source=source)
        for language, by_path in texts.items()
        for path, (text, source) in by_path.items()
        for before, after in renamed.items()
        if path.startswith(before)
    ]
    Translation.objects.bulk_create(rows, ignore_conflicts=True)


def _number(table: Any, rows: list[Any]) -> None:
    for order, row in enumerate(rows):
        row.order = order
    table.objects.bulk_update(rows, ["order"])
