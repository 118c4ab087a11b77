"""What was sent provisionally and is confirmed with changes: what was sent counts until what was approved does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.analysis.models import Excerpt
from consultations.programme.models import Consultation
from consultations.submissions import actions, amending, history, lifecycle, queries, tallies
from consultations.submissions.models import ResponseRevision, TextAnswer
from engagement.core.errors import Refused
from tests.consultations.submissions.together import Team
from tests.factories.programme import AssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    """Sent before the close, subject to Cabinet, which meets after it."""
    team = Team()
    team.save("barriers_text", "We want buses.")
    actions.save_statement(team.submission.pk, "As sent.", actor=team.writer)
    meets_on = timezone.localdate()
    team.approval = lifecycle.ask(team.submission.pk, actor=team.lead, body="Cabinet", meets_on=meets_on)
    lifecycle.submit(team.submission.pk, provisional=True, actor=team.lead)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    return team


def amend(team, text, *, code="barriers_text", revision=None, user=None):
    lifecycle.amend(
        team.submission.pk,
        "views",
        page_code="growth",
        answers={code: text},
        revision=revision,
        actor=user or team.writer,
    )


def decide(team, is_approved=True):
    return lifecycle.enter_decision(
        team.submission.approvals.get(state="waiting").pk,
        is_approved=is_approved,
        decided_on=timezone.localdate(),
        minute_reference="CAB/31",
        reasons="Trains!",
        actor=team.lead,
    )


def test_what_was_sent_counts_until_the_changes_are_approved_and_then_they_do(team, signed_in):
    amend(team, "We want trains.")
    amend(team, "no", code="invests")
    lifecycle.amend_statement(team.submission.pk, "As approved.", actor=team.lead)
    assert (team.response.data["barriers_text"], team.again().statement) == ("We want buses.", "As sent.")
    officer = AssignmentFactory(consultation=team.consultation, role="officer").user
    detail = reverse("submissions:detail", args=[team.consultation.reference, team.submission.reference])
    seen = signed_in(officer).get(detail).content.decode()
    assert "Subject to approval by Cabinet" in seen
    assert "We want buses." in seen
    assert "We want trains." not in seen

    decide(team)
    again = team.again()
    assert (again.timing, again.is_changed_since, again.statement) == ("on_time", True, "As approved.")
    assert team.response.data["barriers_text"] == "We want trains."
    assert set(TextAnswer.objects.values_list("text", flat=True)) == {"We want trains.", "As approved."}
    assert tallies.differences(team.survey) == {}
    seen = signed_in(officer).get(detail).content.decode()
    assert "confirmed with changes" in seen
    # The difference is kept, and read in the history.
    part = queries.part_of(again, "views")
    applied = [change for save in history.of_answers(part) for change in save.changes if not change.is_aside]
    assert ("We want buses.", "We want trains.") in [(change.before, change.after) for change in applied]
    assert amending.changes_of(again) == []


def test_changes_after_a_refusal_are_approved_by_a_person_who_reads_them(team, signed_in):
    decide(team, is_approved=False)
    amend(team, "We want trains.")
    asked = lifecycle.ask(team.submission.pk, actor=team.lead, approver=team.contact(team.approver))
    page = signed_in(team.approver).get(reverse("submissions:approval", args=[asked.public_id])).content.decode()
    assert "We want trains." in page
    with pytest.raises(Refused, match="as it stands"):
        amend(team, "We want planes.")
    lifecycle.approve(asked.pk, actor=team.approver)
    assert (team.again().timing, team.submission.is_changed_since) == ("on_time", True)
    assert team.response.data["barriers_text"] == "We want trains."


def test_a_colleague_is_told_of_a_colleague_and_both_texts_are_kept(team):
    before = team.response.revision
    amend(team, "Hers.", revision=before, user=team.lead)
    with pytest.raises(Refused, match="A colleague changed the same answers"):
        amend(team, "His.", revision=before)
    amend(team, "His.", revision=team.response.revision)
    kept = [patch["barriers_text"] for patch in rows().values_list("patch", flat=True)]
    assert kept == ["Hers.", "His."]
    amend(team, "We want buses.", revision=team.response.revision)
    assert amending.changes_of(team.again()) == []


def rows():
    return ResponseRevision.objects.filter(kind="amended").order_by("number")


def test_it_is_done_in_the_browser_by_those_who_write(team, signed_in):
    client, address = signed_in(team.writer), reverse("submissions:amend", args=[team.submission.public_id])
    section = reverse("submissions:amend_section", args=[team.submission.public_id, "views", "growth"])
    assert section in client.get(address).content.decode()
    assert client.get(section).status_code == 200
    assert client.post(section, {"invests": ""}).status_code == 422
    client.post(section, {"invests": "yes", "barriers": ["skills"], "barriers_text": "By train.", "revision": "99"})
    client.post(reverse("submissions:amend_statement", args=[team.submission.public_id]), {"statement": "New."})
    page = client.get(address).content.decode()
    assert "By train" in page
    assert page.count("<ins>") >= 2
    assert signed_in(team.reader).get(address).status_code == 403
    for name in ("nowhere", "growth~1"):
        wrong = reverse("submissions:amend_section", args=[team.submission.public_id, "views", name])
        assert client.get(wrong).status_code == 404
    decide(team)
    assert client.get(section).url == reverse("submissions:receipt", args=[team.submission.public_id])
    with pytest.raises(Refused, match="Only what was sent provisionally"):
        amend(team, "Too late.")


def test_changes_that_leave_a_gap_or_come_after_the_coding_are_not_taken_over(team):
    amend(team, None, code="invests")
    with pytest.raises(Refused, match="needs an answer"):
        decide(team)
    amend(team, "yes", code="invests")
    amend(team, "We want trains.")
    answer = TextAnswer.objects.get(text="We want buses.")
    Excerpt.objects.create(consultation=team.consultation, answer=answer, start=0, end=2, text="We")
    with pytest.raises(Refused, match="begun to work with this response"):
        decide(team)
    assert (team.again().timing, team.response.data["barriers_text"]) == ("provisional", "We want buses.")
