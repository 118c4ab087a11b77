"""Somebody without an account, on a telephone: from the public page to the receipt and back, openly and anonymously."""

import os
import re
from pathlib import Path

import pytest

from consultations.programme.models import Consultation
from consultations.submissions.models import Submission
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import AreaFactory, KindFactory, SectorFactory
from tests.factories.surveys import published_survey, sample_pages

pytestmark = pytest.mark.django_db(transaction=True)
CODE = re.compile(r"\b(?:[A-Z0-9]{4}-){6}[A-Z0-9]{4}\b")


@pytest.fixture
def consultation():
    found = ConsultationFactory(
        title="Growing together",
        reference="growing",
        minutes_needed=10,
        access=Consultation.Access.OPEN,
        takes_anonymous=True,
        what_happens_next="We publish what we heard in March.",
    )
    found.areas.set([AreaFactory(name="Tyneside"), AreaFactory(name="Wearside")])
    KindFactory(sector=SectorFactory(code="individual", name="Individuals"), name="Resident")
    published_survey(found, pages=sample_pages(), code="views", title="Your views")
    return found


@pytest.fixture
def look(axe, fits):
    """`look(page, name)`: it can be used and fits; a picture of it where SCREENSHOTS names a folder."""

    def check(page, name, *, js=True):
        fits(page)
        if js:
            axe(page)
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    return check


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def begin(page):
    """Presses the button until it is not quicker than people read: the test is."""
    page.get_by_role("button", name="Begin", exact=True).click()
    while page.get_by_role("alert").count():
        assert "quicker than people read" in page.get_by_role("alert").inner_text()
        page.get_by_role("button", name="Begin", exact=True).click()


def answer(page):
    page.get_by_role("link", name="Growth and productivity").click()
    page.get_by_label("Yes").first.check()
    page.get_by_label("Tell us more").fill("The last bus leaves at six.")
    press(page, "Save and continue")
    press(page, "Save and continue")
    page.get_by_label("Who trains your people?").fill("Tyne College")
    press(page, "Save and continue")


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_without_an_account(consultation, open_page, look, js):
    page = open_page("/consultations/growing/", width=375, height=700, js=js)
    look(page, "open-1-consultation", js=js)
    page.get_by_role("link", name="Respond", exact=True).first.click()
    assert heading(page) == "How do you want to respond?"
    look(page, "open-2-ways", js=js)
    page.get_by_role("link", name="Respond without an account").click()
    look(page, "open-3-start", js=js)
    press(page, "Begin")
    look(page, "open-4-missing", js=js)
    page.get_by_label("Which of these fits you best?").select_option("Resident")
    page.get_by_label("Tyneside").check()
    begin(page)

    assert heading(page) == "Your return link"
    look(page, "open-5-link", js=js)
    code = CODE.search(page.get_by_role("main").inner_text())[0]
    page.get_by_role("link", name="I have it: go on").click()
    look(page, "open-6-tasks", js=js)
    page.get_by_role("link", name="Growth and productivity").click()
    page.get_by_label("Tell us more").fill("The last bus leaves at six.")
    press(page, "Save and come back later")
    page.get_by_role("link", name="Leave on this device").click()
    look(page, "open-7-leave", js=js)
    press(page, "Leave")
    assert heading(page) == "Growing together"

    other = open_page(f"/return/{code}/", width=375, height=700, js=js)
    look(other, "open-8-return", js=js)
    press(other, "Open my response")
    answer(other)
    other.get_by_role("link", name="What we may publish").click()
    look(other, "open-9-publish", js=js)
    other.get_by_label("Yes", exact=True).check()
    press(other, "Save and check the answers")
    look(other, "open-10-check", js=js)
    press(other, "Send my response")
    assert heading(other) == "We have your response"
    look(other, "open-11-receipt", js=js)
    sent = Submission.objects.get()
    assert (sent.state, sent.respondent, sent.kind.name) == ("submitted", None, "Resident")

    # The same link shows the receipt until the close, and a wrong one a sentence.
    page.goto("/return/")
    page.get_by_label("Your return code").fill("not a code")
    press(page, "Open my response")
    look(page, "open-12-wrong", js=js)
    page.get_by_label("Your return code").fill(f"  {code.lower()} ")
    press(page, "Open my response")
    assert heading(page) == "We have your response"


def begin_until_kept(page):
    begin(page)
    assert heading(page) == "Your return link"


def test_anonymously_with_scripts(consultation, open_page, look):
    page = open_page("/consultations/growing/respond/anonymously/", width=375, height=700)
    assert heading(page) == "Respond anonymously"
    look(page, "anonymous-1-start")
    begin_until_kept(page)
    look(page, "anonymous-2-link")
    page.get_by_role("link", name="I have it: go on").click()
    look(page, "anonymous-3-tasks")
    answer(page)
    page.get_by_role("link", name="What we may publish").click()
    look(page, "anonymous-4-publish")
    page.get_by_label("Yes", exact=True).check()
    press(page, "Save and check the answers")
    look(page, "anonymous-5-check")
    press(page, "Send my anonymous response")
    page.wait_for_load_state()

    assert heading(page) == "We have your anonymous response"
    look(page, "anonymous-6-sent")
    sent = Submission.objects.get()
    assert (sent.state, sent.is_anonymous, sent.link_key) == ("submitted", True, None)
    assert sent.reference in page.get_by_role("main").inner_text()

    page.go_back()
    page.reload()
    assert heading(page) == "There is no draft here any more"
    look(page, "anonymous-7-gone")
    assert Submission.objects.count() == 1
