"""Submissions of the demonstration, by the same functions as the pages: started, written, sent, typed in, checked."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any, Protocol

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from consultations.dashboards.demonstration import papers, sentences
from consultations.dashboards.demonstration.answers import Answers
from consultations.dashboards.demonstration.clock import Agenda
from consultations.dashboards.demonstration.partners import Reply
from consultations.dashboards.demonstration.voices import Speech, Voice
from consultations.programme.models import Consultation
from consultations.submissions import actions, lifecycle, references
from consultations.submissions.models import Submission
from consultations.submissions.queries import counted
from consultations.surveys.models import Survey
from engagement.accounts.actions import ensure_user
from engagement.stakeholders.models import Area, Contact, Kind

# Which themed surveys lie near to whom, besides the questions for everyone.
NEAR = {
    "business": ("people", "business-environment", "ideas", "infrastructure"),
    "education": ("people", "ideas", "places"),
    "public": ("places", "infrastructure", "people"),
    "voluntary": ("people", "places", "infrastructure"),
    "individual": ("places", "infrastructure"),
}


class Asking(Protocol):
    """What a reply has to know of the consultation it goes to."""

    surveys: dict[str, Survey]

    def opens_at(self) -> datetime: ...

    def last_moment(self) -> datetime: ...

    def fresh(self) -> Consultation: ...


class Replies:
    """Writes the replies of one consultation in the voices of those who send them."""

    def __init__(self, rng: random.Random, speech: Speech, staff: Any) -> None:
        self.rng, self.speech, self.staff = rng, speech, staff
        self.areas = {area.code: area for area in Area.objects.all()}
        self.individual = Kind.objects.get(code="individual")
        self.typed = 0

    def plan(self, agenda: Agenda, call: Asking, replies: list[Reply]) -> None:
        """Each reply at its moments: begun some days before it is sent, looked at by staff some days after."""
        for reply in replies:
            if reply.channel == "online":
                self._plan_online(agenda, call, reply)
            else:
                agenda.add(reply.sent_at, lambda reply=reply: self._type_in(agenda, call, reply))  # type: ignore[misc]

    def _plan_online(self, agenda: Agenda, call: Asking, reply: Reply) -> None:
        opened = call.opens_at()
        latest = min(reply.sent_at, call.last_moment()) - timedelta(minutes=35)
        begun = max(opened + timedelta(hours=1), latest - timedelta(days=self.rng.choice([0, 0, 1, 3, 6])))
        agenda.add(min(begun, latest), lambda: self._begin(agenda, call, reply))

    # --- online ---------------------------------------------------------------------------------------------

    def _begin(self, agenda: Agenda, call: Asking, reply: Reply) -> None:
        consultation = call.fresh()
        user = self._user(reply)
        organisation = reply.body.row if reply.body else None
        submission = actions.start(
            consultation,
            user,
            organisation,
            capacity=self._capacity(reply),
            kind=None if organisation else self.individual,
            areas=None if organisation else [self.areas[reply.area]],
            now=timezone.now(),
            reference=self.reference(consultation),
        )
        surveys = self._chosen(call, reply)
        half = max(1, len(surveys) // 2)
        self._answer(submission, reply, surveys[:half], user)
        if reply.outcome == "unfinished":
            return
        agenda.add(
            max(reply.sent_at, timezone.now()), lambda: self._send(agenda, submission, reply, surveys[half:], user)
        )

    def _send(self, agenda: Agenda, submission: Submission, reply: Reply, surveys: list[Survey], user: Any) -> None:
        self._answer(submission, reply, surveys, user)
        self._attach(submission, reply, user)
        if self.rng.random() < 0.2:
            said = self.speech.say(self.voice(reply), least=2, most=4)
            actions.save_statement(submission.pk, said.text, actor=user, now=timezone.now())
        self._choose(submission, reply, user)
        lifecycle.submit(submission.pk, actor=user, now=timezone.now())
        self._later(agenda, submission, reply)

    # --- by letter, e-mail and telephone --------------------------------------------------------------------

    def _type_in(self, agenda: Agenda, call: Asking, reply: Reply) -> None:
        consultation = call.fresh()
        clerk, checker = self._clerks()
        assert reply.body is not None
        assert reply.body.row is not None
        submission = actions.begin_intake(
            consultation,
            channel=reply.channel,
            received_on=timezone.localdate(reply.sent_at),
            actor=clerk,
            organisation=reply.body.row,
            name=reply.body.people[0].name,
            email=reply.body.people[0].email if reply.channel == "email" else "",
            now=timezone.now(),
            reference=self.reference(consultation),
        )
        if reply.channel == "telephone" or self.rng.random() < 0.4:
            self._answer(submission, reply, self._chosen(call, reply)[:1], clerk)
        if reply.channel != "telephone":
            opening = self.rng.choice(sentences.STATEMENT_OPENINGS)
            said = self.speech.say(self.voice(reply), least=4, most=8, before=opening)
            actions.save_statement(submission.pk, said.text, actor=clerk, now=timezone.now())
        self._attach(submission, reply, clerk)
        self._choose(submission, reply, clerk)
        lifecycle.hand_over(submission.pk, actor=clerk)
        checked_at = timezone.now() + timedelta(days=self.rng.choice([1, 1, 2, 3]), hours=1)
        agenda.add(checked_at, lambda: self._check(agenda, submission, reply, checker))

    def _check(self, agenda: Agenda, submission: Submission, reply: Reply, checker: Any) -> None:
        lifecycle.accept_typed_in(submission.pk, actor=checker, now=timezone.now())
        self._later(agenda, submission, reply)

    def duplicate(self, agenda: Agenda, call: Asking, reply: Reply) -> None:
        """The same text once more, from the person's own address: typed in, found out and set aside."""
        consultation = call.fresh()
        clerk, checker = self._clerks()
        assert reply.body is not None
        assert reply.body.row is not None
        first = counted(consultation).get(organisation=reply.body.row)
        copy = actions.begin_intake(
            consultation,
            channel="email",
            received_on=timezone.localdate(),
            actor=clerk,
            name=reply.body.people[0].name,
            email=reply.body.people[0].email,
            kind=reply.body.row.kind,
            areas=list(reply.body.row.areas.all()),
            now=timezone.now(),
            reference=self.reference(consultation),
        )
        text = first.statement or next(iter(self.speech.said))
        actions.save_statement(copy.pk, text, actor=clerk, now=timezone.now())
        actions.choose_confidentiality(copy.pk, "named", actor=clerk)
        lifecycle.hand_over(copy.pk, actor=clerk)
        lifecycle.accept_typed_in(copy.pk, actor=checker, now=timezone.now())
        lifecycle.mark_duplicate(copy.pk, reason=f"The same text as {first.reference}, sent again.", actor=checker)

    def stray(self, call: Asking) -> None:
        """An e-mail that answers nothing: typed in by a clerk in good faith, and rejected."""
        consultation = call.fresh()
        clerk, checker = self._clerks()
        stray = actions.begin_intake(
            consultation, channel="email", received_on=timezone.localdate(), actor=clerk, name="Trade Fair Offers",
            email="offers@trade-fair.example", now=timezone.now(), reference=self.reference(consultation),
        )  # fmt: skip
        text = "We can let you have four hundred addresses of decision makers at a special price until Friday."
        actions.save_statement(stray.pk, text, actor=clerk, now=timezone.now())
        actions.choose_confidentiality(stray.pk, "named", actor=clerk)
        lifecycle.hand_over(stray.pk, actor=clerk)
        lifecycle.accept_typed_in(stray.pk, actor=checker, now=timezone.now())
        lifecycle.reject(stray.pk, reason="An advertisement, and no answer to this consultation.", actor=checker)

    # --- what all of them need ------------------------------------------------------------------------------

    def voice(self, reply: Reply) -> Voice:
        if reply.body is None or reply.body.row is None:
            return Voice("individual", "individual", reply.area)
        return Voice(reply.body.kind, reply.body.row.kind.sector.code, reply.body.area)

    def reference(self, consultation: Consultation) -> str:
        """Like the product's own, and the same each time the demonstration is loaded."""
        first = references.new(consultation.reference).partition("-")[0]
        return f"{first}-{''.join(self.rng.choice(references.LETTERS) for _ in range(references.LENGTH))}"

    def _clerks(self) -> tuple[Any, Any]:
        self.typed += 1
        pair = (self.staff.engagement, self.staff.second_engagement)
        return pair if self.typed % 3 else (pair[1], pair[0])

    def _user(self, reply: Reply) -> Any:
        """The account of whoever writes, with an address that they have proven by a code."""
        contact = reply.person
        if contact is None:
            assert reply.body is not None
            contact = Contact.objects.select_related("user").get(email=reply.body.people[0].email)
        user = contact.user or ensure_user(contact.email, contact.name)
        EmailAddress.objects.filter(user=user, verified=False).update(verified=True)
        return user

    def _capacity(self, reply: Reply) -> str:
        if reply.body is None or reply.body.row is None:
            return Submission.Capacity.SELF
        return Submission.Capacity.MEMBERS if reply.body.row.is_representative else Submission.Capacity.ORGANISATION

    def _chosen(self, call: Asking, reply: Reply) -> list[Survey]:
        near = [code for code in NEAR[self.voice(reply).sector] if code in call.surveys]
        many = min(len(near), self.rng.choice([0, 1, 1, 2, 2, 3]))
        first = ["call-for-evidence"] if "call-for-evidence" in call.surveys else near[:1]
        return [call.surveys[code] for code in dict.fromkeys([*first, *self.rng.sample(near, many)])]

    def _answer(self, submission: Submission, reply: Reply, surveys: list[Survey], actor: Any) -> None:
        answers = Answers(self.rng, self.speech, self.voice(reply))
        for survey in surveys:
            actions.fill(submission, survey, answers.of(survey.code), actor=actor, now=timezone.now())

    def _attach(self, submission: Submission, reply: Reply, actor: Any) -> None:
        if not reply.document:
            return
        who = reply.body.name if reply.body else "for myself"
        text = self.speech.say(self.voice(reply), least=2, most=3).text
        title, name, content = papers.evidence(self.rng, reply.document, who, text)
        actions.add_document(submission.pk, SimpleUploadedFile(name, content), title=title, actor=actor)

    def _choose(self, submission: Submission, reply: Reply, actor: Any) -> None:
        stricter = {}
        if reply.confidentiality == "named" and self.rng.random() < 0.04:
            stricter = {"call-for-evidence": {"actions": "unnamed"}}
        actions.choose_confidentiality(
            submission.pk,
            reply.confidentiality,
            reason=reply.reason,
            stricter=stricter,
            may_contact=self.rng.random() < 0.7,
            actor=actor,
        )

    def _later(self, agenda: Agenda, submission: Submission, reply: Reply) -> None:
        if reply.outcome == "submitted":
            return
        after = timezone.now() + timedelta(days=self.rng.randint(1, 5), hours=2)
        if reply.outcome == "withdrawn":
            reason = "Our board wants to discuss it again and will not be done before the close."
            agenda.add(after, lambda: lifecycle.withdraw(submission.pk, actor=submission.respondent, reason=reason))
        else:
            actor = self.rng.choice([self.staff.engagement, self.staff.second_engagement])
            agenda.add(after, lambda: lifecycle.accept(submission.pk, actor=actor))
