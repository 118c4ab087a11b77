"""Whatever colleagues do in whatever order, nothing that was acknowledged is lost and nothing leaves unapproved."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.submissions import actions, lifecycle, queries, signoff
from consultations.submissions.models import (
    Approval,
    Comment,
    ResponseRevision,
    SectionAssignment,
    StatementRevision,
    Submission,
)
from engagement.core.errors import Refused
from tests.consultations.submissions.together import Team
from tests.factories.programme import AssignmentFactory

pytestmark = pytest.mark.django_db

NUMBERS = itertools.count()
WHO = st.sampled_from(["lead", "writer", "approver"])
TEXTS = st.sampled_from(["one", "two", "three"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("save"), WHO, TEXTS, st.booleans()),
        st.tuples(st.just("statement"), WHO, TEXTS, st.booleans()),
        st.tuples(st.just("assign"), WHO, st.booleans()),
        st.tuples(st.just("comment"), WHO, TEXTS),
        st.tuples(st.just("need"), st.booleans()),
        st.tuples(st.just("ask"), st.sampled_from(["approver", "outside", "body"])),
        st.tuples(st.just("approve"), st.sampled_from(["approver", "outside", "lead"])),
        st.tuples(st.just("give_back")),
        st.tuples(st.just("decide"), st.booleans()),
        st.tuples(st.just("take_back")),
        st.tuples(st.just("send"), st.booleans()),
        st.tuples(st.just("reopen")),
        st.tuples(st.just("withdraw")),
        st.tuples(st.just("begin_again")),
        st.tuples(st.just("put_back"), st.integers(1, 6)),
    ),
    min_size=4,
    max_size=18,
)


class Play:
    """A team, and beside it the plainest memory of what the product said it kept."""

    def __init__(self):
        self.team = Team(name=f"Works {next(NUMBERS)}")
        self.officer = AssignmentFactory(consultation=self.team.consultation, role="officer").user
        self.people = {
            "lead": self.team.lead,
            "writer": self.team.writer,
            "approver": self.team.approver,
            "outside": self.team.outside(),
        }
        self.acknowledged = set()
        self.comments = 0

    @property
    def it(self):
        return self.team.again()

    def do(self, name, *given_):
        try:
            getattr(self, name)(*given_)
        except Refused:
            pass
        except actions.Conflict as conflict:
            self.acknowledged |= {clash.mine for clash in conflict.clashes}
        except actions.StatementConflict as conflict:
            self.acknowledged.add(conflict.mine)

    def save(self, who, text, is_stale):
        revision = max(self.team.response.revision - 2, 0) if is_stale else None
        actions.save_section(
            self.team.response.pk,
            page_code="growth",
            answers={"barriers_text": text},
            revision=revision,
            actor=self.people[who],
        )
        self.acknowledged.add(text)

    def statement(self, who, text, is_stale):
        revision = max(self.it.statement_revision - 1, 0) if is_stale else None
        actions.save_statement(self.it.pk, f"S {text}", revision=revision, actor=self.people[who])
        if not is_stale:
            self.acknowledged.add(f"S {text}")

    def assign(self, who, is_locked):
        place = (self.team.survey.pk, "growth")
        hand = actions.Hand(self.team.contact(self.people[who]).pk, None, is_locked)
        actions.assign(self.it.pk, {place: hand}, titles={place: "Growth"}, actor=self.team.lead)

    def comment(self, who, text):
        actions.comment(self.it.pk, text=text, actor=self.people[who])
        self.comments += 1

    def need(self, needed):
        lifecycle.need_approval(self.it.pk, needed, actor=self.team.lead)

    def ask(self, whom):
        told = {"body": "Cabinet", "meets_on": timezone.localdate() + timedelta(1)}
        if whom != "body":
            told = {"approver": self.team.contact(self.people[whom])}
        lifecycle.ask(self.it.pk, actor=self.team.lead, **told)

    def waiting(self):
        found = self.it.approvals.filter(state="waiting").first()
        if found is None:
            raise Refused("Nobody was asked.")
        return found

    def approve(self, who):
        lifecycle.approve(self.waiting().pk, actor=self.people[who])

    def give_back(self):
        waiting = self.waiting()
        if waiting.approver is not None:
            lifecycle.return_to_writers(waiting.pk, reasons="No.", actor=waiting.approver.user)

    def decide(self, is_approved):
        lifecycle.enter_decision(
            self.waiting().pk,
            is_approved=is_approved,
            decided_on=timezone.localdate(),
            minute_reference="1",
            reasons="No.",
            actor=self.team.lead,
        )

    def take_back(self):
        lifecycle.take_back(self.waiting().pk, actor=self.team.lead)

    def send(self, provisional):
        was_draft = self.it.is_draft
        lifecycle.submit(self.it.pk, provisional=provisional, actor=self.team.lead)
        if was_draft and self.it.needs_approval and self.it.timing != "provisional":
            assert signoff.of(self.it, queries.parts_of(self.it)).is_approved

    def reopen(self):
        lifecycle.reopen(self.it.pk, actor=self.team.lead)

    def withdraw(self):
        lifecycle.withdraw(self.it.pk, actor=self.team.lead)

    def begin_again(self):
        began = actions.start(self.team.consultation, self.team.lead, self.team.organisation)
        if began.pk != self.it.pk:
            raise Refused("Another one; this play is about the first.")

    def put_back(self, number):
        before = self.team.response.data.get("barriers_text")
        actions.restore_answer(self.team.response.pk, number, "barriers_text", actor=self.team.writer)
        assert before is None or before in self.kept()

    def kept(self):
        texts = set(StatementRevision.objects.filter(submission=self.it).values_list("text", flat=True))
        saves = ResponseRevision.objects.filter(response__submission=self.it)
        for patch in saves.values_list("patch", flat=True):
            texts |= {value for value in patch.values() if isinstance(value, str)}
        return texts

    def check(self):
        it = self.it
        assert self.acknowledged <= self.kept()
        live = Submission.objects.filter(organisation=self.team.organisation).exclude(state__in=Submission.SET_ASIDE)
        assert live.count() <= 1
        # Staff see what was sent, and of drafts nothing at all.
        seen = queries.readable_by_staff(self.officer)
        assert not seen.filter(state__in=Submission.DRAFTS).exists()
        assert seen.filter(pk=it.pk).exists() == (it.submitted_at is not None)
        waiting = Approval.objects.filter(submission=it, state="waiting")
        assert waiting.count() <= 1
        # A draft waits exactly while somebody is asked; what was sent, only while it is provisional.
        assert it.state != "awaiting_approval" or waiting.exists()
        assert not (waiting.exists() and it.is_draft) or it.state == "awaiting_approval"
        assert not (waiting.exists() and not it.is_draft) or (it.is_counted and it.timing == "provisional")
        assert it.confirmed_at is None or it.timing == "on_time"
        assert Comment.objects.filter(submission=it).count() == self.comments
        assert SectionAssignment.objects.filter(submission=it).count() <= 1
        for approval in it.approvals.filter(state="approved", body=""):
            assert approval.decided_by != approval.requested_by


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(taken=steps)
def test_nothing_is_lost_and_nothing_leaves_unapproved(taken):
    play = Play()
    for name, *given_ in taken:
        play.do(name, *given_)
        play.check()
