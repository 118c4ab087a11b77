"""Steps that speak to those who are writing an answer, or have sent one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from consultations.notices.models import PlannedStep
from consultations.programme.models import Consultation
from consultations.submissions import queries
from consultations.submissions.models import Approval, Submission
from engagement.core.templatetags.ui import day, moment
from engagement.messaging.models import OutgoingMessage, address_hash
from engagement.plans.steps import Kind, LeftOut, Person

State = Consultation.State


def _page(name: str, *args: Any) -> str:
    return settings.SITE_URL + reverse(name, args=args)


@dataclass(frozen=True)
class ToRespondents(Kind):
    """A message about a submission; the consultation must be in one of `states` when it leaves."""

    states: tuple[str, ...] = (State.OPEN,)

    def rule(self, step: PlannedStep) -> str:  # type: ignore[override]
        return f"notices.{self.code}:{step.consultation_id}"

    def facts(self, step: PlannedStep, person: Person, due_at: datetime) -> dict[str, Any]:  # type: ignore[override]
        return {"consultation": step.consultation}

    def addresses(self, step: PlannedStep, person: Person) -> dict[str, str]:  # type: ignore[override]
        assert isinstance(person.about, Submission)
        return {"submission_url": _page("submissions:tasks", person.about.public_id)}

    def why_not(self, step: PlannedStep, message: OutgoingMessage) -> str:  # type: ignore[override]
        consultation = step.consultation
        if consultation.state not in self.states:
            return f"The consultation is “{consultation.get_state_display()}”."
        submission = Submission.objects.filter(pk=message.about_key).select_related("organisation").first()
        if submission is None:
            return "The submission does not exist any more."
        return self.about(step, submission, message)

    def about(self, step: PlannedStep, submission: Submission, message: OutgoingMessage) -> str:
        """Why it no longer fits this submission; empty while it does."""
        raise NotImplementedError


class SignOff(ToRespondents):
    """To the person who is asked to sign an answer off; after a board has met, to whoever enters what it decided."""

    def people(  # type: ignore[override]
        self, step: PlannedStep, due_at: datetime, *, changed_since: datetime | None = None
    ) -> Iterator[Person]:
        for approval in self._waiting(step):
            if person := self._asked(approval, due_at):
                yield person

    def _waiting(self, step: PlannedStep) -> QuerySet[Approval]:
        return queries.awaiting_signoff().filter(submission__consultation=step.consultation_id)

    def _asked(self, approval: Approval, due_at: datetime) -> Person | None:
        """Who is to be reminded of this request; None while its board has not met, or when nobody can be reached."""
        submission, contact = approval.submission, approval.approver
        organisation = submission.organisation.name if submission.organisation else ""
        if approval.body:
            if approval.meets_on is None or approval.meets_on > timezone.localdate(due_at):
                return None
            user = approval.requested_by
            note = f"enters what {approval.body} decided"
            return Person(
                f"user:{user.pk}", user.email, str(user), organisation, user.language, note=note, about=submission
            )
        if contact is None or contact.opted_out_at is not None or contact.bounced_at is not None:
            return None
        language = contact.user.language if contact.user else ""
        return Person(
            str(contact.pk), contact.email, contact.name, organisation, language, note="signs off", about=submission
        )

    def left_out(self, step: PlannedStep, due_at: datetime) -> list[LeftOut]:  # type: ignore[override]
        said = []
        for approval in self._waiting(step):
            if self._asked(approval, due_at) is None:
                reason = (
                    f"{approval.body} meets on {day(approval.meets_on)}."
                    if approval.body
                    else f"{approval.approver_name} cannot be written to."
                )
                said.append(LeftOut(approval.submission.from_whom, reason))
        return said

    def addresses(self, step: PlannedStep, person: Person) -> dict[str, str]:  # type: ignore[override]
        return {"submission_url": _page("dashboards:home")}

    def about(self, step: PlannedStep, submission: Submission, message: OutgoingMessage) -> str:
        now = timezone.now()
        for approval in self._waiting(step).filter(submission=submission):
            person = self._asked(approval, now)
            if person is not None and person.key == message.recipient:
                return ""
        return f"The answer of {submission.from_whom} does not wait for their sign-off any more."


class Provisional(ToRespondents):
    """To whoever sent an answer that is provisional until their board has met."""

    def people(  # type: ignore[override]
        self, step: PlannedStep, due_at: datetime, *, changed_since: datetime | None = None
    ) -> Iterator[Person]:
        for submission in self._unconfirmed(step).filter(submitted_at__lt=due_at):
            yield _sender(submission)

    def _unconfirmed(self, step: PlannedStep) -> QuerySet[Submission]:
        rows = queries.provisional_unconfirmed().filter(consultation=step.consultation_id)
        return rows.filter(submitted_by__is_active=True).select_related("submitted_by", "organisation").order_by("pk")

    def about(self, step: PlannedStep, submission: Submission, message: OutgoingMessage) -> str:
        if not self._unconfirmed(step).filter(pk=submission.pk).exists():
            return f"The answer of {submission.from_whom} is not provisional any more."
        return ""


class Results(ToRespondents):
    """To everybody who responded and whom we can reach, once the results are out."""

    def people(  # type: ignore[override]
        self, step: PlannedStep, due_at: datetime, *, changed_since: datetime | None = None
    ) -> Iterator[Person]:
        for submission in self._answers(step).iterator(chunk_size=2000):
            person = _sender(submission)
            if person.email:
                yield person

    def _answers(self, step: PlannedStep) -> QuerySet[Submission]:
        return (
            queries.counted(step.consultation)
            .filter(is_anonymous=False)
            .select_related("submitted_by", "respondent", "organisation")
            .order_by("pk")
        )

    def left_out(self, step: PlannedStep, due_at: datetime) -> list[LeftOut]:  # type: ignore[override]
        anonymous = queries.counted(step.consultation).filter(is_anonymous=True).count()
        said = [LeftOut(f"{anonymous} anonymous", "Nothing leads to whoever sent it.")] if anonymous else []
        without = [one for one in self._answers(step) if not _sender(one).email]
        return said + [LeftOut(one.from_whom, "They left no address.") for one in without]

    def addresses(self, step: PlannedStep, person: Person) -> dict[str, str]:  # type: ignore[override]
        return {"results_url": _page("programme:consultation", step.consultation.reference)}

    def about(self, step: PlannedStep, submission: Submission, message: OutgoingMessage) -> str:
        if not self._answers(step).filter(pk=submission.pk).exists():
            return "Their answer was withdrawn or set aside."
        return ""


def _sender(submission: Submission) -> Person:
    """Whoever sent it; failing an account, the address that was left with it."""
    user = submission.submitted_by or submission.respondent
    if submission.entered_by_id is not None:
        user = submission.respondent
    email = user.email if user else submission.respondent_email
    return Person(
        key=f"user:{user.pk}" if user else f"mail:{address_hash(email)[:40]}",
        email=email,
        name=(user.name if user else submission.respondent_name) or email,
        organisation=submission.organisation.name if submission.organisation else "",
        language=user.language if user else "",
        note=f"{submission.reference}, sent {moment(submission.submitted_at)}",
        about=submission,
    )


KINDS: Iterable[Kind] = (
    SignOff(
        code="signoff",
        label="Sign-off waiting",
        whom="those whose sign-off an answer waits for",
        stops="It stops when they have decided, or the request is taken back.",
        template="notices/email/signoff",
        anchors=("closes",),
        usual=(("closes", -3),),
        check="notices.step",
        links=("submission_url",),
    ),
    Provisional(
        code="provisional",
        label="Provisional answer waiting",
        whom="those who sent a provisional answer and have not confirmed it",
        stops="It stops when the answer is confirmed, sent anew or withdrawn.",
        template="notices/email/provisional",
        anchors=("closes",),
        usual=(("closes", 14),),
        check="notices.step",
        links=("submission_url",),
        states=(State.OPEN, State.CLOSED, State.ANALYSING),
    ),
    Results(
        code="results",
        label="Results are out",
        whom="everybody who responded and whom we can reach",
        stops="It goes once to each person.",
        template="notices/email/results",
        category=OutgoingMessage.Category.NEWS,
        anchors=("reported",),
        usual=(("reported", 0),),
        check="notices.step",
        links=("results_url",),
        states=(State.REPORTED,),
        life=timedelta(days=14),
        again_when_moved=False,
    ),
)
