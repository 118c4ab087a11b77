"""Three colleagues and an approver, from the message that asks them to the receipt; one of them on a telephone."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.submissions import actions
from consultations.submissions.models import Response, ResponseRevision, Submission
from engagement.messaging.models import OutgoingMessage
from tests.consultations.submissions.together import Team
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner
from tests.factories.surveys import published_survey, sample_pages

pytestmark = pytest.mark.django_db(transaction=True)
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
LINK = re.compile(r"https?://\S+/submissions/\S+/join/|https?://\S+/approvals/\S+/")


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def link_to(address, rule):
    message = OutgoingMessage.objects.get(rule=rule, to_email=address)
    return urlsplit(LINK.search(message.text_body)[0]).path


def come_in(open_page, outbox, address, path, **window):
    """Follow the link of a message without an account: by a code to the address, to the page it leads to."""
    page = open_page(path, **window)
    page.get_by_label("E-mail address").first.fill(address)
    press(page, "Send me a code")
    page.get_by_label("Code").fill(CODE.search(outbox.to(address)[-1].body)[0])
    page.get_by_role("main").locator("button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/submissions/" in url or "/approvals/" in url)
    return page


def ask_colleague(page, name, address, does):
    page.get_by_role("link", name="Colleagues", exact=True).click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label(does).check()
    press(page, "Ask them")


def test_three_colleagues_and_an_approver_from_the_invitation_to_the_receipt(open_page, outbox, axe, fits):
    organisation = OrganisationFactory(name="Tyne Works")
    survey = published_survey(pages=sample_pages(), code="views", title="Your views")
    lead = partner(organisation, name="Lena Lead")
    submission = actions.start(survey.consultation, lead, organisation)
    tasks = reverse("submissions:tasks", args=[submission.public_id])

    # The lead asks two colleagues and shares out the sections.
    desk = open_page(tasks, user=lead)
    ask_colleague(desk, "Nora New", "nora@tyne.example", "Writes")
    desk.goto(tasks)
    ask_colleague(desk, "Rita Reader", "rita@tyne.example", "Reads")
    axe(desk)
    desk.goto(tasks)
    desk.get_by_role("link", name="Share out the sections").click()
    desk.get_by_label("Who writes “Growth and productivity”?").select_option(label="Nora New")
    axe(desk)
    press(desk, "Save")

    # Nora, on her telephone and without scripts, joins, says something, and writes her section.
    phone = come_in(
        open_page, outbox, "nora@tyne.example", link_to("nora@tyne.example", "submissions.colleague"),
        width=375, height=700, js=False,
    )  # fmt: skip
    assert heading(phone) == "Write the response of Tyne Works together"
    fits(phone)
    press(phone, "Join")
    assert heading(phone) == "Response of Tyne Works"
    fits(phone)
    phone.get_by_role("region", name="Your sections").get_by_role("link", name="Growth and productivity").click()
    fits(phone)
    phone.get_by_role("link", name="Comment on this section").click()
    phone.get_by_label("Your comment").fill("Is the number from last year?")
    press(phone, "Add the comment")
    fits(phone)
    phone.goto(tasks)
    phone.get_by_role("region", name="Your sections").get_by_role("link").first.click()
    phone.get_by_label("Yes").first.check()
    phone.get_by_label("Finding people with the right skills").check()
    phone.get_by_label("Tell us more").fill("We turned away two contracts.")
    press(phone, "Save and continue")
    fits(phone)

    # Rita reads and changes nothing.
    reader = come_in(open_page, outbox, "rita@tyne.example", link_to("rita@tyne.example", "submissions.colleague"))
    press(reader, "Join")
    assert "You can read this response" in reader.get_by_role("main").inner_text()
    assert reader.get_by_role("main").get_by_role("link", name="Growth and productivity").count() == 0
    reader.get_by_role("link", name="Comments (1 open)").click()
    assert "Is the number from last year?" in reader.get_by_role("main").inner_text()

    # The lead deals with the comment, writes the rest, and asks somebody outside for approval.
    desk.goto(tasks)
    desk.get_by_role("link", name="Comments (1 open)").click()
    axe(desk)
    desk.get_by_role("button", name=re.compile("Dealt with")).click()
    for page, filled in (("numbers", "How many people work for you?"), ("training", "Who trains your people?")):
        desk.goto(reverse("submissions:section", args=[submission.public_id, "views", page]))
        desk.get_by_label(filled).fill("120")
        press(desk, "Save and continue")
    desk.goto(reverse("submissions:confidentiality", args=[submission.public_id]))
    desk.get_by_label("Yes, with our name").check()
    press(desk, "Save and check the answers")
    desk.get_by_role("link", name="Let somebody approve it first").click()
    desk.get_by_label("Somebody else").check()
    desk.get_by_label("Name of the other person").fill("Olive Outside")
    desk.get_by_label("E-mail address of the other person").fill("olive@board.example")
    axe(desk)
    press(desk, "Ask for approval")
    assert "waits for approval by Olive Outside" in desk.get_by_role("main").inner_text()

    # Nora cannot change it now, and is told.
    phone.goto(reverse("submissions:section", args=[submission.public_id, "views", "growth"]))
    phone.get_by_label("Tell us more").fill("Three contracts.")
    press(phone, "Save and continue")
    assert "Somebody was asked to approve this response" in phone.get_by_role("alert").inner_text()
    assert phone.get_by_label("Tell us more").input_value() == "Three contracts."

    # Olive, who is no colleague, reads that one text, and approves it.
    board = come_in(
        open_page,
        outbox,
        "olive@board.example",
        link_to("olive@board.example", "submissions.approval_asked"),
        width=375,
    )
    assert heading(board) == "Approve the response of Tyne Works?"
    assert "We turned away two contracts." in board.get_by_role("main").inner_text()
    fits(board)
    axe(board)
    assert board.goto(tasks).status == 404
    board.go_back()
    press(board, "I approve this response")
    assert heading(board) == "You approved this response"
    assert "two contracts" not in board.get_by_role("main").inner_text()

    # Approved, it is sent.
    desk.goto(reverse("submissions:check", args=[submission.public_id]))
    press(desk, "Send our response")
    assert heading(desk) == "We have your response"
    sent = Submission.objects.get()
    assert (sent.state, sent.timing, sent.submitted_by) == ("submitted", "on_time", lead)
    desk.get_by_role("link", name="History").click()
    axe(desk)
    assert "We turned away two contracts." in desk.get_by_role("main").inner_text()


def test_two_browsers_save_the_same_section_at_once_and_neither_text_is_lost(open_page, axe, fits):
    team = Team()
    path = reverse("submissions:section", args=[team.submission.public_id, "views", "growth"])
    pages = {"Hers.": open_page(path, user=team.lead), "His.": open_page(path, user=team.writer)}
    for text, page in pages.items():
        page.get_by_label("Tell us more").fill(text)
    # Both have the page as it was before, and press the button at the same moment of the clock.
    moment = pages["His."].evaluate("Date.now()") + 600
    for page in pages.values():
        page.evaluate(
            "at => void setTimeout(() => document.querySelector('main .acts .button').click(), at - Date.now())", moment
        )
    for page in pages.values():
        page.wait_for_url(lambda url: not url.endswith("/growth/"))
    texts = set(pages)
    stands = Response.objects.get().data["barriers_text"]
    (other,) = texts - {stands}
    late = pages[other]
    assert heading(late) == "Two answers to the same question"
    assert {"Hers.", "His."} <= set(late.get_by_role("main").locator(".card p").all_inner_texts())
    axe(late)
    late.set_viewport_size({"width": 375, "height": 700})
    fits(late)
    late.get_by_label(re.compile("both", re.IGNORECASE)).first.check()
    press(late, "Save my choice")
    assert Response.objects.get().data["barriers_text"] == f"{stands}\n\n{other}"
    assert texts <= kept_texts()


def kept_texts():
    """Every text that stands in the log."""
    patches = ResponseRevision.objects.values_list("patch", flat=True)
    return {value for patch in patches for value in patch.values() if isinstance(value, str)}


def test_a_provisional_response_on_a_telephone(open_page, fits, axe):
    team = Team()
    page = open_page(reverse("submissions:sign_off", args=[team.submission.public_id]), user=team.lead, width=375)
    page.get_by_label("A body that meets").check()
    page.get_by_label("Name of the body").fill("Cabinet")
    page.get_by_label("When does it meet?").fill((timezone.localdate() + timedelta(days=9)).isoformat())
    press(page, "Ask for approval")
    fits(page)
    page.get_by_role("link", name="Send it provisionally").click()
    press(page, "Send it provisionally")
    assert "subject to approval by Cabinet" in page.get_by_role("main").inner_text()
    fits(page)
    axe(page)
    assert Submission.objects.get().timing == "provisional"
