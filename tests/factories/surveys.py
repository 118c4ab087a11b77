"""Surveys for tests: a draft without rows, a document in memory, or a live survey with a published version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import factory
from django.utils import timezone

from consultations.programme.models import Consultation
from consultations.surveys.definition import Choice, Definition, Page, Question
from consultations.surveys.models import Picture, Survey, SurveyVersion
from tests.factories.files import png
from tests.factories.programme import ConsultationFactory

YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))
BARRIERS = (
    Choice("skills", "Finding people with the right skills"),
    Choice("finance", "Getting finance"),
    Choice("transport", "Transport"),
    Choice("none", "None of these", is_exclusive=True),
)
FIVE = tuple(Choice(str(n), str(n)) for n in range(1, 6))
ASSETS = (Choice("ports", "Ports"), Choice("universities", "Universities"))


class SurveyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Survey

    consultation = factory.SubFactory(ConsultationFactory)
    code = factory.Sequence(lambda n: f"survey-{n}")
    title = factory.Sequence(lambda n: f"Survey {n}")
    order = factory.Sequence(lambda n: n)


class PictureFactory(factory.django.DjangoModelFactory):
    """A picture that a published version shows."""

    class Meta:
        model = Picture

    survey = factory.SubFactory(SurveyFactory)
    file = factory.django.FileField(filename="map.png", data=png(3, 2))
    file_name = "map.png"
    content_type = "image/png"
    size = len(png(3, 2))
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    width, height = 3, 2
    published_at = factory.LazyFunction(timezone.now)


def sample_pages() -> tuple[Page, ...]:
    """Three pages with a question of nearly every kind; the third shows only when `invests` is "yes"."""
    return (
        Page(
            "growth",
            "Growth and productivity",
            questions=(
                Question("read_first", "note", "Read the evidence summary before you answer."),
                Question("invests", "single", "Do you invest in training?", required=True, choices=YES_NO),
                Question("barriers", "multiple", "What holds you back?", choices=BARRIERS, has_other=True),
                Question("barriers_text", "long_text", "Tell us more", settings={"word_limit": 400}),
            ),
        ),
        Page(
            "numbers",
            "Your organisation in numbers",
            questions=(
                Question("staff", "integer", "How many people work for you?", settings={"least": 0}),
                Question("turnover", "decimal", "What was your turnover, in million pounds?"),
                Question("founded", "date", "When did you start?"),
                Question("confidence", "scale", "How confident are you?", choices=FIVE),
                Question("assets", "matrix", "How important are these?", choices=YES_NO, rows=ASSETS),
            ),
        ),
        Page(
            "training",
            "Training",
            relevance="${invests} = 'yes'",
            questions=(Question("provider", "short_text", "Who trains your people?", required=True),),
        ),
    )


def make_definition(*questions: Question, pages: Iterable[Page] | None = None, **facts: Any) -> Definition:
    """A document: these questions on one page "main", or these pages, or the sample pages."""
    if questions:
        pages = (Page("main", "Your views", questions=tuple(questions)),)
    elif pages is None:
        pages = sample_pages()
    return Definition(**{"code": "survey", "title": "A survey", **facts, "pages": tuple(pages)})


def published_survey(
    consultation: Consultation | None = None,
    questions: Iterable[Question] | None = None,
    *,
    pages: Iterable[Page] | None = None,
    state: str = Survey.State.LIVE,
    actor: Any = None,
    **facts: Any,
) -> Survey:
    """A live survey with version 1 of these questions (one page), these pages, or the sample pages.

    `facts` go to the Survey (code, title, theme, order ...). There are no draft rows: the version is what counts.
    """
    survey = SurveyFactory(**({"consultation": consultation} if consultation else {}), **facts)
    publish_version(survey, make_definition(*(questions or ()), pages=pages), actor=actor)
    survey.state = state
    survey.save()
    return survey


def publish_version(
    survey: Survey, definition: Definition, *, actor: Any = None, change: str = "first"
) -> SurveyVersion:
    """Append a version with this document and make it the current one."""
    facts = {"code": survey.code, "title": survey.title, "theme": survey.theme.code if survey.theme else ""}
    definition = Definition.from_json({**definition.to_json(), **facts})
    version = SurveyVersion.objects.create(
        survey=survey,
        number=survey.versions.count() + 1,
        definition=definition.to_json(),
        sha256=definition.sha256,
        change=change,
        published_at=timezone.now(),
        published_by=actor,
    )
    survey.current_version = version
    survey.save()
    return version


# One acceptable answer to every question of the sample pages, as `Response.data` holds it.
SAMPLE_ANSWERS: dict[str, Any] = {
    "invests": "yes",
    "barriers": ["skills", "other"],
    "barriers__other": "Broadband",
    "barriers_text": "We turned away two contracts this year for want of people.",
    "staff": 120,
    "turnover": 12.5,
    "founded": "1998-04-01",
    "confidence": "4",
    "assets": {"ports": "yes", "universities": "no"},
    "provider": "Tyne College",
}
