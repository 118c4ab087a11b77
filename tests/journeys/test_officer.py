"""An officer reads and codes, looks at the figures and drafts a summary; a colleague approves; everybody reads it."""

import pytest
from django.urls import reverse

from consultations.summaries import tasks
from consultations.summaries.models import Summary
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, heard, survey_asking
from tests.factories.programme import AssignmentFactory, ConsultationFactory, ThemeFactory
from tests.factories.stakeholders import KindFactory, OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def it():
    consultation = ConsultationFactory(closed=True, reference="growing", title="Growing together")
    survey = survey_asking(consultation)
    theme = ThemeFactory(consultation=consultation, code="transport", name="Transport")
    frame = CodeFrameFactory(consultation=consultation)
    above = CodeFactory(frame=frame, code=theme.code, label=theme.name)
    CodeFactory(frame=frame, parent=above, label="Late buses", code="late-buses")
    kind = KindFactory()
    for number in range(6):
        words = f"The last bus leaves too early for shift {number}. We lose people over it."
        body = OrganisationFactory(kind=kind, name=f"Works {number}")
        heard(survey, {"grow": "yes", "why": words}, kind=kind, organisation=body)
    return consultation


def press(page, name):
    page.get_by_role("button", name=name).first.click()


def part(page, name):
    page.get_by_role("navigation", name="Parts of the consultation").get_by_role("link", name=name).first.click()


def test_from_the_first_text_to_the_published_page(it, open_page, axe, fits):
    officer = AssignmentFactory(consultation=it, role="officer").user
    page = open_page(reverse("analysis:desk", args=["growing"]), user=officer, js=False)
    page.get_by_role("main").locator("td a").first.click()
    for _ in range(6):
        page.get_by_label("The last bus leaves").check()
        page.get_by_label("Late buses").check()
        press(page, "Put the codes on the sentences")
        press(page, "Nothing more to code: next text")
    part(page, "Coding")
    assert "6 of 6 texts read" in page.get_by_role("main").inner_text()

    part(page, "Figures")
    main = page.get_by_role("main").inner_text()
    assert "submissions, sent and counted" in main
    assert "Transport\t6\t6" in main

    part(page, "Summary")
    page.get_by_role("link", name="Draft a summary").click()
    press(page, "Draft the summary")
    tasks.draft(Summary.objects.get().pk)
    page.goto(reverse("summaries:edit", args=["growing", 1]))
    assert "“Late buses” was raised by 6 of 6" in page.get_by_role("main").inner_text()
    press(page, "Send to review")
    assert page.get_by_role("button", name="Approve the summary").count() == 0

    colleague = UserFactory(administrator=True)
    other = open_page(reverse("summaries:edit", args=["growing", 1]), user=colleague, js=False)
    press(other, "Approve the summary")
    other.get_by_role("link", name="Publish the summary").click()
    assert Summary.objects.get().state == "approved"
    press(other, "Publish the summary")
    assert Summary.objects.get().state == "published"

    everybody = open_page(reverse("summaries:published", args=["growing"]), width=320)
    assert "“Late buses” was raised by 6 of 6" in everybody.get_by_role("main").inner_text()
    fits(everybody)
    axe(everybody)
