"""Somebody who never was here before, on a telephone: from the link in the invitation to the receipt."""

import re
from urllib.parse import urlsplit

import pytest

from consultations.invitations import actions, links
from consultations.invitations.models import Invitation
from consultations.submissions.models import ResponseRevision, Submission
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory
from tests.factories.surveys import published_survey, sample_pages

pytestmark = pytest.mark.django_db(transaction=True)
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


@pytest.fixture
def invitation():
    consultation = ConsultationFactory(title="Growing together", reference="growing", minutes_needed=10)
    published_survey(consultation, pages=sample_pages(), code="views", title="Your views")
    body = OrganisationFactory(name="Tyne Works")
    MembershipFactory(organisation=body, contact=ContactFactory(name="Ada Fell", email="ada@tyne-works.example"))
    actions.invite(consultation, [body], actor=None)
    return Invitation.objects.get()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def walk_in(page, outbox):
    """From the page of the link to the task list, by a code; gives the number of pages seen."""
    press(page, "Respond")
    code = CODE.search(outbox.to("ada@tyne-works.example")[-1].body)
    page.get_by_label("Code").fill(code[0])
    page.get_by_role("main").locator("button[type=submit]").first.click()
    seen = 2
    while "/submissions/" not in page.url:
        page.get_by_role("main").locator("button[type=submit]").first.click()
        seen += 1
        assert seen < 7, f"Still at {page.url}"
    return seen


def test_a_newcomer_answers_on_a_telephone_without_scripts(invitation, open_page, outbox, fits):
    path = urlsplit(links.follow_url(invitation)).path
    page = open_page(path, width=375, height=700, js=False)
    visited = []
    page.on("framenavigated", lambda frame: visited.append(frame.url))
    assert heading(page) == "Growing together"
    fits(page)

    walk_in(page, outbox)
    assert heading(page) == "Response of Tyne Works"
    fits(page)
    # Link, code, for whom, tasks: nobody has to see more before the first question.
    assert len(visited) <= 4

    page.get_by_role("link", name="Growth and productivity").click()
    fits(page)

    # What is missing is said at the top, with a way there, and beside the question.
    press(page, "Save and continue")
    alert = page.get_by_role("alert")
    assert page.title().startswith("Error: ")
    assert alert.get_by_role("link").all_inner_texts() == ["Choose an answer to “Do you invest in training?”."]
    target = alert.get_by_role("link").first.get_attribute("href")
    assert page.locator(target).count() == 1
    group = page.locator("fieldset", has=page.locator("input[name=invests]"))
    described = group.get_attribute("aria-describedby").split()
    assert any("Choose an answer" in page.locator(f"#{name}").inner_text() for name in described)

    page.get_by_label("Yes").first.check()
    page.get_by_label("Finding people with the right skills").check()
    page.get_by_label("Tell us more").fill("We turned away two contracts.")
    press(page, "Save and come back later")
    assert heading(page) == "Response of Tyne Works"

    # Another day, another telephone: the link again.
    page.context.clear_cookies()
    page.goto(path)
    press(page, "Go on with the answer")
    page.get_by_label("Code").fill(CODE.search(outbox.to("ada@tyne-works.example")[-1].body)[0])
    page.get_by_role("main").locator("button[type=submit]").first.click()
    page.get_by_role("link", name="Growth and productivity").click()
    assert page.get_by_label("Tell us more").input_value() == "We turned away two contracts."

    press(page, "Save and continue")
    fits(page)
    page.get_by_label("How many people work for you?").fill("120")
    press(page, "Save and continue")
    page.get_by_label("Who trains your people?").fill("Tyne College")
    press(page, "Save and continue")

    page.get_by_role("link", name="What we may publish").click()
    page.get_by_label("Yes, with our name").check()
    press(page, "Save and check the answers")
    fits(page)
    assert "We turned away two contracts." in page.get_by_role("main").inner_text()
    press(page, "Send our response")

    assert heading(page) == "We have your response"
    fits(page)
    sent = Submission.objects.get()
    assert (sent.state, sent.timing, sent.organisation.name) == ("submitted", "on_time", "Tyne Works")
    assert sent.reference in page.get_by_role("main").inner_text()
    invitation.refresh_from_db()
    assert invitation.state == "responded"


def test_with_scripts_a_text_is_saved_while_it_is_written(invitation, open_page, outbox):
    page = open_page(urlsplit(links.follow_url(invitation)).path, width=375)
    walk_in(page, outbox)
    page.get_by_role("link", name="Growth and productivity").click()

    press(page, "Save and continue")
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.name") == "invests"

    text = page.get_by_label("Tell us more")
    text.fill("We turned away two contracts.")
    assert page.get_by_text("395 words left").first.is_visible()
    page.wait_for_selector("[name=revision]:not([value='0'])", state="attached")
    assert re.fullmatch(r"Saved \d+:\d\d[ap]m", page.get_by_role("status").inner_text())

    # Nothing was pressed, and it is there for whoever opens the page next.
    page.goto(page.url.partition("#")[0])
    assert page.get_by_label("Tell us more").input_value() == "We turned away two contracts."

    # What is pressed while a save is under way waits for it, and one writer never meets herself as a colleague.
    page.get_by_label("Yes").first.check()
    page.get_by_label("Tell us more").fill("We turned away three contracts.")
    page.wait_for_timeout(700)
    press(page, "Save and continue")
    page.wait_for_url("**/numbers/")
    assert not ResponseRevision.objects.filter(kind="conflict").exists()
    assert Submission.objects.get().responses.get().data["barriers_text"] == "We turned away three contracts."
