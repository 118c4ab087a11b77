"""Changes of the draft: surveys, pages, questions and their lists; importing a workbook.

Every change of a draft is allowed at any time, since people answer the published version. Codes stay once they were
published: see `lifecycle.publish`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify

from consultations.programme.models import Consultation, Theme
from consultations.surveys import compiling, kinds
from consultations.surveys.definition import Choice, Definition
from consultations.surveys.models import Choice as ChoiceRow
from consultations.surveys.models import ChoiceList, Page, Question, Survey
from consultations.surveys.xlsform import Imported
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.stored import delete_when_certain

LONGEST_CODE = 60
# What a page says, and a copy of it too.
PAGE_FACTS = ("title", "intro", "relevance", "repeats", "entry_name", "least_entries", "most_entries")
# Words that stand at the place of a survey's code in addresses of our own.
RESERVED = {"new", "import"}


# --- surveys ---------------------------------------------------------------------------------------------


@transaction.atomic
def create_survey(
    consultation: Consultation,
    *,
    title: str,
    intro: str = "",
    theme: Theme | None = None,
    code: str = "",
    actor: Any = None,
) -> Survey:
    """A new survey with an empty draft, after the others. `code` is made of the title when none is given."""
    taken = RESERVED | set(Survey.objects.filter(consultation=consultation).values_list("code", flat=True))
    survey = Survey.objects.create(
        consultation=consultation,
        title=title,
        intro=intro,
        theme=theme,
        code=unused_code(code or slugify(title) or "survey", taken, "-"),
        order=_next(Survey.objects.filter(consultation=consultation)),
    )
    trail.record("survey.created", subject=survey, actor=actor, scope=consultation.reference)
    return survey


@transaction.atomic
def change_survey(survey: Survey, *, title: str, intro: str, theme: Theme | None, actor: Any = None) -> None:
    """Change how the draft is called; people see it after the next publishing."""
    survey.title, survey.intro, survey.theme = title, intro, theme
    survey.save(update_fields=["title", "intro", "theme", "updated_at"])
    trail.record("survey.changed", subject=survey, actor=actor, scope=survey.consultation.reference)


@transaction.atomic
def delete_survey(survey: Survey, *, actor: Any = None) -> None:
    """Remove a survey that was never published; raises Refused for any other."""
    if survey.current_version_id is not None or survey.versions.exists():
        raise Refused("This survey was published, so it cannot be deleted. Close it instead.")
    trail.record("survey.deleted", subject=survey, actor=actor, scope=survey.consultation.reference)
    compiling.clear(survey)
    for picture in survey.pictures.all():
        delete_when_certain(picture.file)
    survey.delete()


# --- pages -----------------------------------------------------------------------------------------------


@transaction.atomic
def add_page(survey: Survey, *, title: str, **facts: Any) -> Page:
    """A new page after the others; its code is made of the title once. `facts` are columns of the table."""
    taken = set(Page.objects.filter(survey=survey).values_list("code", flat=True))
    # The code of a page that repeats stands for the number of its entries in conditions.
    taken |= set(Question.objects.filter(survey=survey).values_list("code", flat=True))
    return Page.objects.create(
        survey=survey,
        title=title,
        **facts,
        code=unused_code(identifier(title, "page"), taken),
        order=_next(Page.objects.filter(survey=survey)),
    )


def change_page(page: Page, **facts: Any) -> None:
    """Set these columns of the page."""
    for name, value in facts.items():
        setattr(page, name, value)
    page.save(update_fields=[*facts, "updated_at"])


def set_relevance(thing: Page | Question, expression: str) -> None:
    """Say when a page or question of the draft is shown; "" shows it to everybody."""
    thing.relevance = expression
    thing.save(update_fields=["relevance", "updated_at"])


@transaction.atomic
def delete_page(page: Page) -> None:
    """Remove the page and its questions from the draft."""
    page.delete()
    _drop_unused_lists(page.survey)


@transaction.atomic
def move_page(page: Page, step: int) -> None:
    """Exchange the page with its neighbour: `step` is -1 (up) or 1 (down). At the end nothing happens."""
    _exchange(list(Page.objects.filter(survey=page.survey).order_by("order", "pk")), page, step)


# --- questions -------------------------------------------------------------------------------------------


@transaction.atomic
def save_question(
    page: Page,
    facts: dict[str, Any],
    *,
    question: Question | None = None,
    choices: Sequence[Choice] = (),
    rows: Sequence[Choice] = (),
) -> Question:
    """Add a question to the page, or change one. `facts` are columns of the table; code and kind only when new.

    Raises Refused when the code is taken.
    """
    question = question or Question(
        page=page,
        survey=page.survey,
        code=facts.pop("code"),
        kind=facts.pop("kind"),
        order=_next(Question.objects.filter(page=page)),
    )
    for name, value in facts.items():
        setattr(question, name, value)
    kind = kinds.KINDS[question.kind]
    if kind.has_choices and (kind.needs_choices or choices or question.choice_list):
        question.choice_list = _list_of(question, "choice_list", question.code, list(choices))
    if kind.has_rows:
        question.row_list = _list_of(question, "row_list", f"{question.code}_rows", list(rows))
    try:
        with transaction.atomic():
            question.save()
    except IntegrityError as error:
        raise Refused(
            f"The code “{question.code}” belongs to another question of this survey. Choose another.", field="code"
        ) from error
    return question


@transaction.atomic
def delete_question(question: Question) -> None:
    """Remove the question from the draft. Answers that were given to it stay with their version."""
    survey = question.survey
    question.delete()
    _drop_unused_lists(survey)


@transaction.atomic
def move_question(question: Question, step: int) -> None:
    """Exchange the question with its neighbour; beyond the first or last it goes to the next page."""
    siblings = list(Question.objects.filter(page=question.page).order_by("order", "pk"))
    place = siblings.index(question) + step
    if 0 <= place < len(siblings):
        _exchange(siblings, question, step)
        return
    pages = list(Page.objects.filter(survey=question.survey).order_by("order", "pk"))
    index = pages.index(question.page) + step
    if not 0 <= index < len(pages):
        return
    others = list(Question.objects.filter(page=pages[index]).order_by("order", "pk"))
    question.page = pages[index]
    question.save(update_fields=["page", "updated_at"])
    _renumber([question, *others] if step > 0 else [*others, question])


# --- lists -----------------------------------------------------------------------------------------------


def _choices_of(choice_list: ChoiceList) -> list[Choice]:
    return [
        Choice(row.code, row.label, row.is_exclusive, row.attributes)
        for row in choice_list.choices.order_by("order", "pk")
    ]


def _list_of(question: Question, attribute: str, code: str, choices: list[Choice]) -> ChoiceList:
    """The list with these choices: the question's own is changed; one that others share is left and a new one made."""
    current: ChoiceList | None = getattr(question, attribute)
    if current is not None:
        known = {choice.code: choice for choice in _choices_of(current)}
        choices = [_kept(choice, known.get(choice.code)) for choice in choices]
        if list(known.values()) == choices:
            return current
        shared = Question.objects.filter(survey=question.survey).exclude(pk=question.pk)
        if not (shared.filter(choice_list=current).exists() or shared.filter(row_list=current).exists()):
            _fill(current, choices)
            return current
    return _new_list(question.survey, code, choices)


