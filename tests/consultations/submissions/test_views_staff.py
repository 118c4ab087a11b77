"""What staff see of submissions, and what they never see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.submissions import actions, tallies
from consultations.submissions.models import Submission
from engagement.audit.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory
from tests.factories.stakeholders import AreaFactory, OrganisationFactory
from tests.factories.submissions import EvidenceDocumentFactory, SubmissionFactory, partner, submitted
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey

pytestmark = pytest.mark.django_db

SECRET = "We plan to close two of our sites."


def staff(consultation, role="engagement"):
    user = UserFactory(**{role: True})
    return AssignmentFactory(consultation=consultation, user=user, role=role).user


def list_of(consultation):
    return reverse("submissions:list", args=[consultation.reference])


def of(submission, name="detail"):
    return reverse(f"submissions:{name}", args=[submission.consultation.reference, submission.reference])


@pytest.mark.parametrize("sent", [1, 3])
def test_the_list_costs_the_same_however_many_came_in(signed_in, django_assert_num_queries, sent):
    survey = published_survey()
    for _ in range(sent):
        submitted(survey=survey, organisation=OrganisationFactory(areas=[AreaFactory(), AreaFactory()]))
    client = signed_in(staff(survey.consultation))

    with django_assert_num_queries(17):
        page = client.get(list_of(survey.consultation))

    assert page.content.decode().count("TEST") + page.content.decode().count(">CONSULTATION-") == sent


def test_the_list_is_narrowed_by_what_stands_in_the_address(signed_in):
    survey = published_survey()
    one = submitted(survey=survey, confidentiality="withheld")
    two = submitted(survey=survey, now=survey.consultation.closes_at + timedelta(days=1))
    client = signed_in(staff(survey.consultation))

    def shown(query):
        text = client.get(list_of(survey.consultation) + query).content.decode()
        return {row.reference for row in (one, two) if row.reference in text}

    assert shown("") == {one.reference, two.reference}
    assert shown("?confidentiality=withheld") == {one.reference}
    assert shown("?timing=late") == {two.reference}
    assert shown(f"?q={two.organisation.name}") == {two.reference}
    assert shown("?channel=letter") == set()
    assert shown("?submitted_by__password=x") == {one.reference, two.reference}
    assert "Late (1)" in client.get(list_of(survey.consultation)).content.decode()


def test_drafts_are_shown_to_no_member_of_staff_by_any_address(signed_in):
    survey = published_survey()
    user = partner()
    draft = actions.start(survey.consultation, user)
    actions.fill(draft, survey, {"barriers_text": SECRET}, actor=user)
    for role in ("engagement", "officer", "administrator"):
        member = UserFactory(**{role: True})
        if role != "administrator":
            AssignmentFactory(consultation=survey.consultation, user=member, role=role)
        client = signed_in(member)
        assert draft.reference not in client.get(list_of(survey.consultation)).content.decode()
        assert client.get(of(draft)).status_code == 404
        for name in ("tasks", "check", "receipt", "statement"):
            assert client.get(reverse(f"submissions:{name}", args=[draft.public_id])).status_code == 404


@pytest.mark.parametrize("name", ["detail", "mark_duplicate", "reject"])
def test_only_staff_of_the_consultation_see_what_was_sent(signed_in, name):
    sent = submitted()

    assert signed_in(staff(sent.consultation, "officer")).get(of(sent, name)).status_code == 200
    assert signed_in(staff(published_survey().consultation)).get(of(sent, name)).status_code == 404
    assert signed_in(sent.respondent).get(of(sent, name)).status_code == 404


def test_everything_that_was_sent_is_shown(signed_in):
    sent = submitted(statement="Trains matter most.")
    text = signed_in(staff(sent.consultation, "officer")).get(of(sent)).content.decode()

    for said in (SAMPLE_ANSWERS["barriers_text"], "Broadband", "Trains matter most.", "Tyne College"):
        assert said in text
    assert not Entry.objects.filter(verb="submission.withheld_text_read").exists()


def test_an_administrator_says_why_before_confidential_text_is_shown(signed_in):
    sent = submitted(confidentiality="withheld", statement=SECRET)
    document = EvidenceDocumentFactory(submission=sent)
    client = signed_in(UserFactory(administrator=True))
    at = reverse("submissions:document", args=[sent.consultation.reference, sent.reference, document.public_id])

    assert SECRET not in client.get(of(sent)).content.decode()
    assert client.get(at).status_code == 302
    assert client.post(of(sent), {"reason": ""}).status_code == 422
    shown = client.post(of(sent), {"reason": "Asked for under the law"}).content.decode()
    assert SECRET in shown
    assert b"".join(client.post(at).streaming_content) == b"What we found.\n"

    verbs = list(Entry.objects.filter(verb__startswith="submission.").order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["submission.withheld_text_read", "submission.document_read"]
    assert SECRET not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_what_was_withdrawn_is_listed_and_not_read(signed_in):
    sent = submitted(statement=SECRET)
    signed_in(sent.respondent).post(reverse("submissions:withdraw", args=[sent.public_id]))

    text = signed_in(staff(sent.consultation)).get(of(sent)).content.decode()
    assert "Withdrawn" in text
    assert SECRET not in text


def test_setting_aside_asks_why_and_leaves_the_figures(signed_in):
    sent = submitted()
    client = signed_in(staff(sent.consultation, "officer"))

    assert client.post(of(sent, "reject"), {"reason": ""}).status_code == 422
    client.post(of(sent, "reject"), {"reason": "An advertisement"})

    sent.refresh_from_db()
    assert (sent.state, sent.set_aside_reason) == ("rejected", "An advertisement")
    assert set(tallies.counts(sent.responses.get().survey).whole.values()) == {0}
    client.post(of(sent, "restore"))
    client.post(of(sent, "accept"))
    sent.refresh_from_db()
    assert sent.state == "accepted"


def test_engagement_staff_take_nothing_out_of_the_figures(signed_in):
    sent = submitted()
    client = signed_in(staff(sent.consultation))

    assert "Mark as a duplicate" not in client.get(of(sent)).content.decode()
    for act in ("reject", "mark_duplicate", "restore"):
        assert client.post(of(sent, act), {"reason": "Ours"}).status_code == 403
    sent.refresh_from_db()
    assert sent.state == "submitted"


def test_what_is_being_typed_in_is_not_brought_past_the_check(signed_in):
    """“Let it count again” is for what was set aside: a letter that waits to be checked does not count by it."""
    letter = SubmissionFactory(channel="letter", state="awaiting_approval", entered_by=UserFactory(engagement=True))
    client = signed_in(staff(letter.consultation, "officer"))

    page = client.post(of(letter, "restore"), follow=True).content.decode()

    letter.refresh_from_db()
    assert letter.state == "awaiting_approval"
    assert "not set aside" in page


def test_a_letter_is_typed_in_by_one_and_checked_by_another(signed_in):
    survey = published_survey()
    consultation, organisation = survey.consultation, OrganisationFactory()
    eve, olu = staff(consultation), staff(consultation, "officer")
    client = signed_in(eve)
    typed = {"channel": "letter", "received_on": "1/11/2018", "organisation": str(organisation.public_id)}
    enter = reverse("submissions:enter", args=[consultation.reference])
    assert client.post(enter, {**typed, "received_on": "1/11/2118"}).status_code == 422
    assert signed_in(olu).post(enter, typed).status_code == 403

    at = client.post(enter, typed).url
    letter = Submission.objects.get()
    assert at == reverse("submissions:tasks", args=[letter.public_id])
    # Required answers that the letter does not give are no hindrance.
    section = reverse("submissions:section", args=[letter.public_id, survey.code, "growth"])
    assert client.post(section, {"barriers_text": "Roads."}).status_code == 302
    client.post(reverse("submissions:confidentiality", args=[letter.public_id]), {"confidentiality": "named"})
    client.post(reverse("submissions:submit", args=[letter.public_id]))
    assert "somebody else has to check it" in client.get(of(letter)).content.decode()
    client.post(of(letter, "accept"))
    letter.refresh_from_db()
    assert letter.state == "awaiting_approval"

    checker = signed_in(olu)
    assert "Waits to be checked" in checker.get(list_of(consultation)).content.decode()
    checker.post(of(letter, "accept"))
    letter.refresh_from_db()
    assert (letter.state, letter.timing) == ("submitted", "on_time")


def test_an_organisation_with_a_response_gets_no_second_one_by_letter(signed_in):
    sent = submitted()
    typed = {"channel": "email", "received_on": timezone.localdate().isoformat()}
    typed["organisation"] = str(sent.organisation.public_id)
    enter = reverse("submissions:enter", args=[sent.consultation.reference])

    answer = signed_in(staff(sent.consultation)).post(enter, typed)

    assert (answer.status_code, "already has a response" in answer.content.decode()) == (422, True)
    assert Submission.objects.count() == 1


def test_the_same_person_twice_is_pointed_out(signed_in):
    survey = published_survey()
    for _ in range(2):
        SubmissionFactory(
            consultation=survey.consultation,
            personal=True,
            respondent=None,
            respondent_name="Ada Test",
            channel="letter",
            state="submitted",
            submitted_at=timezone.now(),
            confidentiality="named",
            timing="on_time",
        )

    assert signed_in(staff(survey.consultation)).get(list_of(survey.consultation)).content.count(b"Perhaps twice") == 2


def test_what_came_on_paper_is_typed_in_by_the_numbers_on_it(signed_in):
    survey = published_survey()
    typist = staff(survey.consultation)
    submission = actions.begin_intake(
        survey.consultation, channel="letter", received_on=timezone.localdate(), actor=typist, name="Ada Smith"
    )
    client = signed_in(typist)
    page = reverse("submissions:section", args=[submission.public_id, survey.code, "numbers"])

    assert "4. How many people work for you?" in client.get(page).content.decode()
    assert client.post(page, {"revision": "0", "staff": "12", "assets--ports": "yes"}).status_code == 302
    assert submission.responses.get().data["staff"] == 12
