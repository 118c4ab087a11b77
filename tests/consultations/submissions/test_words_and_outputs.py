"""What partners are told happens to an answer is what every output does with it."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.exports import sheets
from consultations.submissions import actions, confidentiality
from consultations.submissions.models import Submission, TextAnswer
from consultations.summaries import queries as summaries
from consultations.summaries.models import Citation, Finding, Summary
from consultations.surveys.definition import load
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.analysis import CodeFactory, CodeFrameFactory, coded
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner, submitted
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey

pytestmark = pytest.mark.django_db
NAME, SECRET, OTHER = "Quayside Chandlers", "zq-kept-zq", "zq-other-zq"
CODE = "barriers_text"


@pytest.fixture
def sent(db):
    """A response of an organisation with two long texts: an answer that is coded and quoted, and the statement."""
    one = submitted(
        answers={**SAMPLE_ANSWERS, CODE: SECRET}, organisation=OrganisationFactory(name=NAME), statement=OTHER
    )
    answer = TextAnswer.objects.get(question_code=CODE)
    excerpt = coded(answer, CodeFactory(frame=CodeFrameFactory(consultation=one.consultation)))
    summary = Summary.objects.create(consultation=one.consultation, title="Heard", author=UserFactory(officer=True))
    quoted = Finding.objects.create(summary=summary, kind="quotation", text=SECRET)
    Citation.objects.create(finding=quoted, excerpt=excerpt)
    return one


def public_rows(consultation):
    return [
        [str(cell) for cell in row]
        for table in sheets.sheets(consultation, profile="public", labels=False)
        for row in table.rows()
    ]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    whole=st.sampled_from(["named", "unnamed", "withheld"]),
    alone=st.sampled_from(["", "named", "unnamed", "withheld"]),
    state=st.sampled_from(["submitted", "accepted", "coded"]),
)
def test_words_and_outputs_agree_whatever_was_chosen(sent, whole, alone, state):
    response = sent.responses.get()
    stricter = {response.survey.code: {CODE: alone}} if alone else {}
    Submission.objects.filter(pk=sent.pk).update(confidentiality=whole, stricter=stricter, state=state)
    now = Submission.objects.select_related("organisation", "kind__sector").get(pk=sent.pk)
    question = load(response.version).question(CODE)

    words = confidentiality.words_for(now, CODE, survey_code=response.survey.code, question=question)
    statement = confidentiality.words_for(now)

    rows = public_rows(now.consultation)
    with_text = [row for row in rows if any(SECRET in cell for cell in row)]
    said = summaries.as_published(Summary.objects.get())
    is_out, is_named = words.startswith("May be published"), "with the name" in words
    assert bool(said) == is_out
    assert all(source == NAME for one in said for source in one.sources) or not is_named
    assert not any(NAME in source for one in said for source in one.sources) or is_named
    # The export may leave an answer out where it cannot stand beside the name, and never says more than the words.
    assert not with_text or is_out
    assert not any(NAME in cell for row in with_text for cell in row) or is_named
    assert any(OTHER in cell for row in rows for cell in row) == statement.startswith("May be published")
    assert any(NAME in cell for row in rows for cell in row) == ("with the name" in statement)


def test_words_for_every_case():
    def words(**facts):
        return confidentiality.in_words(confidentiality.Fate(**facts), is_organisation=False)

    assert words(is_published=True, is_named=True) == "May be published with your name."
    assert words(is_published=True, is_named=False) == "May be published without your name."
    assert words(is_published=False, is_named=False).startswith("Not published.")
    assert words(is_published=False, is_named=False, is_personal=True).startswith("Never published")
    assert words(is_published=False, is_named=False, is_chosen=False).startswith("Say what we may publish")


# --- choosing for one answer ----------------------------------------------------------------------------


@pytest.fixture
def draft(db):
    survey = published_survey()
    organisation = OrganisationFactory(name=NAME)
    user = partner(organisation)
    one = actions.start(survey.consultation, user, organisation)
    actions.fill(one, survey, {**SAMPLE_ANSWERS, CODE: SECRET}, actor=user)
    actions.choose_confidentiality(one.pk, "named", actor=user)
    return one, survey, user


def test_one_answer_is_kept_back_from_its_question_and_from_the_check_page(signed_in, draft):
    one, survey, user = draft
    client = signed_in(user)
    check = reverse("submissions:check", args=[one.public_id])
    page = next(page.code for page in load(survey.current_version).pages for q in page.questions if q.code == CODE)
    address = reverse("submissions:publishing", args=[one.public_id, survey.code, CODE])
    section = reverse("submissions:section", args=[one.public_id, survey.code, page])

    assert "May be published with the name of your organisation." in client.get(check).content.decode()
    typed = {CODE: "Changed words.", "revision": one.responses.get().revision, "publishing": CODE}
    led = client.post(section, typed)
    assert led.headers["Location"] == f"{address}?page={page}"
    assert one.responses.get().data[CODE] == "Changed words."
    assert client.post(led.headers["Location"], {"choice": "unnamed"}).headers["Location"] == section

    one.refresh_from_db()
    assert one.stricter == {survey.code: {CODE: "unnamed"}}
    text = client.get(check).content.decode()
    assert "May be published without your name." in text
    assert "the law on access to information may require" in text
    client.post(address, {"choice": ""})
    one.refresh_from_db()
    assert one.stricter == {}


def test_a_single_answer_cannot_be_laxer_than_the_whole(signed_in, draft):
    one, survey, user = draft
    actions.choose_confidentiality(one.pk, "withheld", reason="Customers.", actor=user)

    with pytest.raises(Refused, match="kept back more"):
        actions.choose_for_answer(one.pk, survey.code, CODE, "unnamed", actor=user)
    address = reverse("submissions:publishing", args=[one.public_id, survey.code, CODE])
    assert signed_in(user).post(address, {"choice": "named"}).status_code == 422


def test_choosing_for_the_whole_keeps_what_goes_without_the_name(signed_in, draft):
    one, survey, user = draft
    actions.choose_for_answer(one.pk, survey.code, CODE, "unnamed", actor=user)
    address = reverse("submissions:confidentiality", args=[one.public_id])

    signed_in(user).post(
        address, {"confidentiality": "named", "seen": "named", "kept_back": [f"{survey.code}:provider"]}
    )

    one.refresh_from_db()
    assert one.stricter == {survey.code: {CODE: "unnamed", "provider": "withheld"}}


def test_questions_that_are_not_written_have_no_choice_of_their_own(signed_in, draft):
    one, survey, user = draft

    for code in ("invests", "nothing"):
        address = reverse("submissions:publishing", args=[one.public_id, survey.code, code])
        assert signed_in(user).get(address).status_code == 404
