"""A survey of ten questions from nothing, by clicking: somebody who has never written an expression builds it."""

import os
import re

import pytest
from django.urls import reverse

from consultations.surveys import library
from consultations.surveys.definition import load
from consultations.surveys.models import Survey
from consultations.surveys.wording import remarks_in
from tests.factories.programme import AssignmentFactory, ConsultationFactory, ThemeFactory

pytestmark = pytest.mark.django_db(transaction=True)
# A folder for pictures of every page, to be looked at by a person; none are made without it.
PICTURES = os.environ.get("SCREENSHOTS", "")


@pytest.fixture
def consultation():
    consultation = ConsultationFactory(reference="growing", title="Growing together")
    ThemeFactory(consultation=consultation, name="Skills")
    library.add_standard_questions()
    return consultation


@pytest.fixture
def priya(consultation):
    return AssignmentFactory(consultation=consultation, role="engagement").user


class Builder:
    """Somebody at the builder: every page that they come to is checked, where scripts run that can check it."""

    def __init__(self, page, axe, fits, name, *, js):
        self.page, self.axe, self.fits, self.name, self.number, self.js = page, axe, fits, name, 0, js

    @property
    def main(self):
        return self.page.get_by_role("main")

    def look(self):
        if self.js:
            self.axe(self.page)
            self.fits(self.page)
        self.number += 1
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{self.name}-{self.number:02}.png", full_page=True)

    def press(self, name, *, of=""):
        name = re.compile(rf"{name} ?: {re.escape(of)}") if of else name
        self.main.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name, *, of=""):
        if of:
            self.main.get_by_role("link", name=name).and_(self.main.get_by_role("link", name=of)).first.click()
        else:
            self.main.get_by_role("link", name=name, exact=True).first.click()

    def fill(self, label, value):
        self.page.get_by_label(label).first.fill(value)

    def add_page(self, title, *, first=False):
        self.follow("Add the first page" if first else "Add a page")
        self.fill("Heading", title)
        self.press("Add the page")

    def add_question(self, kind, wording, *, page, choices="", **more):
        self.follow("Add a question", of=page)
        self.follow(kind)
        self.page.get_by_label("Question", exact=True).fill(wording)
        if choices:
            self.fill("Choices", choices)
        for label in more.pop("ticked", ()):
            self.page.get_by_label(label).check()
        for label, value in more.items():
            self.fill(label.replace("_", " "), value)
        self.press("Add the question")


@pytest.mark.parametrize(("width", "js"), [(320, True), (1280, False)])
def test_a_survey_of_ten_questions_is_built_by_clicking(consultation, priya, open_page, axe, fits, width, js):
    page = open_page(reverse("surveys:list", args=["growing"]), user=priya, width=width, js=js)
    at = Builder(page, axe, fits, f"builder-{width}", js=js)
    at.follow("New survey")
    at.fill("Title", "Skills and work")
    at.press("Make the survey")
    at.look()

    at.add_page("About you", first=True)
    for words, code in (("kind of organisation", "sector"), ("people work organisation", "size")):
        at.follow("Take a question from the library", of="About you")
        at.fill("Words", words)
        at.press("Search")
        at.look()
        at.press("Put it on the page")
        assert Survey.objects.get().questions.filter(code=code).exists()

    at.add_page("Skills")
    at.add_question(
        "One choice", "Do you train people?", page="Skills", choices="Yes\nNo", ticked=["It must be answered"]
    )
    at.look()
    at.add_question(
        "Several choices", "What holds you back?", page="Skills", choices="Time\nMoney\nNone of these | alone",
        ticked=["Offer “Other”"],
    )  # fmt: skip
    at.add_question("Whole number", "How many people did you train last year?", page="Skills", Least="0")
    at.add_question("Long text", "What would help you to train more people?", page="Skills", Most_words="200")
    at.add_question("Scale or rating", "How clear and useful is our advice?", page="Skills", choices="1\n2\n3\n4\n5")

    at.add_page("Next year")
    at.add_question("Date", "When do you plan to train next?", page="Next year")
    at.add_question("Short text", "Who will lead it?", page="Next year")
    at.add_question("Long text", "Is there anything else?", page="Next year")
    at.look()

    # A remark on the wording, and the wording that answers it.
    assert "“clear and useful” may be two questions" in at.main.inner_text()
    at.follow("How clear and useful is our advice?")
    at.look()
    page.get_by_label("Question", exact=True).fill("How useful is our advice?")
    at.press("Save in the draft")
    assert "may be two questions" not in at.main.inner_text()

    # When it is shown: two rows, joined by “at least one”.
    at.follow("When shown", of="How many people did you train")
    page.get_by_label("Add a question that it depends on").select_option("Do you train people?")
    at.press("Add")
    page.get_by_label("Choice").select_option("Yes")
    page.get_by_label("Add another question").select_option("What holds you back?")
    at.press("Add")
    at.look()
    page.get_by_label("The answer").nth(1).select_option("includes")
    page.get_by_label("Choice").nth(1).select_option("Time")
    page.get_by_label("at least one of these is so").check()
    at.press("Save in the draft")
    words = "“Do you train people?” is “Yes” or “What holds you back?” includes “Time”"
    assert f"Saved: shown when {words}." in at.main.inner_text()
    at.follow("When shown", of="page Next year")
    page.get_by_label("Add a question that it depends on").select_option("How many people did you train last year?")
    at.press("Add")
    page.get_by_label("The answer").select_option("is at least")
    page.get_by_label("Number").fill("1")
    at.press("Save in the draft")

    # Moved with the focus kept, deleted and put back.
    at.press("Up", of="Who will lead it?")
    if js:
        assert page.evaluate("document.activeElement.textContent") == "Up: Who will lead it?"
    at.follow("Delete", of="Is there anything else?")
    at.press("Delete the question")
    at.look()
    at.press("Put it back", of="Is there anything else?")

    at.follow("Check and publish")
    at.look()
    at.press("Publish and put it live")
    survey = Survey.objects.get()
    definition = load(survey.current_version)
    assert [[one.code for one in one.questions] for one in definition.pages if one.code == "next_year"] == [
        ["who_will_lead_it", "when_do_you_plan_to", "is_there_anything_else"]
    ]
    assert sum(question.is_answered for question in definition.questions()) == 10
    assert survey.state == "live"
    assert remarks_in(definition) == {}
    assert definition.question("how_many_people_did_you").relevance == (
        "${do_you_train_people} = 'yes' or selected(${what_holds_you_back}, 'time')"
    )
    assert definition.page("next_year").relevance == "${how_many_people_did_you} >= 1"

    # Something is taken away: what becomes of those who are writing has to be chosen.
    at.follow("Delete", of="How useful is our advice?")
    at.press("Delete the question")
    at.follow("Check and publish")
    at.press("Publish version 2")
    assert "Choose what becomes of responses that people are writing now." in at.main.inner_text()
    at.look()
    page.get_by_label("They are finished in the version they were begun in").check()
    at.press("Publish version 2")
    at.follow("Versions")
    at.look()
    assert "Stay on the version before" in at.main.inner_text()

    # The whole survey once more, for the next consultation.
    page.go_back()
    at.follow("Copy the survey")
    at.look()
    at.press("Make the copy")
    assert page.locator("h1").inner_text() == "Skills and work (copy)"
    assert Survey.objects.count() == 2
