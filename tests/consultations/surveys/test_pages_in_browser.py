"""The builder and the preview in a real browser, without scripts and on a small screen."""

import pytest
from django.urls import reverse

from consultations.surveys import compiling
from consultations.surveys.models import Survey
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import SurveyFactory, make_definition, sample_pages


@pytest.fixture
def survey(transactional_db):
    survey = SurveyFactory(consultation=ConsultationFactory(reference="lis"), code="views", title="Your views")
    compiling.rebuild(survey, make_definition(code="views", title="Your views", pages=sample_pages()))
    return survey


@pytest.fixture
def user(survey):
    return AssignmentFactory(consultation=survey.consultation, role="engagement").user


def test_pages_of_the_builder_have_no_barriers(survey, user, open_page, axe, fits):
    page = open_page(reverse("surveys:list", args=["lis"]), user=user, width=320)
    question = survey.questions.get(code="barriers")
    paths = [
        reverse("surveys:edit", args=["lis", "views"]),
        reverse("surveys:question", args=["lis", "views", question.pk]),
        reverse("surveys:choose_kind", args=["lis", "views", question.page_id]),
        reverse("surveys:new_question", args=["lis", "views", question.page_id, "matrix"]),
        reverse("surveys:new_page", args=["lis", "views"]),
        reverse("surveys:publish", args=["lis", "views"]),
        reverse("surveys:import", args=["lis"]),
    ]
    axe(page)
    for path in paths:
        page.goto(path)
        axe(page)
        fits(page)
    page.goto(paths[3])
    page.click("button:has-text('Add the question')")
    assert page.locator(".error-summary").count() == 1
    axe(page)


def test_a_preview_is_walked_by_mouse_and_has_no_barriers(survey, user, open_page, axe, fits):
    page = open_page(reverse("surveys:preview", args=["lis", "views"]), user=user, width=320)
    axe(page)
    fits(page)
    page.click("button:has-text('Save and continue')")
    assert page.locator(".error-summary a").inner_text() == "Choose an answer to “Do you invest in training?”."
    axe(page)
    page.check("input[name=invests][value=yes]")
    page.check("input[name=barriers][value=other]")
    page.fill("[name=barriers__other]", "Broadband")
    page.click("button:has-text('Save and continue')")
    axe(page)
    fits(page)
    page.check("input[name=assets--ports][value=no]")
    page.click("button:has-text('Save and continue')")
    page.fill("[name=provider]", "Tyne College")
    page.click("button:has-text('Save and continue')")
    assert page.locator("h1").inner_text() == "Check the answers"
    assert "Ports: No" in page.locator("main").inner_text()
    axe(page)
    fits(page)
    page.click("button:has-text('Back to all parts')")
    assert page.locator(".task .tag--completed").count() == 3
    axe(page)
    fits(page)


def test_a_preview_needs_no_script_and_no_mouse(survey, user, open_page):
    page = open_page(reverse("surveys:preview", args=["lis", "views"]), user=user, js=False)
    page.focus("input[name=invests][value=no]")
    page.keyboard.press("Space")
    page.focus("button:has-text('3. Training')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Training"
    assert "You look at it all the same" in page.locator(".preview__aside").inner_text()
    page.select_option("[name=preview-who]", "organisation")
    page.focus("button:has-text('Look at it so')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "An organisation" in page.locator(".preview__note").inner_text()
    page.click(".preview__pages button:has-text('Check the answers')")
    assert "Send our response" in page.locator("main").inner_text()
    assert page.locator(".summary-list__row", has_text="Do you invest in training?").inner_text().count("No") == 1


def test_a_survey_is_built_without_scripts(survey, user, open_page):
    page = open_page(reverse("surveys:new", args=["lis"]), user=user, js=False)
    page.fill("[name=title]", "Places")
    page.click("button:has-text('Make the survey')")
    page.click("text=Add the first page")
    page.fill("[name=title]", "Where you are")
    page.click("button:has-text('Add the page')")
    page.click("text=Add a question")
    page.click("text=One choice")
    page.fill("[name=label]", "Which area?")
    page.fill("[name=choices]", "durham | County Durham\ntyneside | Tyneside")
    page.click("button:has-text('Add the question')")
    page.click("text=Check and publish")
    page.click("button:has-text('Publish and put it live')")
    made = Survey.objects.get(title="Places")
    assert made.state == "live"
    assert compiling.draft_of(made).question("which_area").choice_labels == {
        "durham": "County Durham",
        "tyneside": "Tyneside",
    }
