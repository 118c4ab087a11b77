"""Late is late and never lost: decided with a reason, reported either way, on time when the close is moved past it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.analysis import figures
from consultations.invitations import actions as invitations
from consultations.programme import lifecycle as programme
from consultations.submissions import actions, lifecycle, queries
from consultations.submissions.models import LateDecision, Submission
from consultations.summaries import drafting
from engagement.audit.models import Entry
from engagement.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.programme import AssignmentFactory, ConsultationFactory
from tests.factories.stakeholders import OrganisationFactory
from tests.factories.submissions import partner, submitted
from tests.factories.surveys import SAMPLE_ANSWERS, published_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return published_survey(ConsultationFactory(reference="lis"))


def sent_late(survey, by=timedelta(hours=2)):
    organisation = OrganisationFactory()
    user = partner(organisation)
    submission = actions.start(survey.consultation, user, organisation)
    actions.fill(submission, survey, SAMPLE_ANSWERS, actor=user)
    actions.choose_confidentiality(submission.pk, "named", actor=user)
    return lifecycle.submit(submission.pk, actor=user, now=survey.consultation.closes_at + by)


def decide(submission, outcome, reason="They rang before the close."):
    return lifecycle.decide_late(submission.pk, outcome=outcome, reason=reason, actor=UserFactory())


def test_late_responses_are_decided_about_and_reported_whatever_is_decided(survey):
    consultation = survey.consultation
    assert queries.lateness(consultation).words == ""
    submitted(consultation, survey)
    one, two, _three = (sent_late(survey) for _ in range(3))
    assert queries.lateness(consultation).words == "3 submissions came late: 3 counted and still to be decided."

    for _ in range(2):
        decide(one, "counts")
        decide(two, "left_out", "A month late.")

    assert queries.lateness(consultation).words == (
        "3 submissions came late: 1 counted by a decision, 1 counted and still to be decided, 1 kept and not counted."
    )
    assert figures.voices(consultation).submissions == 3
    assert Submission.objects.get(pk=two.pk).responses.get().data == SAMPLE_ANSWERS
    words = [drafted.text for drafted in drafting.draft(consultation, drafting.parts(consultation)[0])]
    assert any("3 submissions came late" in text for text in words)


def test_decision_can_be_changed_and_both_stand_in_the_record(survey):
    late = sent_late(survey)

    decide(late, "left_out", "Too late.")
    assert Submission.objects.get(pk=late.pk).state == "rejected"
    decide(late, "counts", "The board asked for it.")

    late.refresh_from_db()
    assert (late.state, late.timing, late.set_aside_reason) == ("submitted", "late", "")
    assert LateDecision.objects.get().reason == "The board asked for it."
    assert [
        entry.facts["after"] for entry in Entry.objects.filter(verb="submission.lateness_decided").order_by("pk")
    ] == [
        "left_out",
        "counts",
    ]


def test_extension_makes_what_came_before_the_new_close_be_in_time(survey):
    consultation = survey.consultation
    soon, decided = sent_late(survey), sent_late(survey)
    far = sent_late(survey, by=timedelta(days=30))
    decide(decided, "left_out", "Too late.")

    for days in (7, 8):
        programme.extend(
            consultation.pk,
            actor=UserFactory(),
            closes_at=consultation.closes_at + timedelta(days=days),
            reason="The snow.",
        )

    timings = {row.pk: (row.timing, row.state) for row in Submission.objects.all()}
    assert timings == {
        soon.pk: ("on_time", "submitted"),
        decided.pk: ("on_time", "submitted"),
        far.pk: ("late", "submitted"),
    }
    assert not LateDecision.objects.exists()
    assert Entry.objects.filter(verb="submission.came_in_time").count() == 2


def test_more_time_for_one_partner_makes_only_theirs_be_in_time(survey):
    theirs, other = sent_late(survey), sent_late(survey)

    invitations.give_more_time(
        survey.consultation,
        organisation=theirs.organisation,
        closes_at=survey.consultation.closes_at + timedelta(days=3),
        reason="Promised on the telephone.",
        actor=UserFactory(),
    )

    assert [Submission.objects.get(pk=one.pk).timing for one in (theirs, other)] == ["on_time", "late"]


def test_what_is_not_late_or_out_for_another_reason_is_not_decided_about(survey):
    with pytest.raises(Refused, match="not late"):
        decide(submitted(survey.consultation, survey), "counts")
    late = sent_late(survey)
    with pytest.raises(Refused, match="Write why"):
        decide(late, "counts", " ")
    with pytest.raises(Refused, match="Choose whether"):
        decide(late, "perhaps")
    lifecycle.mark_duplicate(late.pk, reason="Says it again.", actor=UserFactory())
    with pytest.raises(Refused, match="for another reason"):
        decide(late, "counts")


def test_officers_decide_and_everybody_who_works_on_it_reads(survey, signed_in):
    late = sent_late(survey)
    consultation = survey.consultation
    officer = signed_in(AssignmentFactory(consultation=consultation, role="officer").user)
    engagement = signed_in(AssignmentFactory(consultation=consultation).user)
    page = reverse("submissions:late", args=["lis", late.reference])
    detail = reverse("submissions:detail", args=["lis", late.reference])
    assert engagement.post(page, {"outcome": "counts", "reason": "x"}).status_code == 403
    assert "It counts until somebody decides about it." in engagement.get(detail).content.decode()

    refused = officer.post(page, {"outcome": "", "reason": ""})
    assert refused.status_code == 422
    assert "Choose whether it counts." in refused.content.decode()
    officer.post(page, {"outcome": "counts", "reason": "They rang before the close."})

    assert "They rang before the close." in engagement.get(detail).content.decode()
    for name in ("submissions:list", "analysis:figures"):
        text = engagement.get(reverse(name, args=["lis"])).content.decode()
        assert "1 submission came late: 1 counted by a decision." in text
    assert timezone.now() - LateDecision.objects.get().decided_at < timedelta(minutes=5)
