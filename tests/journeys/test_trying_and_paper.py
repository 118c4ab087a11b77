"""In a real browser: trying a survey, the paper and its PDF, many papers at once, keying one a second time."""

import re

import pytest
from django.urls import reverse

from consultations.submissions import actions, lifecycle
from consultations.submissions.models import Submission
from engagement.core import tasks as core_tasks
from tests.consultations.submissions.papers import letter, version_of, workbook
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def survey():
    consultation = ConsultationFactory(reference="lis", title="Growing together", minutes_needed=20)
    return published_survey(consultation, code="views", title="Your views")


@pytest.fixture
def staff(survey):
    return AssignmentFactory(consultation=survey.consultation).user


def at(name, *args):
    return reverse(name, args=["lis", *args])


def test_a_survey_is_tried_without_scripts_on_a_small_screen(survey, staff, open_page, axe, fits):
    page = open_page(at("submissions:tests"), user=staff, width=320, js=False)
    page.click("a:has-text('Answer as a test')")
    page.click("button:has-text('Begin the test')")
    assert page.locator(".test-mark").inner_text().startswith("TEST")
    page.click("a:has-text('Growth and productivity')")
    page.check("input[name=invests][value=no]")
    page.click("button:has-text('Save and continue')")
    page.click("button:has-text('Save and continue')")
    page.click("a:has-text('What we may publish')")
    page.check("input[value=named]")
    page.click("main button[type=submit]")
    page.goto(reverse("submissions:check", args=[Submission.objects.get().public_id]))
    page.click("button:has-text('Send my response')")
    assert page.title().startswith("TEST ")
    assert Submission.objects.get().is_test


def test_the_pages_of_tests_have_no_barriers(survey, staff, open_page, axe, fits):
    test = actions.start_test(survey.consultation, staff)
    actions.fill(test, survey, SAMPLE_ANSWERS, actor=staff)
    page = open_page(at("submissions:tests"), user=staff, width=320)
    for path in (
        at("submissions:tests"),
        at("submissions:start_test"),
        at("submissions:clear_tests"),
        at("submissions:test", test.reference),
        reverse("submissions:tasks", args=[test.public_id]),
    ):
        page.goto(path)
        axe(page)
        fits(page)
    page.goto(at("submissions:clear_tests"))
    page.focus("button:has-text('Delete the tests')")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=No test yet")


def pages_of(pdf):
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


def test_the_paper_has_no_barriers_and_prints_whole(survey, open_page, axe, fits):
    page = open_page(at("surveys:papers"), width=320)
    axe(page)
    fits(page)
    page.click("a:has-text('Your views')")
    axe(page)
    fits(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    cut = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter((it) => {
          const box = it.getBoundingClientRect();
          const hidden = it.closest('.no-print, .visually-hidden, [hidden]');
          return !hidden && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
        }).map((it) => it.className || it.tagName)"""
    )
    assert cut == []
    assert page.locator(".head").is_hidden()
    assert page.locator(".paper__tools").is_hidden()
    pdf = page.pdf(prefer_css_page_size=True)
    assert 3 <= pages_of(pdf) <= 6
    # A4, in points.
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]", pdf)


def test_many_papers_are_typed_in_without_scripts(survey, staff, open_page, axe, fits, tmp_path):
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(workbook(version_of(survey), [letter(1, invests="yes", staff=12), letter(2)]))
    bad.write_bytes(workbook(version_of(survey), [letter(1, staff="many", channel="pigeon")]))
    page = open_page(at("submissions:bulk"), user=staff, width=320, js=False)
    page.set_input_files("input[type=file]", str(bad))
    page.click("button:has-text('Check the file')")
    assert page.locator("[role=alert]").inner_text().count("2 places must be corrected first.") == 1
    page.click("a:has-text('Choose another file')")
    page.set_input_files("input[type=file]", str(good))
    page.click("button:has-text('Check the file')")
    page.click("button:has-text('Import 2 responses')")
    core_tasks.sweep_work()
    assert Submission.objects.filter(state="awaiting_approval").count() == 2

    page = open_page(at("submissions:bulk"), user=staff, width=320)
    axe(page)
    fits(page)
    for file in (bad, good):
        page.goto(at("submissions:bulk"))
        page.set_input_files("input[type=file]", str(file))
        page.click("button:has-text('Check the file')")
        axe(page)
        fits(page)


def test_a_paper_is_keyed_a_second_time_by_keyboard(survey, staff, open_page, axe, fits):
    paper = actions.begin_intake(
        survey.consultation, channel="letter", received_on=survey.consultation.opens_at.date(), actor=staff, name="Ada"
    )
    actions.fill(paper, survey, {"invests": "no", "staff": 12}, actor=staff)
    actions.choose_confidentiality(paper.pk, "named", actor=staff)
    lifecycle.hand_over(paper.pk, actor=staff)
    second = AssignmentFactory(consultation=survey.consultation).user
    page = open_page(at("submissions:detail", paper.reference), user=second, width=320)
    axe(page)
    page.click("a:has-text('Key it a second time')")
    axe(page)
    page.focus("button:has-text('Begin')")
    page.keyboard.press("Enter")
    page.wait_for_selector("button:has-text('Done: compare the two')")
    axe(page)
    fits(page)
    page.click("a:has-text('Growth and productivity')")
    axe(page)
    fits(page)
    page.focus("input[name=invests][value=no]")
    page.keyboard.press("Space")
    page.click("button:has-text('Save and go on')")
    page.fill("[name=staff]", "21")
    page.keyboard.press("Enter")
    page.click("button:has-text('Done: compare the two')")
    axe(page)
    fits(page)
    page.click("button:has-text('Settle')")
    assert page.locator(".error-summary a").count() == 1
    page.focus("input[type=radio][value=second]")
    page.keyboard.press("Space")
    page.click("button:has-text('Settle')")
    assert page.locator("main").inner_text().count("21") >= 1
    page.click("button:has-text('Accept: it says')")
    paper.refresh_from_db()
    assert (paper.state, paper.responses.get().data["staff"]) == ("submitted", 21)