def _kept(choice: Choice, known: Choice | None) -> Choice:
    """The choice with what a line of text cannot show: its further columns, and line breaks of an unchanged wording."""
    if known is None:
        return choice
    is_unchanged = " ".join(known.label.split()) == choice.label
    return replace(choice, label=known.label if is_unchanged else choice.label, attributes=known.attributes)


def list_with(survey: Survey, code: str, choices: list[Choice]) -> ChoiceList:
    """The list of the survey that has this code and exactly these choices; a new one when there is none."""
    found = ChoiceList.objects.filter(survey=survey, code=code).first()
    return found if found is not None and _choices_of(found) == choices else _new_list(survey, code, choices)


def _new_list(survey: Survey, code: str, choices: list[Choice]) -> ChoiceList:
    taken = set(ChoiceList.objects.filter(survey=survey).values_list("code", flat=True))
    choice_list = ChoiceList.objects.create(survey=survey, code=unused_code(code, taken))
    _fill(choice_list, choices)
    return choice_list


def _fill(choice_list: ChoiceList, choices: list[Choice]) -> None:
    choice_list.choices.all().delete()
    ChoiceRow.objects.bulk_create(
        ChoiceRow(
            choice_list=choice_list,
            code=choice.code,
            label=choice.label,
            order=order,
            is_exclusive=choice.is_exclusive,
            attributes=choice.attributes,
        )
        for order, choice in enumerate(choices)
    )


