"""A whole response in Welsh on a telephone: from the link in the message to the receipt, and the mail after it."""

import re
from urllib.parse import urlsplit

import pytest
from django.utils import translation
from django.utils.translation import gettext

from consultations.invitations import actions, links
from consultations.invitations.models import Invitation
from consultations.submissions.models import Response, Submission
from consultations.surveys.definition import Page, Question
from engagement.accounts.models import User
from engagement.core import catalogues
from engagement.messaging.models import OutgoingMessage
from tests.architecture.tree import ROOT
from tests.factories.programme import ConsultationFactory
from tests.factories.stakeholders import ContactFactory, MembershipFactory, OrganisationFactory
from tests.factories.surveys import YES_NO, SurveyFactory, make_definition, publish_version

pytestmark = pytest.mark.django_db(transaction=True)
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
PAGES = (
    Page(
        "growth",
        "Growth",
        questions=(
            Question("invests", "single", "Do you invest?", required=True, choices=YES_NO, list_code="yesno"),
            Question("staff", "integer", "How many people work for you?", settings={"least": 0}),
            Question("more", "long_text", "Tell us more", settings={"word_limit": 400}),
            Question("untranslated", "short_text", "This has no translation"),
        ),
    ),
)
WELSH = {
    "survey:title": "Eich barn",
    "page:growth:title": "Twf",
    "question:invests:label": "Ydych chi’n buddsoddi?",
    "question:staff:label": "Faint o bobl sy’n gweithio i chi?",
    "question:more:label": "Dywedwch ragor",
    "choice:yesno:yes:label": "Ydym",
    "choice:yesno:no:label": "Nac ydym",
}
# The words of a page, one for each text that is not marked as being in another language.
TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const spoken = walker.currentNode.parentElement.closest("[lang]").lang;
    if (text && spoken === "cy") found.push(text);
  }
  return found;
}"""


@pytest.fixture
def invitation():
    consultation = ConsultationFactory(title="Tyfu gyda’n gilydd", reference="growing", minutes_needed=10)
    survey = SurveyFactory(consultation=consultation, code="views", title="Your views")
    publish_version(survey, make_definition(pages=PAGES, title="Your views", translations={"cy": WELSH}))
    survey.state = "live"
    survey.save()
    body = OrganisationFactory(name="Gwaith Tyne")
    MembershipFactory(organisation=body, contact=ContactFactory(name="Ada Fell", email="ada@tyne-works.example"))
    actions.invite(consultation, [body], actor=None)
    return Invitation.objects.get()


@pytest.fixture
def in_welsh(axe, fits):
    """`in_welsh(page)` fails on a sentence of ours that is still English, on what axe finds, and on a page too wide."""
    english = {
        message.id
        for message in catalogues.read(ROOT / "locale" / "cy" / "LC_MESSAGES", "cy")
        if isinstance(message.id, str) and message.id and message.id != message.string and "%(" not in message.id
    }

    def check(page):
        assert page.locator("html").get_attribute("lang") == "cy"
        assert sorted(set(page.evaluate(TEXTS)) & english) == []
        fits(page)
        axe(page)

    return check


def welsh(sentence):
    with translation.override("cy"):
        return gettext(sentence)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def test_a_response_in_welsh_on_a_telephone(invitation, open_page, outbox, in_welsh):
    page = open_page(urlsplit(links.follow_url(invitation)).path, width=375, height=700)
    assert page.locator("html").get_attribute("lang") == "en-gb"

    page.get_by_role("link", name="Cymraeg", exact=True).click()
    in_welsh(page)
    press(page, welsh("Respond"))
    in_welsh(page)
    message = outbox.to("ada@tyne-works.example")[-1]
    assert message.subject.startswith("Eich cod ar gyfer")
    page.get_by_label(welsh("Code"), exact=True).fill(CODE.search(message.body)[0])
    press(page, welsh("Go on"))
    while "/submissions/" not in page.url:
        in_welsh(page)
        press(page, welsh("Continue"))
    assert heading(page) == "Ymateb Gwaith Tyne"
    assert page.get_by_role("heading", level=2, name="Eich barn").count() == 1
    in_welsh(page)
    assert User.objects.get(email="ada@tyne-works.example").language == "cy"

    page.get_by_role("link", name="Twf", exact=True).click()
    in_welsh(page)
    assert page.locator('label span[lang="en"]').inner_text() == "This has no translation"
    page.get_by_label("Faint o bobl").fill("llawer")
    press(page, welsh("Save and continue"))
    assert page.title().startswith(welsh("Error:"))
    in_welsh(page)

    page.get_by_label("Ydym", exact=True).check()
    page.get_by_label("Faint o bobl").fill("120")
    page.get_by_label("Dywedwch ragor").fill("Collasom ddau gontract.")
    assert page.get_by_text("397 gair ar ôl").first.is_visible()
    press(page, welsh("Save and continue"))
    in_welsh(page)

    page.get_by_role("link", name=welsh("What we may publish")).click()
    in_welsh(page)
    press(page, welsh("Save and check the answers"))
    assert page.title().startswith(welsh("Error:"))
    page.get_by_label(welsh("Yes, with our name")).check()
    press(page, welsh("Save and check the answers"))
    in_welsh(page)
    assert "Collasom ddau gontract." in page.get_by_role("main").inner_text()
    press(page, welsh("Send our response"))
    assert heading(page) == welsh("We have your response")
    in_welsh(page)

    sent = Submission.objects.get()
    assert sent.state == "submitted"
    assert Response.objects.get().language == "cy"
    receipt = OutgoingMessage.objects.get(rule="submissions.receipt")
    assert receipt.subject.startswith(welsh("We have your response"))
    assert "Ydych chi’n buddsoddi?\nYdym" in receipt.text_body
    assert '<html lang="cy">' in receipt.html_body

    page.get_by_role("link", name=welsh("My page"), exact=True).click()
    in_welsh(page)
    press(page, "English")
    assert page.locator("html").get_attribute("lang") == "en-gb"
    assert heading(page) == "My page"
