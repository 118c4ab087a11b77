"""Ten minutes from the invitation e-mail to the receipt: every page and every tap on the shortest way, counted.

The figures stand in docs/invitations.md. Whoever adds a page to this way makes this test fail, and thinks again.
"""

import re
from urllib.parse import urlsplit

import pytest

from consultations.invitations import actions
from consultations.submissions.models import Submission
from engagement.messaging import delivery
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory
from tests.factories.surveys import published_survey, sample_pages

pytestmark = pytest.mark.django_db(transaction=True)
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
LINK = re.compile(r"https?://\S+/i/[^/\s]+/(?=\s)")


class Phone:
    """Counts what a thumb does: a tap on a link, a button, a box; a field that is filled is one tap and the typing."""

    def __init__(self, page, fits):
        self.page, self.fits, self.taps, self.pages = page, fits, 0, []

    def seen(self):
        self.fits(self.page)
        self.pages.append(self.page.get_by_role("heading", level=1).inner_text())

    def press(self, name):
        self.taps += 1
        self.page.get_by_role("button", name=name, exact=True).click()
        self.seen()

    def go(self, name):
        self.taps += 1
        self.page.get_by_role("link", name=name).click()
        self.seen()

    def send(self):
        """The first button of the page, whatever it is called."""
        self.taps += 1
        self.page.get_by_role("main").locator("button[type=submit]").first.click()
        self.seen()

    def check(self, name):
        self.taps += 1
        self.page.get_by_label(name).first.check()

    def fill(self, name, text):
        self.taps += 1
        self.page.get_by_label(name).fill(text)


def test_every_page_and_tap_from_the_mail_to_the_receipt(open_page, outbox, fits):
    consultation = ConsultationFactory(title="Growing together", reference="growing", minutes_needed=10)
    published_survey(consultation, pages=sample_pages(), code="views", title="Your views")
    body = OrganisationFactory(name="Tyne Works")
    lead = ContactFactory(name="Ada Fell", email="ada@tyne-works.example")
    MembershipFactory(organisation=body, contact=lead, role="lead")
    actions.invite(consultation, [body], actor=None)
    delivery.drain()
    link = LINK.search(outbox.only().body)[0]

    phone = Phone(open_page(urlsplit(link).path, width=375, height=700, js=False), fits)
    phone.taps = 1  # the link in the message
    phone.seen()
    phone.press("Respond")
    phone.fill("Code", CODE.search(outbox.to("ada@tyne-works.example")[-1].body)[0])
    phone.send()
    phone.send()
    before_the_first_question = (len(phone.pages), phone.taps)

    phone.go("Growth and productivity")
    phone.check("Yes")
    phone.check("Finding people with the right skills")
    phone.fill("Tell us more", "We turned away two contracts.")
    phone.press("Save and continue")
    phone.fill("How many people work for you?", "120")
    phone.press("Save and continue")
    phone.fill("Who trains your people?", "Tyne College")
    phone.press("Save and continue")
    phone.go("What we may publish")
    phone.check("Yes, with our name")
    phone.press("Save and check the answers")
    phone.press("Send our response")

    assert phone.pages[-1] == "We have your response"
    assert Submission.objects.get().organisation == body
    answers = 6
    assert before_the_first_question == (4, 5)
    assert (len(phone.pages), phone.taps - answers) == (11, 12)
