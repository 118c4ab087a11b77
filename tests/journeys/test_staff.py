"""A member of engagement staff sets up a consultation, builds its survey and invites, without scripts."""

import pytest
from django.urls import reverse

from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from consultations.surveys.definition import load
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def priya():
    return UserFactory(engagement=True, name="Priya Alder")


@pytest.fixture
def partner_body():
    body = OrganisationFactory(name="Tyne Works")
    MembershipFactory(organisation=body, contact=ContactFactory(email="ada@tyne-works.example"))
    return body


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page, name):
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def part(page, name):
    page.get_by_role("navigation", name="Parts of the consultation").get_by_role("link", name=name).first.click()


def fill(page, **fields):
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " ")).first.fill(value)


def begin(page):
    follow(page, "New consultation")
    press(page, "Make the draft")
    assert page.title().startswith("Error: New consultation")
    fill(
        page, Title="Growing together", Reference="growing", Purpose="We ask what holds you back. It decides the plan."
    )
    press(page, "Make the draft")
    for group, facts in {
        "Change Purpose and decision": {"Who_decides": "The board"},
        "Change Dates": {"Closing_date": "2040-06-29"},
        "Change Privacy notice": {"Privacy_notice": "We use what you say to write the plan."},
    }.items():
        part(page, "Settings")
        follow(page, group)
        fill(page, **facts)
        press(page, "Save")


def build(page):
    part(page, "Settings")
    follow(page, "Themes")
    follow(page, "Add a theme")
    fill(page, Name="Skills")
    press(page, "Add the theme")
    part(page, "Surveys")
    follow(page, "New survey")
    fill(page, Title="Your views")
    press(page, "Make the survey")
    follow(page, "Add the first page")
    fill(page, Heading="Skills and growth")
    press(page, "Add the page")
    page.get_by_role("link", name="Add a question").first.click()
    follow(page, "One choice")
    page.get_by_label("Question", exact=True).fill("Do you invest in training?")
    page.get_by_label("Choices").fill("yes | Yes\nno | No")
    page.get_by_label("It must be answered").check()
    press(page, "Add the question")
    follow(page, "Check and publish")
    press(page, "Publish and put it live")


def test_from_an_idea_to_the_first_invitation(priya, partner_body, open_page, outbox):
    page = open_page(reverse("programme:staff_list"), user=priya, js=False)
    begin(page)
    build(page)
    it = Consultation.objects.get()
    (question,) = load(it.surveys.get().current_version).questions()
    assert (question.label, question.required) == ("Do you invest in training?", True)

    part(page, "People invited")
    part(page, "Settings")
    follow(page, "State and next step")
    assert "Nothing is missing" in page.get_by_role("main").inner_text()
    follow(page, "Send for review")
    press(page, "Send for review")
    assert "somebody else has to approve it" in page.get_by_role("main").inner_text()

    other = open_page(reverse("programme:lifecycle", args=["growing"]), user=UserFactory(administrator=True), js=False)
    follow(other, "Approve and announce")
    press(other, "Approve and announce")
    it.refresh_from_db()
    assert it.state in {"scheduled", "open"}

    page.goto(reverse("invitations:ledger", args=["growing"]))
    page.get_by_role("main").get_by_role("link", name="Invite organisations").first.click()
    page.get_by_label("Tyne Works").check()
    press(page, "See who gets what")
    main = page.get_by_role("main").inner_text()
    assert "Invite 1 organisation?" in main
    assert "ada@tyne-works.example" in main
    assert not Invitation.objects.exists()
    press(page, "Invite 1 organisation")
    assert Invitation.objects.get().organisation == partner_body
    assert "Tyne Works" in page.get_by_role("main").inner_text()
