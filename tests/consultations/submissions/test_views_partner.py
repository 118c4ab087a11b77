"""What a partner meets, from “Respond” to the receipt."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.programme.models import Consultation
from consultations.submissions import actions, lifecycle
from consultations.submissions.models import Submission
from consultations.surveys.definition import Question
from engagement.stakeholders.models import Kind, Membership, Organisation
from tests.factories.stakeholders import AreaFactory, OrganisationFactory
from tests.factories.submissions import EvidenceDocumentFactory, partner, submitted
from tests.factories.surveys import SAMPLE_ANSWERS, YES_NO, published_survey

pytestmark = pytest.mark.django_db

PAGES = {
    "growth": {
        "invests": "yes",
        "barriers": ["skills", "other"],
        "barriers__other": "Broadband",
        "barriers_text": "Want of people.",
    },
    "numbers": {
        "staff": "120",
        "turnover": "12.5",
        "founded": "1 April 1998",
        "confidence": "4",
        "assets--ports": "yes",
        "assets--universities": "no",
    },
    "training": {"provider": "Tyne College"},
}  # fmt: skip


def section(submission, survey, page, **query):
    address = reverse("submissions:section", args=[submission.public_id, survey.code, page])
    return address + (f"?from={query['origin']}" if query else "")


def page_of(submission, name):
    return reverse(f"submissions:{name}", args=[submission.public_id])


@pytest.fixture
def begun():
    organisation, survey = OrganisationFactory(), published_survey()
    user = partner(organisation)
    return actions.start(survey.consultation, user, organisation), survey, user


def test_the_whole_way_from_respond_to_the_receipt(signed_in):
    organisation, survey = OrganisationFactory(), published_survey()
    user = partner(organisation)
    client = signed_in(user)
    respond = reverse("submissions:respond", args=[survey.consultation.reference])
    assert organisation.name in client.get(respond).content.decode()

    client.post(respond, {"hat": str(organisation.public_id)})
    submission = Submission.objects.get()
    at = section(submission, survey, "growth")
    for page, typed in PAGES.items():
        assert urlsplit(at).path == section(submission, survey, page)
        shown = client.get(at)
        revision = shown.context["revision"]
        at = client.post(at, {**typed, "revision": revision}).url
    assert at == page_of(submission, "tasks")
    assert "Completed" in client.get(at).content.decode()
    at = client.post(page_of(submission, "confidentiality"), {"confidentiality": "named", "seen": ""}).url
    check = client.get(at).content.decode()
    assert "Tyne College" in check
    assert "Send our response" in check

    for _ in range(2):  # a double click
        at = client.post(page_of(submission, "submit")).url
        receipt = client.get(at).content.decode()

    submission.refresh_from_db()
    assert submission.state == "submitted"
    for text in (submission.reference, "Tyne College", "Broadband", "Want of people.", "1 April 1998"):
        assert text in receipt
    assert submission.responses.get().data["assets"] == {"ports": "yes", "universities": "no"}


def test_respond_needs_a_person(client):
    survey = published_survey()
    answer = client.get(reverse("submissions:respond", args=[survey.consultation.reference]))

    assert "login" in answer.url


def test_a_person_says_what_figures_need_to_know(signed_in):
    survey, user, area = published_survey(), partner(), AreaFactory()
    survey.consultation.areas.add(area)
    client = signed_in(user)
    at = client.post(reverse("submissions:respond", args=[survey.consultation.reference]), {"hat": "self"}).url
    wrong = client.post(at, {"kind": "", "areas": []})
    assert (wrong.status_code, "Choose a kind." in wrong.content.decode()) == (422, True)

    kind = Kind.objects.filter(sector__code="individual").first()
    client.post(at, {"kind": kind.code, "areas": [area.code]})

    submission = Submission.objects.get()
    assert (submission.capacity, submission.kind, submission.organisation) == ("self", kind, None)
    assert list(submission.areas.all()) == [area]
    again = client.get(reverse("submissions:respond", args=[survey.consultation.reference]))
    assert again.url == page_of(submission, "tasks")


def test_an_organisation_that_is_new_to_us_is_added_with_its_lead(signed_in):
    survey, user, area = published_survey(), partner(), AreaFactory()
    survey.consultation.areas.add(area)
    kind = Kind.objects.exclude(sector__code="individual").first()
    at = reverse("submissions:about_you", args=[survey.consultation.reference]) + "?new=1"
    typed = {"name": "Northern Lamps Ltd", "kind": kind.code, "areas": [area.code]}

    signed_in(user).post(at, typed)

    submission = Submission.objects.get()
    assert submission.organisation.name == "Northern Lamps Ltd"
    assert Membership.objects.get(organisation=submission.organisation).role == "lead"


def test_nobody_joins_an_organisation_by_knowing_its_name(signed_in):
    survey, area = published_survey(), AreaFactory()
    survey.consultation.areas.add(area)
    known = OrganisationFactory(name="Tyne Traders")
    kind = Kind.objects.exclude(sector__code="individual").first()
    at = reverse("submissions:about_you", args=[survey.consultation.reference]) + "?new=1"

    answer = signed_in(partner()).post(at, {"name": "tyne traders", "kind": kind.code, "areas": [area.code]})

    assert answer.status_code == 422
    assert "in our register already" in answer.content.decode()
    assert (Submission.objects.count(), Organisation.objects.count()) == (0, 1)
    assert not Membership.objects.filter(organisation=known).exists()


def test_an_invited_only_consultation_takes_only_the_invited(signed_in):
    survey = published_survey()
    Consultation.objects.update(access="invited")
    organisation = OrganisationFactory()
    at = reverse("submissions:respond", args=[survey.consultation.reference])

    answer = signed_in(partner(organisation)).post(at, {"hat": str(organisation.public_id)})

    assert answer.status_code == 422
    assert "for those who were invited" in answer.content.decode()
    assert Submission.objects.count() == 0


def test_a_closed_consultation_says_so_and_begins_nothing(signed_in):
    survey = published_survey()
    Consultation.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    client, at = signed_in(partner()), reverse("submissions:respond", args=[survey.consultation.reference])

    assert "has closed" in client.get(at).content.decode()
    answer = client.post(at, {"hat": "self"})

    assert (answer.status_code, "has closed" in answer.content.decode()) == (422, True)
    assert Submission.objects.count() == 0


def test_save_and_continue_asks_for_what_is_required(begun, signed_in):
    submission, survey, user = begun
    answer = signed_in(user).post(section(submission, survey, "growth"), {"barriers_text": "Kept on the page"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in text
    assert "Kept on the page" in text
    assert "<title>Error: " in text


def test_come_back_later_keeps_even_what_is_not_acceptable(begun, signed_in):
    submission, survey, user = begun
    client, at = signed_in(user), section(submission, survey, "numbers")

    answer = client.post(at, {"staff": "a dozen", "turnover": "3", "later": "1"})

    assert answer.url == page_of(submission, "tasks")
    response = submission.responses.get()
    assert (response.data, response.unfinished) == ({"turnover": 3.0}, {"numbers": {"staff": "a dozen"}})
    assert "Look again" in client.get(answer.url).content.decode()
    shown = client.get(at).content.decode()
    assert 'value="a dozen"' in shown
    assert "is not a number" in shown

    client.post(at, {"staff": "12", "turnover": "3", "revision": response.revision})
    response.refresh_from_db()
    given = {code: value for code, value in response.data.items() if value is not None}
    assert (given, response.unfinished) == ({"staff": 12, "turnover": 3.0}, {})


def test_a_page_off_the_path_leads_to_the_nearest(begun, signed_in):
    submission, survey, user = begun
    client = signed_in(user)
    actions.fill(submission, survey, {"invests": "no"}, actor=user)

    assert client.get(section(submission, survey, "training")).url == section(submission, survey, "numbers")
    assert client.get(section(submission, survey, "nowhere")).status_code == 302
    assert client.get(reverse("submissions:section", args=[submission.public_id, "no", "growth"])).status_code == 404


def test_a_change_from_the_check_page_goes_back_there(begun, signed_in):
    submission, survey, user = begun
    actions.fill(submission, survey, {**SAMPLE_ANSWERS, "invests": "no"}, actor=user)
    client = signed_in(user)
    assert "1 answer no longer applies" in client.get(page_of(submission, "check")).content.decode()

    at = section(submission, survey, "numbers", origin="check")
    assert client.post(at, PAGES["numbers"]).url == page_of(submission, "check")


def test_two_colleagues_are_shown_both_texts(begun, signed_in):
    submission, survey, anna = begun
    ben = partner(submission.organisation, role="contributor")
    at = section(submission, survey, "growth")
    signed_in(anna).post(at, {"invests": "yes", "barriers_text": "Anna's words", "revision": "0"})

    client = signed_in(ben)
    answer = client.post(at, {"invests": "yes", "barriers_text": "Ben's words", "revision": "0"})
    shown = client.get(answer.url)
    text = shown.content.decode()
    assert "Anna&#x27;s words" in text
    assert "Ben&#x27;s words" in text
    assert "Choose which one shall stand" in client.get(page_of(submission, "tasks")).content.decode()

    client.post(answer.url, {"choice-barriers_text": "both", "revision": shown.context["revision"]})
    assert submission.responses.get().data["barriers_text"] == "Anna's words\n\nBen's words"


def test_a_colleagues_statement_is_shown_beside_mine(begun, signed_in):
    submission, _, anna = begun
    ben = partner(submission.organisation, role="contributor")
    signed_in(anna).post(page_of(submission, "statement"), {"statement": "Anna wrote this", "revision": "0"})

    answer = signed_in(ben).post(page_of(submission, "statement"), {"statement": "Ben wrote that", "revision": "0"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Anna wrote this" in text
    assert "Ben wrote that" in text


def test_what_was_typed_survives_being_signed_out(begun):
    submission, survey, user = begun
    client, at = Client(), section(submission, survey, "growth")

    answer = client.post(at, {"invests": "yes", "barriers_text": "Long thoughts", "revision": "0"})
    assert "login" in answer.url
    client.force_login(user)
    shown = client.get(at).content.decode()
    assert "Long thoughts" in shown
    assert "not saved yet" in shown

    client.post(at, {"invests": "yes", "barriers_text": "Long thoughts", "revision": "0"})
    assert submission.responses.get().data["barriers_text"] == "Long thoughts"
    assert "not saved yet" not in client.get(at).content.decode()


def test_a_save_after_the_deadline_is_still_a_save(begun, signed_in):
    submission, survey, user = begun
    Consultation.objects.update(closes_at=timezone.now() - timedelta(minutes=1), state="closed")
    client = signed_in(user)

    client.post(section(submission, survey, "growth"), PAGES["growth"])

    assert submission.responses.get().data["barriers_text"] == "Want of people."
    assert "marked late" in client.get(page_of(submission, "tasks")).content.decode()


def test_what_was_sent_leads_to_the_receipt_and_keeps_the_typing_on_the_page(signed_in):
    sent = submitted()
    survey = sent.responses.get().survey
    client = signed_in(sent.respondent)

    assert client.get(section(sent, survey, "growth")).url == page_of(sent, "receipt")
    answer = client.post(section(sent, survey, "growth"), {**PAGES["growth"], "barriers_text": "Too late"})

    assert answer.status_code == 422
    assert "Too late" in answer.content.decode()
    assert sent.responses.get().data == SAMPLE_ANSWERS


def test_confidential_needs_a_reason_and_single_answers_can_be_kept_back(begun, signed_in):
    submission, survey, user = begun
    actions.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
    client, at = signed_in(user), page_of(submission, "confidentiality")

    answer = client.post(at, {"confidentiality": "withheld", "seen": ""})
    assert (answer.status_code, "Write why" in answer.content.decode()) == (422, True)
    client.post(at, {"confidentiality": "named", "seen": "", "kept_back": [f"{survey.code}:barriers_text"]})

    submission.refresh_from_db()
    assert submission.stricter == {survey.code: {"barriers_text": "withheld"}}
    lost = client.post(at, {"confidentiality": "unnamed", "seen": "withheld"})
    assert "A colleague has chosen" in lost.content.decode()


def test_documents_are_added_downloaded_and_removed(begun, signed_in):
    submission, _, user = begun
    client, at = signed_in(user), page_of(submission, "documents")
    client.post(at, {"file": SimpleUploadedFile("found.txt", b"What we found."), "title": "Our survey"})
    document = submission.evidence.get()

    answer = client.get(reverse("submissions:own_document", args=[submission.public_id, document.public_id]))
    assert (b"".join(answer.streaming_content), answer["Content-Disposition"]) == (
        b"What we found.",
        'attachment; filename="found.txt"',
    )
    wrong = client.post(at, {"file": SimpleUploadedFile("found.exe", b"MZ")})
    assert (wrong.status_code, "do not take" in wrong.content.decode()) == (422, True)

    client.post(reverse("submissions:remove_document", args=[submission.public_id, document.public_id]))
    assert submission.evidence.count() == 0


def test_withdrawing_and_reopening_ask_first(signed_in):
    sent = submitted()
    client = signed_in(sent.respondent)

    assert "draft again" in client.get(page_of(sent, "reopen")).content.decode()
    client.post(page_of(sent, "reopen"))
    sent.refresh_from_db()
    assert sent.state == "in_progress"

    client.post(page_of(sent, "withdraw"))
    sent.refresh_from_db()
    assert sent.state == "withdrawn"
    assert "withdrawn" in client.get(page_of(sent, "receipt")).content.decode()


NAMES = ["tasks", "statement", "documents", "confidentiality", "check", "reopen", "withdraw", "receipt"]


@pytest.mark.parametrize("name", NAMES)
def test_another_organisation_finds_nothing(begun, signed_in, name):
    submission, _, _ = begun

    assert signed_in(partner(OrganisationFactory())).get(page_of(submission, name)).status_code == 404
    assert signed_in(partner()).post(page_of(submission, name)).status_code == 404


def test_leaving_the_organisation_ends_access(begun, signed_in):
    submission, _, user = begun
    Membership.objects.update(until_on=timezone.localdate())

    assert signed_in(user).get(page_of(submission, "tasks")).status_code == 404


def test_a_viewer_reads_and_does_not_write(begun, signed_in):
    submission, survey, user = begun
    actions.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)
    client = signed_in(partner(submission.organisation, role="viewer"))

    assert "Tyne College" in client.get(page_of(submission, "check")).content.decode()
    assert client.post(section(submission, survey, "growth"), PAGES["growth"]).status_code == 403
    answer = client.post(page_of(submission, "submit"))
    assert (answer.status_code, "lead or approve" in answer.content.decode()) == (422, True)
    submission.refresh_from_db()
    assert submission.state == "in_progress"


def test_a_contributor_writes_and_the_lead_sends(begun, signed_in):
    submission, survey, user = begun
    actions.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)
    client = signed_in(partner(submission.organisation, role="contributor"))

    assert "sent by somebody else" in client.get(page_of(submission, "check")).content.decode()
    assert client.post(page_of(submission, "submit")).status_code == 422


def test_hostile_input_changes_nothing_and_breaks_nothing(begun, signed_in):
    submission, survey, user = begun
    client = signed_in(user)
    for typed in (
        {"invests": "'; DROP"},
        {"invests": "yes", "revision": "²"},
        {"invests": "yes", "revision": "9" * 40},
    ):
        assert client.post(section(submission, survey, "growth"), typed).status_code in {302, 422}
    client.post(section(submission, survey, "growth"), {"invests": "yes", "barriers_text": "a\x00b<script>"})
    assert "<script>" not in client.get(page_of(submission, "check")).content.decode().partition("<main")[2]


@pytest.mark.parametrize("documents", [1, 3])
def test_pages_cost_the_same_however_much_there_is(begun, signed_in, django_assert_num_queries, documents):
    submission, survey, user = begun
    actions.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
    for _ in range(documents):
        EvidenceDocumentFactory(submission=submission, uploaded_by=user)
    for _ in range(documents):
        actions.fill(submission, published_survey(submission.consultation), SAMPLE_ANSWERS, actor=user)
    client = signed_in(user)
    client.get(page_of(submission, "check"))  # documents of surveys are read once for each process

    for name in ("tasks", "check", "documents"):
        with django_assert_num_queries(QUERIES[name], exact=True):
            client.get(page_of(submission, name))
    with django_assert_num_queries(QUERIES["section"]):
        client.get(section(submission, survey, "growth"))
    with django_assert_num_queries(QUERIES["save"]):
        client.post(
            section(submission, survey, "numbers"), {**PAGES["numbers"], "staff": str(documents), "revision": "1"}
        )


QUERIES = {"tasks": 14, "check": 9, "documents": 5, "section": 7, "save": 12}


def test_sending_costs_a_fixed_number_of_queries(begun, django_assert_max_num_queries):
    submission, survey, user = begun
    actions.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)

    with django_assert_max_num_queries(35):
        lifecycle.submit(submission.pk, actor=user)


def test_a_question_that_an_answer_brings_onto_the_same_page_is_asked_before_going_on(signed_in):
    questions = [
        Question("trains", "single", "Do you train?", choices=YES_NO),
        Question("whom", "short_text", "Whom?", relevance="${trains} = 'yes'", required=True),
    ]
    survey = published_survey(questions=questions)
    user = partner()
    submission = actions.start(survey.consultation, user)
    client, at = signed_in(user), section(submission, survey, "main")

    assert client.post(at, {"trains": "yes"}).url == at
    assert "Whom?" in client.get(at).content.decode()
    assert client.post(at, {"trains": "yes", "whom": "Welders", "revision": "1"}).url == page_of(submission, "tasks")
    assert submission.responses.get().data == {"trains": "yes", "whom": "Welders"}
