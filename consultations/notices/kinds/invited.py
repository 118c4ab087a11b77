"""Steps that speak to invited people: each stops for the whole organisation when one colleague has answered."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from consultations.invitations import deadlines, links, reminders
from consultations.invitations.emails import invite_rule, remind_rule
from consultations.invitations.models import Invitation
from consultations.notices.models import PlannedStep
from consultations.programme.models import Consultation
from engagement.messaging.models import OutgoingMessage
from engagement.plans.steps import Kind, LeftOut, Person

# Nobody is reminded of something that they were asked, or reminded of, less than this before.
LEAST_GAP = timedelta(hours=20)
STOPS = "It stops for everybody of an organisation when one of them sends an answer."


@dataclass(frozen=True)
class Invited(Kind):
    """A message to invited people who have not answered, or to some of them."""

    states: tuple[str, ...] = Invitation.OUTSTANDING
    tone: str = ""

    def rule(self, step: PlannedStep) -> str:  # type: ignore[override]
        return remind_rule(step.consultation_id)

    def audience(self, step: PlannedStep) -> QuerySet[Invitation]:
        """The invitations that this step concerns as things stand now."""
        return (
            Invitation.objects.filter(consultation=step.consultation_id, state__in=self.states)
            .filter(contact__opted_out_at=None, contact__bounced_at=None)
            .select_related("contact__user", "organisation")
            .order_by("organisation__name", "pk")
        )

    def people(  # type: ignore[override]
        self, step: PlannedStep, due_at: datetime, *, changed_since: datetime | None = None
    ) -> Iterator[Person]:
        rows = deadlines.with_own_close(self.audience(step)).filter(created_at__lte=due_at - LEAST_GAP)
        if changed_since is not None:
            rows = rows.filter(updated_at__gte=changed_since)
        return (as_person(invitation, step.consultation) for invitation in rows.iterator(chunk_size=2000))

    def left_out(self, step: PlannedStep, due_at: datetime) -> list[LeftOut]:  # type: ignore[override]
        """Invited people whom it does not reach, with the reason."""
        reached = self.audience(step).filter(created_at__lte=due_at - LEAST_GAP).values("pk")
        rows = (
            Invitation.objects.filter(consultation=step.consultation_id)
            .exclude(pk__in=reached)
            .select_related("contact__user", "organisation", "consultation")
            .order_by("organisation__name", "pk")
        )
        return [LeftOut(str(one), self._why_left_out(one, due_at)) for one in rows]

    def _why_left_out(self, invitation: Invitation, due_at: datetime) -> str:
        if reason := reminders.about_state(invitation):
            return reason
        contact = invitation.contact
        if contact.opted_out_at is not None:
            return f"{contact} wants no invitations or reminders."
        if contact.bounced_at is not None or invitation.state == Invitation.State.BOUNCED:
            return f"The address of {contact} does not exist."
        if invitation.created_at > due_at - LEAST_GAP:
            return "Invited after this step, or less than a day before."
        return f"The invitation is “{invitation.get_state_display()}”; this step is for {self.whom}."

    def facts(self, step: PlannedStep, person: Person, due_at: datetime) -> dict[str, Any]:  # type: ignore[override]
        state, _, own = person.shape.partition("|")
        consultation, tone = step.consultation, self.tone
        if own:
            # To this partner it closes at the moment that was given to them alone.
            consultation = copy.copy(consultation)
            consultation.closes_at = datetime.fromisoformat(own)
            tone = "" if tone == "midway" else tone
        closes_at = consultation.closes_at
        assert closes_at is not None
        return {
            "consultation": consultation,
            "tone": tone,
            "has_started": state == Invitation.State.STARTED,
            "days": (timezone.localdate(closes_at) - timezone.localdate(due_at)).days,
        }

    def addresses(self, step: PlannedStep, person: Person) -> dict[str, str]:  # type: ignore[override]
        assert isinstance(person.about, Invitation)
        return {"follow_url": links.follow_url(person.about), "decline_url": links.decline_url(person.about)}

    def expires_at(self, step: PlannedStep, due_at: datetime) -> datetime | None:  # type: ignore[override]
        closes_at = step.consultation.closes_at
        return min(closes_at, due_at + self.life) if closes_at else due_at + self.life

    def why_not(self, step: PlannedStep, message: OutgoingMessage) -> str:  # type: ignore[override]
        rows = Invitation.objects.select_related("consultation", "contact__user", "organisation__kind")
        invitation = rows.filter(pk=message.about_key).first()
        if invitation is None:
            return "The invitation does not exist any more."
        return (
            reminders.about_person(invitation)
            or reminders.about_consultation(invitation, {Consultation.State.OPEN})
            or self._about_step(step, invitation, message)
        )

    def _about_step(self, step: PlannedStep, invitation: Invitation, message: OutgoingMessage) -> str:
        if not self.audience(step).filter(pk=invitation.pk).exists():
            return f"This step is for {self.whom}, which no longer fits {invitation.contact}."
        rules = Q(rule=message.rule) | Q(rule=invite_rule(invitation.consultation_id))
        earlier = OutgoingMessage.objects.filter(rules, recipient=message.recipient)
        if earlier.filter(sent_at__gt=timezone.now() - LEAST_GAP).exists():
            return f"{invitation.contact} was written to less than {LEAST_GAP.total_seconds() / 3600:.0f} hours ago."
        return ""


def as_person(invitation: Invitation, consultation: Consultation) -> Person:
    """Whom an invitation reaches. It has `own_close`, see `deadlines.with_own_close`; few have time of their own, so
    the shapes of the text stay few."""
    contact = invitation.contact
    own = getattr(invitation, "own_close", None)
    is_later = own is not None and consultation.closes_at is not None and own > consultation.closes_at
    state = Invitation.State.STARTED if invitation.state == Invitation.State.STARTED else ""
    return Person(
        key=str(contact.pk),
        email=contact.email,
        name=contact.name,
        organisation=invitation.organisation.name if invitation.organisation else "",
        language=contact.user.language if contact.user else "",
        shape=f"{state}|{own.isoformat()}" if own is not None and is_later else state,
        note=invitation.get_state_display().lower(),
        about=invitation,
    )


def _kind(code: str, label: str, whom: str, **more: Any) -> Invited:
    return Invited(
        code=code,
        label=label,
        whom=whom,
        stops=STOPS,
        template="notices/email/reminder",
        check="notices.step",
        links=("follow_url", "decline_url"),
        **more,
    )


KINDS: Iterable[Kind] = (
    _kind(
        "opening", "It is open", "invited people who have not started",
        anchors=("opens",), states=Invitation.NOT_STARTED, tone="opening",
    ),
    _kind(
        "midway", "Half of the time is over", "everyone invited who has not answered",
        anchors=("midway",), usual=(("midway", 0),), tone="midway",
    ),
    _kind("closing", "Closing soon", "everyone invited who has not answered", anchors=("closes",)),
    _kind(
        "not_started", "Not started yet", "invited people who have not started",
        anchors=("closes", "midway"), states=Invitation.NOT_STARTED,
    ),
    _kind(
        "started", "Started and not sent", "invited people who started and have not sent",
        anchors=("closes",), states=("started",), usual=(("closes", -1),),
    ),
)  # fmt: skip
