"""A letter and an e-mail come in and count once a second person has checked them; a partner's own page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.evidence.models import EvidenceItem
from consultations.submissions.models import Acknowledgement, Submission
from engagement.accounts.models import User
from tests.consultations.submissions.mails import REPORT, eml
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory
from tests.factories.submissions import partner, submitted
from tests.factories.surveys import published_survey

pytestmark = pytest.mark.django_db(transaction=True)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page, name):
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def staff(consultation, role):
    return AssignmentFactory(consultation=consultation, user=UserFactory(**{role: True}), role=role).user


def hand_over(page):
    """From the parts of a typed-in response to where it waits for somebody else."""
    page.goto(page.url.split("?")[0].rstrip("/") + "/confidentiality/")
    page.get_by_label("No, do not publish it").check()
    page.get_by_label("If not, why?").fill("The sender does not say.")
    press(page, "Save and check the answers")
    press(page, "Hand over to be checked")


def test_a_letter_and_an_e_mail_from_the_envelope_to_the_figures(open_page, axe, fits, tmp_path):
    survey = published_survey()
    it = survey.consultation
    typist, checker = staff(it, "engagement"), staff(it, "officer")
    file = tmp_path / "view.eml"
    file.write_bytes(eml(files=[REPORT], Date=""))

    page = open_page(reverse("submissions:list", args=[it.reference]), user=typist)
    follow(page, "Type in a letter, e-mail or call")
    page.get_by_label("By letter").check()
    page.get_by_label("On which day did it come?").fill(f"{timezone.localdate() - timedelta(days=1):%d/%m/%Y}")
    page.get_by_label("Or from which person?").fill("Ada Ferrier")
    press(page, "Begin")
    page.get_by_role("main").get_by_role("link", name="Written statement").first.click()
    page.get_by_label("Your statement").fill("Buses end too early.")
    press(page, "Save")
    hand_over(page)

    page.goto(reverse("submissions:bring_mail", args=[it.reference]))
    page.get_by_label("The e-mail as a file").set_input_files(file)
    press(page, "Read it")
    axe(page)
    page.get_by_label("On which day did it come?").fill(f"{timezone.localdate():%d/%m/%Y}")
    press(page, "Begin")
    hand_over(page)

    page = open_page(reverse("submissions:list", args=[it.reference]), user=checker)
    letter, mail = Submission.objects.order_by("pk")
    for submission in (letter, mail):
        follow(page, submission.reference)
        assert "Buses end too early." in page.content()
        press(page, "Accept: it says what the original says")
        page.goto(reverse("submissions:list", args=[it.reference]))
    assert set(Submission.objects.values_list("state", "channel")) == {("submitted", "letter"), ("submitted", "email")}
    assert Acknowledgement.objects.get().submission == mail

    page.goto(reverse("submissions:acknowledge", args=[it.reference, letter.reference]))
    assert letter.reference in page.content()
    page.get_by_label("I have sent the letter").check()
    press(page, "Save")
    page.goto(reverse("evidence:list"))
    axe(page)
    follow(page, EvidenceItem.objects.get().reference)
    follow(page, "Catalogue it")
    page.get_by_label("Who made it?").fill("Tyneside Skills Board")
    page.get_by_label("When was it made?").fill("March 2018")
    page.get_by_label("What kind of evidence is it?").select_option("survey")
    page.get_by_label("Open", exact=True).check()
    press(page, "Save")
    page.set_viewport_size({"width": 320, "height": 640})
    fits(page)
    axe(page)
    with page.expect_download() as fetched:
        press(page, "Download the file")
    assert fetched.value.suggested_filename == "Survey of firms.pdf"
    assert EvidenceItem.objects.get().state == "catalogued"


def test_a_partner_sees_what_happens_to_each_answer_and_leaves(open_page, axe, fits):
    user = partner()
    submitted(personal=True, user=user)

    page = open_page(reverse("dashboards:my_page"), user=user, width=375)
    axe(page)
    fits(page)
    follow(page, "Download your data")
    axe(page)
    with page.expect_download() as fetched:
        press(page, "Download my data")
    assert fetched.value.suggested_filename == "my-data.zip"
    page.goto(reverse("dashboards:my_page"))
    follow(page, "Close your account")
    axe(page)
    fits(page)
    page.get_by_label("I have read what goes and what stays").check()
    press(page, "Close my account for good")
    assert "Your account is closed" in page.content()
    assert not User.objects.get(pk=user.pk).is_active
