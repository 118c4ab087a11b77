"""Two organisations that write their responses together: one in the middle of it, one sent subject to its cabinet."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any, Protocol

from allauth.account.models import EmailAddress
from django.utils import timezone

from consultations.dashboards.demonstration.answers import Answers
from consultations.dashboards.demonstration.clock import Agenda, local
from consultations.dashboards.demonstration.partners import Reply
from consultations.dashboards.demonstration.register import Body
from consultations.dashboards.demonstration.replies import Replies
from consultations.dashboards.demonstration.voices import Speech
from consultations.programme.models import Consultation
from consultations.submissions import actions, lifecycle
from consultations.submissions.models import Submission
from consultations.surveys.models import Survey
from engagement.accounts.actions import ensure_user
from engagement.stakeholders.models import Contact, Membership

COLLEAGUES = [("Petra Holmside", Membership.Role.CONTRIBUTOR), ("Owen Brackenby", Membership.Role.APPROVER)]
SEED = 2030


class Open(Protocol):
    """What is needed of the consultation."""

    surveys: dict[str, Survey]

    def fresh(self) -> Consultation: ...


class Together:
    """`writing` is in the middle of it, `waiting` has sent and waits for its cabinet."""

    def __init__(self, call: Open, replies: Replies, writing: Body, waiting: Body) -> None:
        self.call, self.replies, self.writing, self.waiting = call, replies, writing, waiting
        # Its own chance, so that everything else is told as before.
        self.rng = random.Random(SEED)  # noqa: S311 - invents, and guards nothing

    def plan(self, agenda: Agenda) -> None:
        today = timezone.localdate()
        agenda.add(local(today - timedelta(days=3), 10), self._write)
        agenda.add(local(today - timedelta(days=2), 11), self._send)

    def _begin(self, body: Body) -> tuple[Submission, Any, list[Any]]:
        """The draft, its lead, and two colleagues who have joined."""
        lead = _account(Contact.objects.get(email=body.people[0].email))
        Membership.objects.filter(contact__email=lead.email, organisation=body.row).update(role=Membership.Role.LEAD)
        consultation = self.call.fresh()
        reference = self.replies.reference(consultation)
        submission = actions.start(consultation, lead, body.row, now=timezone.now(), reference=reference)
        domain = body.people[0].email.partition("@")[2]
        people = []
        for name, role in COLLEAGUES:
            email = f"{name.lower().replace(' ', '.')}@{domain}"
            held = actions.invite_colleague(submission.pk, name=name, email=email, role=role, actor=lead)
            people.append(_account(held.contact))
            actions.join(submission, people[-1])
        return submission, lead, people

    def _answer(self, submission: Submission, body: Body, actor: Any) -> None:
        survey = self.call.surveys["people"]
        voice = self.replies.voice(Reply(body, "online", timezone.now()))
        given = Answers(self.rng, Speech(self.rng), voice).of(survey.code)
        actions.fill(submission, survey, given, actor=actor, now=timezone.now())

    def _write(self) -> None:
        submission, lead, (writer, _) = self._begin(self.writing)
        self._answer(submission, self.writing, writer)
        survey = self.call.surveys["people"]
        pages = [page for page in survey.pages.order_by("order", "pk") if not page.repeats][:2]
        hand = actions.Hand(Contact.objects.get(user=writer).pk, timezone.localdate() + timedelta(days=6))
        places: dict[tuple[int | None, str], str] = {
            (survey.pk, page.code): page.title or survey.title for page in pages
        }
        actions.assign(submission.pk, dict.fromkeys(places, hand), titles=places, actor=lead)
        texts = ("Are these the figures of last year?", "Can we say this so plainly, or do we ask the board first?")
        for (place, _), text, who in zip(places.items(), texts, (lead, writer), strict=False):
            actions.comment(submission.pk, text=text, place=place, actor=who)
        text = "We would hire twelve more people today if we found them."
        actions.save_statement(submission.pk, text, actor=writer, now=timezone.now())
        text = "We would hire twelve more people tomorrow if the college could teach them here."
        actions.save_statement(submission.pk, text, actor=lead, now=timezone.now())

    def _send(self) -> None:
        submission, lead, (writer, _) = self._begin(self.waiting)
        self._answer(submission, self.waiting, writer)
        actions.choose_confidentiality(submission.pk, "named", may_contact=True, actor=lead)
        meets_on = timezone.localdate() + timedelta(days=9)
        lifecycle.ask(submission.pk, actor=lead, body="Cabinet", meets_on=meets_on, now=timezone.now())
        lifecycle.submit(submission.pk, provisional=True, actor=lead, now=timezone.now())


def _account(contact: Contact) -> Any:
    """Their account, with an address that they have proven by a code."""
    user = contact.user or ensure_user(contact.email, contact.name)
    EmailAddress.objects.filter(user=user, verified=False).update(verified=True)
    return user
