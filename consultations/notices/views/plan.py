"""The plan of a consultation: every message that goes out by the clock, with its exact recipients and text."""

from __future__ import annotations

from typing import Any

from consultations.notices import plan, rules
from consultations.notices.models import PlannedStep
from consultations.programme.views.base import OfConsultation
from engagement.core.templatetags.ui import moment
from engagement.plans import actions
from engagement.plans.views import plan as pages


class OfConsultationPlan(OfConsultation, pages.OfPlan):
    plan = plan.PLAN
    model = PlannedStep
    addresses = "notices"

    def place(self) -> list[Any]:
        return [self.subject.reference]

    def may_change(self) -> bool:
        return rules.can_plan(self.request.user, self.subject)

    def steps(self) -> list[PlannedStep]:
        return plan.steps_of(self.subject)

    def crumbs(self) -> list[tuple[str, str]]:
        here = self.address("plan")
        # The rail names the first of them; pages below the plan lead back to it.
        return [("Messages", here)] if self.request.path == here else [("Messages", here), ("Planned messages", here)]

    def intro(self) -> str:
        closes_at = self.subject.closes_at
        if closes_at is None:
            return "Most messages are counted from the close. Set the closing date of the consultation first."
        return (
            f"The consultation closes on {moment(closes_at)}. Messages are counted from its dates; when a date moves, "
            "they move with it."
        )

    def at_once(self) -> list[tuple[str, str]]:
        return [
            ("Invitation", "When somebody is invited; at the opening, for a consultation that is still to open."),
            ("Receipt", "When an answer is sent, with a copy of it."),
            ("First message to a follower", "When somebody asks to follow: they confirm their address by it."),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav_current="notices:plan", words_url=self.address("words"), **kwargs)


class Plan(OfConsultationPlan, pages.PlanPage):
    access = rules.can_read_plan


class MakePlan(OfConsultationPlan, pages.Usual):
    access = rules.can_plan

    def add(self) -> int:
        scope = self.subject.reference
        return actions.make_plan(self.subject, plan.add_usual_steps, scope=scope, actor=self.request.user)


class NewStep(OfConsultationPlan, pages.NewStep):
    access = rules.can_plan


class EditStep(OfConsultationPlan, pages.EditStep):
    access = rules.can_plan


class StopStep(OfConsultationPlan, pages.StopStep):
    access = rules.can_plan


class RestartStep(OfConsultationPlan, pages.RestartStep):
    access = rules.can_plan


class StopAll(OfConsultationPlan, pages.StopAll):
    access = rules.can_plan


class Preview(OfConsultationPlan, pages.Preview):
    access = rules.can_plan


class SendTest(OfConsultationPlan, pages.SendTest):
    access = rules.can_plan


class History(OfConsultationPlan, pages.History):
    access = rules.can_read_plan
