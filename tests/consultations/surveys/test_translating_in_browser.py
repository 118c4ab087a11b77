"""The builder's pages for other languages in a browser: no barrier, no sideways scrolling, no script needed."""

import pytest
from django.urls import reverse

from consultations.surveys import compiling
from consultations.surveys.definition import Page, Question
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import YES_NO, SurveyFactory, make_definition

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    Page(
        "skills",
        "Skills",
        "Tell us about your people.",
        questions=(Question("trains", "single", "Do you train?", hint="Any course.", choices=YES_NO, list_code="yn"),),
    ),
)


@pytest.fixture
def engagement():
    consultation = ConsultationFactory(reference="growing")
    survey = SurveyFactory(consultation=consultation, code="views", title="Your views")
    texts = {"page:skills:title": "Sgiliau", "question:trains:label": "Ydych chi’n hyfforddi?"}
    compiling.rebuild(
        survey, make_definition(code="views", title="Your views", pages=PAGES, translations={"cy": texts})
    )
    survey.questions.update(label="Do you train your people?")
    return AssignmentFactory(consultation=consultation, role="engagement").user


def url(name, *more):
    return reverse(f"surveys:{name}", args=["growing", "views", *more])


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_stands_in_the_way(engagement, open_page, axe, fits, width):
    page = open_page(url("languages"), user=engagement, width=width)
    axe(page)
    fits(page)
    for address in (f"{url('translate', 'cy')}?page=skills", url("read_translations", "cy"), url("publish")):
        page.goto(address)
        axe(page)
        fits(page)


def test_a_text_is_translated_without_scripts(engagement, open_page):
    page = open_page(url("languages"), user=engagement, width=375, js=False)
    page.get_by_role("link", name="Cymraeg", exact=True).click()
    page.get_by_label("Part of the survey").select_option("skills")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.get_by_text("The text has changed since it was translated").count() == 1

    page.get_by_label("Question (Cymraeg)").fill("Ydych chi’n hyfforddi eich pobl?")
    page.get_by_role("button", name="Save", exact=True).click()

    assert page.get_by_role("status").inner_text().startswith("1 text saved.")
    assert page.get_by_text("The text has changed since it was translated").count() == 0