def _drop_unused_lists(survey: Survey) -> None:
    used = set(Question.objects.filter(survey=survey).values_list("choice_list", flat=True))
    used |= set(Question.objects.filter(survey=survey).values_list("row_list", flat=True))
    ChoiceList.objects.filter(survey=survey).exclude(pk__in=used - {None}).delete()


# --- importing -------------------------------------------------------------------------------------------


def import_effect(consultation: Consultation, imported: Imported, code: str | None = None) -> tuple[str, Survey | None]:
    """What importing would do: “new”, “same” (nothing) or “replaces” the draft of the survey that comes with it."""
    definition = _wanted(imported, code)
    survey = (
        Survey.objects.filter(consultation=consultation, code=definition.code)
        .select_related("theme", "consultation", "current_version")
        .first()
    )
    if survey is None:
        return "new", None
    return ("same" if compiling.draft_of(survey).sha256 == _compiled(definition).sha256 else "replaces"), survey


@transaction.atomic
def import_workbook(
    consultation: Consultation, imported: Imported, actor: Any = None, code: str | None = None
) -> list[Survey]:
    """Make the draft of a survey of this workbook: a new survey, or the one of the same code, whose draft it replaces.

    The same file twice changes nothing. Raises Refused when the workbook is refused or names unknown themes. `code`
    takes the place of the workbook's own.
    """
    if imported.is_refused:
        raise Refused(
            f"“{imported.file_name}” cannot be imported. {imported.errors[0].text if imported.errors else ''}"
        )
    definition = _wanted(imported, code)
    check_themes(consultation, imported)
    effect, survey = import_effect(consultation, imported, code)
    if effect == "same" and survey is not None:
        return [survey]
    if survey is None:
        survey = create_survey(consultation, title=definition.title, code=definition.code, actor=actor)
    survey.import_notes = imported.notes
    survey.save(update_fields=["import_notes", "updated_at"])
    compiling.rebuild(survey, definition)
    trail.record(
        "survey.imported",
        subject=survey,
        actor=actor,
        scope=consultation.reference,
        file=imported.file_name,
        questions=imported.questions,
        mapped=imported.mapped,
        notes=len(imported.messages),
    )
    return [survey]


def _wanted(imported: Imported, code: str | None) -> Definition:
    if imported.definition is None:
        raise Refused(f"“{imported.file_name}” cannot be imported.")
    return replace(imported.definition, code=code) if code else imported.definition


def _compiled(definition: Definition) -> Definition:
    return replace(definition, pages=tuple(compiling.split_pages(definition.pages)))


def check_themes(consultation: Consultation, imported: Imported) -> None:
    """Raise Refused when the workbook names themes that the consultation does not have."""
    definition = _wanted(imported, None)
    named = {definition.theme, *(question.theme for question in definition.questions())} - {""}
    unknown = sorted(named - set(Theme.objects.filter(consultation=consultation).values_list("code", flat=True)))
    if unknown:
        raise Refused(
            f"The workbook names themes that this consultation does not have: {', '.join(unknown)}. "
            "Add them under Settings, or correct the column “theme”."
        )


# --- codes and order -------------------------------------------------------------------------------------


def identifier(text: str, fallback: str) -> str:
    """A code made of the first words of a text: “What holds you back?” is “what_holds_you_back”."""
    words = slugify(text).replace("-", "_")[:40].rstrip("_")
    words = "_".join(words.split("_")[:5])
    return words if re.match(r"[a-z]", words) else fallback


def unused_code(code: str, taken: set[str], separator: str = "_") -> str:
    """The code, with a number behind it when it is taken."""
    code = code[:LONGEST_CODE]
    found, number = code, 2
    while found in taken:
        found, number = f"{code}{separator}{number}", number + 1
    return found


def _next(rows: Any) -> int:
    last = rows.aggregate(last=Max("order"))["last"]
    return 0 if last is None else last + 1


def _exchange(rows: list[Any], row: Any, step: int) -> None:
    place = rows.index(row)
    other = place + step
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        _renumber(rows)


def _renumber(rows: list[Any]) -> None:
    for order, row in enumerate(rows):
        if row.order != order:
            row.order = order
            row.save(update_fields=["order", "updated_at"])
