"""A paper keyed a second time: blind, compared, settled with a record, and only then accepted."""

import pytest
from django.urls import reverse

from consultations.submissions import actions, keying, lifecycle
from consultations.submissions.models import ResponseRevision
from consultations.surveys.definition import Page, Question
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return published_survey(ConsultationFactory(reference="lis"), code="views")


@pytest.fixture
def first(survey):
    return AssignmentFactory(consultation=survey.consultation).user


@pytest.fixture
def second(survey):
    return AssignmentFactory(consultation=survey.consultation).user


def letter(survey, first, answers=None):
    submission = actions.begin_intake(
        survey.consultation, channel="letter", received_on=survey.consultation.opens_at.date(), actor=first, name="Ada"
    )
    actions.fill(submission, survey, answers or SAMPLE_ANSWERS, actor=first)
    actions.choose_confidentiality(submission.pk, "named", actor=first)
    return lifecycle.hand_over(submission.pk, actor=first)


def keyed(submission, second, answers, *, finish=True):
    actions.begin_second(submission.pk, actor=second)
    actions.save_second(submission.responses.get().pk, answers, actor=second)
    return actions.finish_second(submission.pk, actor=second) if finish else None


def test_two_keyings_that_agree_need_no_settling(survey, first, second):
    submission = letter(survey, first)
    spaced = {**SAMPLE_ANSWERS, "barriers_text": "  We turned away two contracts\nthis year for want of people. "}

    assert keyed(submission, second, spaced) == 0
    assert keying.of(submission).is_settled
    assert lifecycle.accept_typed_in(submission.pk, actor=second).state == "submitted"
    assert submission.responses.get().data == SAMPLE_ANSWERS


def test_each_difference_is_settled_and_recorded(survey, first, second):
    submission = letter(survey, first)
    other = {**SAMPLE_ANSWERS, "staff": 210, "confidence": "5", "barriers": ["skills"], "turnover": 12.5}
    del other["barriers__other"]
    assert keyed(submission, second, other) == 4
    found = {one.key: (one.first, one.second) for one in keying.to_settle(keying.of(submission))}
    assert found == {
        "barriers": ("Finding people with the right skills\nBroadband", "Finding people with the right skills"),
        "barriers__other": ("Broadband", ""),
        "staff": ("120", "210"),
        "confidence": ("4", "5"),
    }
    with pytest.raises(Refused, match="Settle the differences"):
        lifecycle.accept_typed_in(submission.pk, actor=second)
    with pytest.raises(Refused, match="Choose for each"):
        actions.settle_second(submission.pk, {("views", "staff"): "second"}, actor=second)
    chosen = {("views", key): "second" if key == "staff" else "first" for key in found}
    with pytest.raises(Refused, match="You typed this in first"):
        actions.settle_second(submission.pk, chosen, actor=first)

    for _ in range(2):
        actions.settle_second(submission.pk, chosen, actor=second)

    assert submission.responses.get().data == {**SAMPLE_ANSWERS, "staff": 210}
    assert ResponseRevision.objects.filter(kind="settled").count() == 1
    entry = Entry.objects.get(verb="submission.differences_settled")
    assert (entry.actor, entry.facts["first_stands"], entry.facts["second_stands"]) == (second, 3, 1)
    assert Entry.objects.get(verb="submission.keyed_twice").facts["differences"] == 4
    submission.refresh_from_db()
    assert submission.state == "awaiting_approval"
    assert lifecycle.accept_typed_in(submission.pk, actor=second).state == "submitted"


def test_nobody_keys_their_own_and_only_one_is_at_it(survey, first, second):
    submission = letter(survey, first)
    third = AssignmentFactory(consultation=survey.consultation).user
    with pytest.raises(Refused, match="You typed this in"):
        actions.begin_second(submission.pk, actor=first)
    keyed(submission, second, {"staff": 1}, finish=False)
    with pytest.raises(Refused, match="is keying this a second time"):
        actions.begin_second(submission.pk, actor=third)
    with pytest.raises(Refused, match="You are not keying"):
        actions.finish_second(submission.pk, actor=third)
    with pytest.raises(Refused, match="You are not keying"):
        actions.save_second(submission.responses.get().pk, {"staff": 2}, actor=third)
    with pytest.raises(Refused, match="is keying this a second time"):
        lifecycle.accept_typed_in(submission.pk, actor=third)
    actions.finish_second(submission.pk, actor=second)
    with pytest.raises(Refused, match="already"):
        actions.begin_second(submission.pk, actor=second)


def test_only_what_waits_to_be_checked_is_keyed_again(survey, first, second):
    submission = letter(survey, first)
    lifecycle.accept_typed_in(submission.pk, actor=second)
    with pytest.raises(Refused, match="waits to be checked"):
        actions.begin_second(submission.pk, actor=second)


