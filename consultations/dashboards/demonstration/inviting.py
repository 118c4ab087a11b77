"""Asking: invitations in three rounds, reminders by the plan, and who said no."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from consultations.dashboards.demonstration.call import EXTENDED_ON, LAST_DAY, OPENS, Call
from consultations.dashboards.demonstration.clock import Agenda, local
from consultations.dashboards.demonstration.partners import Cast
from consultations.dashboards.demonstration.post import Post
from consultations.dashboards.demonstration.register import Body
from consultations.invitations import actions, announcing, lifecycle
from consultations.invitations.models import Invitation
from consultations.notices import plan
from consultations.submissions import lifecycle as submissions
from consultations.submissions.models import Submission
from engagement.stakeholders.models import Membership

ROUNDS = [(OPENS, 0.75), (date(2018, 12, 10), 0.92), (date(2019, 1, 8), 1.0)]
NO_VIEW = [
    "This is not our field.",
    "We are three people and have no time for it before March.",
    "Our umbrella body answers for us.",
    "We answered the same questions for the combined authority in the autumn.",
]


class Inviting:
    """The invitations of the call for evidence."""

    def __init__(self, rng: random.Random, call: Call, cast: Cast, people: list[Any], post: Post) -> None:
        self.rng, self.call, self.cast, self.people, self.post = rng, call, cast, people, post

    def plan(self, agenda: Agenda) -> None:
        """Rounds of invitations, the reminders as the clock plans them, and those who looked or declined."""
        # Who answers early was asked in the first round; nobody answers before they are asked.
        order = self._by_first_act()
        begin = 0
        for number, (day, share) in enumerate(ROUNDS):
            end = round(len(order) * share)
            bodies = order[begin:end]
            people = self.people if number == 1 else []
            agenda.add(local(day, 9, 30), lambda bodies=bodies, people=people: self._invite(bodies, people))  # type: ignore[misc]
            agenda.add(local(day, 10), self.post.deliver)
            begin = end
        for day in (date(2019, 1, 20), date(2019, 1, 31), EXTENDED_ON, date(2019, 2, 6)):
            agenda.add(local(day, 12), lambda: plan.write_due(timezone.now()))
        # On the days on which reminders go out they leave in the same minutes.
        for day in (date(2019, 1, 25), date(2019, 2, 5), date(2019, 2, 12)):
            agenda.add(local(day, 9, 4), self.post.deliver)
        agenda.daily(date(2018, 11, 20), LAST_DAY + timedelta(days=75), self.post.deliver, hour=19)
        for number, body in enumerate(self.cast.declined):
            moment = local(date(2019, 1, 14 + 3 * number), 11, 7 * number)
            agenda.add(moment, lambda body=body, number=number: self._decline(body, NO_VIEW[number]))  # type: ignore[misc]
        for number, body in enumerate(self.cast.opened):
            moment = local(date(2019, 1, 10) + timedelta(days=number), 15, number)
            agenda.add(moment, lambda body=body: self._open(body))  # type: ignore[misc]
        agenda.add(local(EXTENDED_ON, 12, 5), lambda: announcing.tell(timezone.now()))
        agenda.add(local(date(2019, 2, 1), 10, 20), self._pass_on)
        agenda.add(local(date(2019, 2, 6), 15, 40), self._note)
        agenda.add(local(date(2019, 2, 14), 16), self._give_more_time)
        agenda.add(local(LAST_DAY + timedelta(days=1), 0, 1), lambda: lifecycle.expire(timezone.now()))
        agenda.add(local(LAST_DAY + timedelta(days=10), 0, 1), lambda: lifecycle.expire(timezone.now()))
        agenda.add(local(date(2019, 3, 4), 9, 15), self._decide_about_the_first_late_one)

    def _by_first_act(self) -> list[Body]:
        early = [reply.body for reply in sorted(self.cast.replies, key=lambda one: one.sent_at) if reply.body]
        rest = [body for body in self.cast.invited if body not in early]
        return [*early, *self.rng.sample(rest, len(rest))]

    def _invite(self, bodies: list[Body], people: list[Any]) -> None:
        rows = [body.row for body in bodies if body.row is not None]
        actions.invite(self.call.fresh(), rows, people, actor=self.call.staff.engagement)

    def _invitation(self, body: Body) -> Invitation:
        return Invitation.objects.get(consultation=self.call.consultation, organisation=body.row)

    def _decline(self, body: Body, reason: str) -> None:
        lifecycle.decline(self._invitation(body).pk, reason=reason, now=timezone.now())

    def _open(self, body: Body) -> None:
        lifecycle.open_link(self._invitation(body).pk, now=timezone.now())

    def _pass_on(self) -> None:
        """The first of those who looked whose organisation has somebody else lets that colleague answer."""
        for body in self.cast.opened:
            invitation = self._invitation(body)
            others = Membership.objects.current().filter(organisation=body.row).exclude(contact=invitation.contact)
            colleague = others.select_related("contact").order_by("pk").first()
            if colleague is not None and invitation.state == Invitation.State.OPENED:
                name, email = colleague.contact.name, colleague.contact.email
                actions.pass_on(invitation.pk, name=name, email=email, actor=invitation.contact.user)
                return

    def _note(self) -> None:
        body = self.cast.bounced[0]
        text = "Rang the switchboard: this address is closed. They promised the name of somebody else."
        actions.note(self._invitation(body).pk, text, actor=self.call.staff.second_engagement)

    def _give_more_time(self) -> None:
        actions.give_more_time(
            self.call.fresh(),
            organisation=self.cast.opened[-1].row,
            closes_at=local(LAST_DAY + timedelta(days=7), 23, 59, 59),
            reason="Their trustees meet on 20 February and have to see the answer first.",
            actor=self.call.staff.engagement,
        )

    def _decide_about_the_first_late_one(self) -> None:
        late = Submission.objects.filter(
            consultation=self.call.consultation, timing=Submission.Timing.LATE, state__in=Submission.COUNTED
        ).order_by("submitted_at", "pk")
        submissions.decide_late(
            late[0].pk,
            outcome="counts",
            reason="It came within days, before anybody had begun to read, and says what no other answer says.",
            actor=self.call.staff.officer,
        )
