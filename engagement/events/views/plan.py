"""The plan of an event: every message that goes out by the clock, with its exact recipients and text."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from engagement.core.templatetags.ui import moment
from engagement.events import plan, rules
from engagement.events.models import EventStep
from engagement.events.views.staff import OfStaffEvent, staff_crumbs
from engagement.plans import actions
from engagement.plans.views import plan as pages


class OfEventPlan(OfStaffEvent, pages.OfPlan):
    plan = plan.PLAN
    model = EventStep
    addresses = "events"

    def place(self) -> list[Any]:
        return [self.subject.public_id]

    def may_change(self) -> bool:
        return rules.can_run(self.request.user)

    def steps(self) -> list[EventStep]:
        return plan.steps_of(self.subject)

    def crumbs(self) -> list[tuple[str, str]]:
        here = self.address("plan")
        above = staff_crumbs(self.subject)
        return above if self.request.path == here else [*above, ("Planned messages", here)]

    def intro(self) -> str:
        event = self.subject
        return (
            f"The event begins on {moment(event.starts_at)}. Messages are counted from there and from its end; when "
            "the event moves, they move with it."
        )

    def at_once(self) -> list[tuple[str, str]]:
        return [
            ("Confirmation", "When somebody gets a place, with a calendar file."),
            ("Waiting list", "When somebody gets a place in the queue, and when a place is theirs or offered."),
            ("Change", "When time, place or link change, with a new calendar file."),
            ("Cancellation", "When the event is called off, or somebody gives up their place; it clears the calendar."),
        ]

    def get_success_url(self) -> str:
        return self.address("plan")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(words_url=reverse("plans:words"), **kwargs)


class Plan(OfEventPlan, pages.PlanPage):
    access = rules.can_read


class MakePlan(OfEventPlan, pages.Usual):
    access = rules.can_run

    def add(self) -> int:
        event = self.subject
        return actions.make_plan(event, plan.add_usual_steps, scope=event.context_reference, actor=self.request.user)


class NewStep(OfEventPlan, pages.NewStep):
    access = rules.can_run


class EditStep(OfEventPlan, pages.EditStep):
    access = rules.can_run


class StopStep(OfEventPlan, pages.StopStep):
    access = rules.can_run


class RestartStep(OfEventPlan, pages.RestartStep):
    access = rules.can_run


class StopAll(OfEventPlan, pages.StopAll):
    access = rules.can_run


class Preview(OfEventPlan, pages.Preview):
    access = rules.can_run


class SendTest(OfEventPlan, pages.SendTest):
    access = rules.can_run


class History(OfEventPlan, pages.History):
    access = rules.can_read