def test_the_first_keying_is_not_touched_while_the_second_is_under_way(survey, first, second):
    submission = letter(survey, first)
    keyed(submission, second, {"staff": 7, "invests": "no"}, finish=False)
    submission.refresh_from_db()
    assert (submission.state, submission.responses.get().data) == ("awaiting_approval", SAMPLE_ANSWERS)


# --- the pages ---------------------------------------------------------------------------------------------


def at(submission, name, *args):
    return reverse(f"submissions:{name}", args=["lis", submission.reference, *args])


def test_the_whole_way_through_the_pages(signed_in, survey, first, second):
    submission = letter(survey, first)
    client = signed_in(second)
    assert at(submission, "second") in client.get(at(submission, "detail")).content.decode()
    client.post(at(submission, "second"))
    page = client.get(at(submission, "second_page", "views", "growth")).content.decode()
    assert "1. Do you invest in training?" in page
    assert "checked" not in page
    assert "two contracts" not in client.get(at(submission, "detail")).content.decode()
    assert "Go on typing in" not in client.get(at(submission, "detail")).content.decode()

    answers = {
        "growth": {"invests": "yes", "barriers": ["skills", "other"], "barriers__other": "Broadband",
                   "barriers_text": SAMPLE_ANSWERS["barriers_text"]},
        "numbers": {"staff": "12", "turnover": "12.5", "founded": "1/4/1998", "confidence": "4",
                    "assets--ports": "yes", "assets--universities": "no"},
        "training": {"provider": "Tyne College"},
    }  # fmt: skip
    assert client.post(at(submission, "second_page", "views", "numbers"), {"staff": "many"}).status_code == 422
    for code, typed in answers.items():
        assert client.post(at(submission, "second_page", "views", code), typed).status_code == 302
    assert client.post(at(submission, "second")).headers["Location"] == at(submission, "differences")

    shown = client.get(at(submission, "differences")).content.decode()
    assert "4. How many people work for you?" in shown
    assert ("120" in shown, "12" in shown) == (True, True)
    assert client.post(at(submission, "differences"), {}).status_code == 422
    assert client.post(at(submission, "differences"), {"choice-1": "second"}).headers["Location"] == at(
        submission, "detail"
    )
    assert submission.responses.get().data["staff"] == 12
    assert "Accept: it says" in client.get(at(submission, "detail")).content.decode()


def test_pages_that_repeat_are_keyed_entry_by_entry(signed_in):
    sites = Page(
        "sites", "Sites", repeats=True, entry_name="site", questions=(Question("town", "short_text", "Town?"),)
    )
    survey = published_survey(ConsultationFactory(reference="lis"), code="views", pages=[sites])
    second = AssignmentFactory(consultation=survey.consultation).user
    typist = AssignmentFactory(consultation=survey.consultation).user
    submission = letter(
        survey, typist, {"sites~1": True, "sites~1~town": "Hexham", "sites~2": True, "sites~2~town": "Blyth"}
    )
    client = signed_in(second)
    client.post(at(submission, "second"))
    listed = at(submission, "second_page", "views", "sites")
    for _ in range(2):
        client.post(listed, {"add": "1"})
    client.post(listed, {"remove": "1"})
    entry = at(submission, "second_page", "views", "sites~1")
    assert client.post(entry, {"town": "Hexam"}).headers["Location"] == listed
    client.post(listed)
    client.post(at(submission, "second"))

    found = {one.label: (one.first, one.second) for one in keying.to_settle(keying.of(submission))}
    assert found == {
        "1. Town? (1)": ("Hexham", "Hexam"), "1. Town? (2)": ("Blyth", ""), "Site 2": ("Yes", ""),
    }  # fmt: skip


def test_strangers_and_whoever_typed_it_find_no_pages_to_key(signed_in, survey, first, second):
    submission = letter(survey, first)
    keyed(submission, second, {"staff": 1}, finish=False)
    typist, officer = (
        signed_in(first),
        signed_in(AssignmentFactory(consultation=survey.consultation, role="officer").user),
    )
    stranger = signed_in(AssignmentFactory().user)
    page = at(submission, "second_page", "views", "growth")

    assert typist.get(page).status_code == 404
    assert "somebody else has to key it" in typist.get(at(letter_of(survey, first), "second")).content.decode()
    assert officer.get(page).status_code == 403
    assert stranger.get(page).status_code == 404
    for name in ("second", "differences"):
        assert officer.get(at(submission, name)).status_code == 403
        assert stranger.get(at(submission, name)).status_code == 404
    assert typist.get(at(submission, "differences")).status_code == 302
    assert signed_in(second).get(at(submission, "second_page", "views", "nowhere")).status_code == 302
    assert signed_in(second).get(at(submission, "second_page", "nothing", "growth")).status_code == 404


def letter_of(survey, first):
    return letter(survey, first)
