"""Steps that speak to the engagement staff of a consultation: it opens, it closes, its results are overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from consultations.notices.models import PlannedStep
from consultations.programme.models import Assignment, Consultation
from engagement.accounts.models import User
from engagement.messaging.models import OutgoingMessage
from engagement.plans.steps import Kind, Person

State = Consultation.State


@dataclass(frozen=True)
class ToOwners(Kind):
    """A notice to the engagement staff who run the consultation."""

    states: tuple[str, ...] = ()

    def rule(self, step: PlannedStep) -> str:  # type: ignore[override]
        return f"notices.{self.code}:{step.consultation_id}"

    def people(  # type: ignore[override]
        self, step: PlannedStep, due_at: datetime, *, changed_since: datetime | None = None
    ) -> Iterator[Person]:
        for user in owners(step.consultation):
            yield Person(
                key=f"user:{user.pk}", email=user.email, name=str(user), note=user.get_staff_role_display(), about=user
            )

    def facts(self, step: PlannedStep, person: Person, due_at: datetime) -> dict[str, Any]:  # type: ignore[override]
        consultation = step.consultation
        anchor_at = step.anchor_moment()
        return {
            "consultation": consultation,
            "weeks": abs(step.days) // 7,
            "days": abs(step.days),
            "is_ahead": step.days < 0,
            "anchor_at": anchor_at,
            "overview_url": settings.SITE_URL + reverse("dashboards:overview", args=[consultation.reference]),
        }

    def why_not(self, step: PlannedStep, message: OutgoingMessage) -> str:  # type: ignore[override]
        if step.consultation.state not in self.states:
            return f"The consultation is “{step.consultation.get_state_display()}”, so there is nothing to say."
        key = message.recipient.partition(":")[2]
        if not owners(step.consultation).filter(pk=key).exists():
            return "They run this consultation no longer."
        return ""


def owners(consultation: Consultation) -> Any:
    """The engagement staff of a consultation."""
    return User.objects.filter(
        is_active=True,
        staff_role=User.StaffRole.ENGAGEMENT,
        assignments__consultation=consultation,
        assignments__role=Assignment.Role.ENGAGEMENT,
    ).order_by("pk")


def _kind(code: str, label: str, stops: str, **more: Any) -> ToOwners:
    return ToOwners(
        code=code,
        label=label,
        whom="the engagement staff of the consultation",
        stops=stops,
        template=f"notices/email/{code}",
        category=OutgoingMessage.Category.TRANSACTIONAL,
        check="notices.step",
        **more,
    )


KINDS: Iterable[Kind] = (
    _kind(
        "owner_opens", "Opening notice to staff", "It goes once.",
        anchors=("opens",), usual=(("opens", 0),), states=(State.SCHEDULED, State.OPEN),
    ),
    _kind(
        "owner_closes", "Closing notice to staff", "It goes once.",
        anchors=("closes",), usual=(("closes", -7), ("closes", 1)),
        states=(State.OPEN, State.PAUSED, State.CLOSED, State.ANALYSING),
    ),
    _kind(
        "owner_overdue", "Results are overdue", "It stops when the results are out.",
        anchors=("closes",), usual=(("closes", 56), ("closes", 84)), states=(State.CLOSED, State.ANALYSING),
        life=timedelta(days=7),
    ),
)  # fmt: skip
