"""Steps that speak to those who follow a consultation: it opens, is about to close, has closed, has results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from consultations.notices import following
from consultations.notices.models import Follower, PlannedStep
from consultations.programme.models import Consultation
from engagement.messaging.models import OutgoingMessage
from engagement.plans.steps import Kind, LeftOut, Person

State = Consultation.State
# What a step says, by its date and side, and the states in which it is still true.
NEWS: dict[str, tuple[str, ...]] = {
    "open": (State.OPEN,),
    "closing": (State.OPEN,),
    "closed": (State.CLOSED, State.ANALYSING),
    "results": (State.REPORTED,),
}


def news_of(step: PlannedStep) -> str:
    match step.anchor:
        case "opens":
            return "open"
        case "closes":
            return "closing" if step.days < 0 else "closed"
    return "results"


@dataclass(frozen=True)
class ToFollowers(Kind):
    """News of one consultation to the mailboxes that follow it and want each change at once."""

    def rule(self, step: PlannedStep) -> str:  # type: ignore[override]
        return f"notices.{self.code}:{step.consultation_id}"

    def people(  # type: ignore[override]
        self, step: PlannedStep, due_at: datetime, *, changed_since: datetime | None = None
    ) -> Iterator[Person]:
        rows = following.present(step.consultation).filter(how=Follower.How.EACH, confirmed_at__lt=due_at)
        for follower in rows.iterator(chunk_size=2000):
            yield as_person(follower)

    def left_out(self, step: PlannedStep, due_at: datetime) -> list[LeftOut]:  # type: ignore[override]
        rows = Follower.objects.filter(consultation=step.consultation_id).order_by("email", "pk")
        return [LeftOut(one.email, reason) for one in rows if (reason := self._why_left_out(one, due_at))]

    def _why_left_out(self, follower: Follower, due_at: datetime) -> str:
        if follower.stopped_at is not None:
            return "Follows no longer."
        if follower.confirmed_at is None:
            return "Has not confirmed the address."
        if follower.how == Follower.How.WEEKLY:
            return "Reads it in the weekly digest."
        return "Follows since after this step." if follower.confirmed_at >= due_at else ""

    def facts(self, step: PlannedStep, person: Person, due_at: datetime) -> dict[str, Any]:  # type: ignore[override]
        page = settings.SITE_URL + reverse("programme:consultation", args=[step.consultation.reference])
        return {"consultation": step.consultation, "news": news_of(step), "page_url": page}

    def addresses(self, step: PlannedStep, person: Person) -> dict[str, str]:  # type: ignore[override]
        assert isinstance(person.about, Follower)
        return {"stop_url": following.stop_url(person.about)}

    def why_not(self, step: PlannedStep, message: OutgoingMessage) -> str:  # type: ignore[override]
        if step.consultation.state not in NEWS[news_of(step)]:
            return f"The consultation is “{step.consultation.get_state_display()}”, so this is not true."
        follower = Follower.objects.filter(pk=message.about_key).first()
        if follower is None or follower.stopped_at is not None:
            return "They follow the consultation no longer."
        return "" if follower.how == Follower.How.EACH else "They read it in the weekly digest."


def as_person(follower: Follower) -> Person:
    return Person(
        key=f"follower:{follower.pk}",
        email=follower.email,
        name="",
        language=follower.language,
        note=follower.get_how_display().lower(),
        about=follower,
    )


KINDS: Iterable[Kind] = (
    ToFollowers(
        code="followers",
        label="News for followers",
        whom="those who follow the consultation by e-mail",
        stops="It stops for whoever follows no longer.",
        template="notices/email/followers",
        category=OutgoingMessage.Category.NEWS,
        anchors=("opens", "closes", "reported"),
        usual=(("opens", 0), ("closes", -7), ("closes", 1), ("reported", 0)),
        check="notices.step",
        links=("stop_url",),
        life=timedelta(days=7),
    ),
)
