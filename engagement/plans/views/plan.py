"""The pages of a plan, for whatever has one: apps mix them with the page of their thing and name their addresses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from engagement.core.errors import Refused
from engagement.core.views import ActionView, ListPage, PageView
from engagement.messaging.models import OutgoingMessage
from engagement.messaging.rules import looks_after_messages
from engagement.plans import actions, queries
from engagement.plans.forms import StepForm
from engagement.plans.models import Step
from engagement.plans.steps import Person, Plan, Writer


class OfPlan:
    """A page of one plan. The class it is mixed with finds `subject`, the thing; see also the attributes below."""

    request: HttpRequest
    kwargs: dict[str, Any]
    subject: Any
    plan: Plan
    model: type[Step]
    # The name space of the addresses, and whether the person may change the plan.
    addresses: str

    def may_change(self) -> bool:
        raise NotImplementedError

    def place(self) -> list[Any]:
        """What stands in the addresses of this plan."""
        raise NotImplementedError

    def crumbs(self) -> list[tuple[str, str]]:
        """The way to the plan."""
        return []

    def intro(self) -> str:
        """What the dates are counted from, in a sentence or two."""
        return ""

    def at_once(self) -> list[tuple[str, str]]:
        """Messages that go out with their cause and stand in no plan: (what, when)."""
        return []

    def steps(self) -> list[Step]:
        raise NotImplementedError

    def address(self, name: str, *more: Any) -> str:
        return reverse(f"{self.addresses}:{name}", args=[*self.place(), *more])

    def get_step(self) -> Step:
        rows = self.model._default_manager.filter(**{self.model.THING: self.subject}).select_related(self.model.THING)
        return get_object_or_404(rows, public_id=self.kwargs["step"])

    def get_success_url(self) -> str:
        return self.address("plan")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # The page of the thing has a way of its own, which ends above the plan.
        own = {
            "crumbs": self.crumbs(),
            "plan_url": self.address("plan"),
            "may_change": self.may_change(),
            "of": str(self.subject),
        }
        return super().get_context_data(**{"danger": False, **kwargs, **own})  # type: ignore[misc]


class PlanPage(OfPlan, PageView, abstract=True):
    """Every step as a sentence, with its moment, how many it would reach and what it has sent."""

    template_name = "plans/plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = queries.rows(self.plan, self.steps())
        return super().get_context_data(
            rows=[(row, self._urls(row.step)) for row in rows],
            intro=self.intro(),
            at_once=self.at_once(),
            new_url=self.address("new_step"),
            usual_url=self.address("make_plan"),
            stop_all_url=self.address("stop_all"),
            is_anything_ahead=any(row.is_ahead for row in rows),
            **kwargs,
        )

    def _urls(self, step: Step) -> dict[str, str]:
        names = ("step", "preview", "history", "stop_step", "restart_step")
        return {name: self.address(name, step.public_id) for name in names}


class Usual(OfPlan, ActionView, abstract=True):
    """Add what a usual plan holds and this one lacks."""

    form_class = forms.Form
    template_name = "plans/confirm.html"

    def add(self) -> int:
        raise NotImplementedError

    def act(self, form: forms.Form) -> None:
        added = self.add()
        messages.success(
            self.request, f"{added} step{'' if added == 1 else 's'} added." if added else "None is missing."
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Add the usual messages that this plan lacks?",
            meaning="Steps that stand in the plan stay as they are. You can change and stop each afterwards.",
            button="Add the usual messages",
            **kwargs,
        )


class NewStep(OfPlan, ActionView, abstract=True):
    creates_once = True
    form_class = StepForm
    template_name = "plans/step.html"
    title = "Add a message"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "plan": self.plan}

    def target(self) -> Step:
        return self.model(**{self.model.THING: self.subject})

    def act(self, form: StepForm) -> None:
        actions.save_step(self.plan, self.target(), actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "The plan is saved.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title, intro=self.intro(), **kwargs)


class EditStep(NewStep, abstract=True):
    title = "Change the message"

    def target(self) -> Step:
        return self.get_step()

    def get_initial(self) -> dict[str, Any]:
        return StepForm.initial_of(self.get_step())


class StopStep(OfPlan, ActionView, abstract=True):
    form_class = forms.Form
    template_name = "plans/confirm.html"

    def act(self, form: forms.Form) -> None:
        actions.stop_step(self.plan, self.get_step(), actor=self.request.user)
        messages.success(self.request, "The step is stopped.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Stop “{self.plan.words(self.get_step())}”?",
            meaning="It goes to nobody. You can let it go out after all, until its moment has passed.",
            button="Stop this message",
            **kwargs,
        )


class RestartStep(OfPlan, ActionView, abstract=True):
    form_class = forms.Form
    template_name = "plans/confirm.html"

    def act(self, form: forms.Form) -> None:
        actions.restart_step(self.plan, self.get_step(), actor=self.request.user)
        messages.success(self.request, "The message goes out after all.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Let “{self.plan.words(self.get_step())}” go out after all?",
            meaning="It goes to those for whom it is true at its moment.",
            button="Let it go out",
            **kwargs,
        )


class StopAll(OfPlan, ActionView, abstract=True):
    form_class = forms.Form
    template_name = "plans/confirm.html"

    def act(self, form: forms.Form) -> None:
        stopped = actions.stop_all(self.plan, self.steps(), actor=self.request.user)
        messages.success(self.request, f"{stopped} step{'' if stopped == 1 else 's'} stopped.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Stop every planned message of “{self.subject}”?",
            meaning="Nothing of the plan goes out any more. What somebody causes by an act of their own, such as a "
            "receipt or a confirmation, is sent all the same. Each step can be let out again.",
            button="Stop all of them",
            danger=True,
            **kwargs,
        )


class Preview(OfPlan, PageView, abstract=True):
    """Exactly whom a step reaches as things stand now, and the exact text for any of them."""

    template_name = "plans/preview.html"

    @cached_property
    def step(self) -> Step:
        return self.get_step()

    @cached_property
    def people(self) -> tuple[list[Person], list[Any]]:
        return queries.recipients(self.plan, self.step)

    def chosen(self, key: str) -> Person | None:
        people, _ = self.people
        if key:
            return next((person for person in people if person.key == key), None)
        return people[0] if people else None

    def draft(self, person: Person | None) -> OutgoingMessage | None:
        due = self.plan.due_at(self.step)
        if person is None or due is None:
            return None
        return Writer(self.plan.kind(self.step), self.step, due).draft(person)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people, left_out = self.people
        person = self.chosen(self.request.GET.get("to", ""))
        if self.request.GET.get("to") and person is None:
            raise Http404("Nobody of this step has this key.")
        return super().get_context_data(
            words=self.plan.words(self.step),
            kind=self.plan.kind(self.step),
            due_at=self.plan.due_at(self.step),
            page_obj=Paginator(people, 50).get_page(self.request.GET.get("page")),
            number=len(people),
            left_out=left_out[:500],
            left_out_number=len(left_out),
            person=person,
            draft=self.draft(person),
            step_urls={name: self.address(name, self.step.public_id) for name in ("history", "step", "test_step")},
            **kwargs,
        )


class SendTest(Preview, abstract=True):
    """A button: the text that one recipient would get, sent to whoever presses it."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person = self.chosen(request.POST.get("to", ""))
        try:
            if person is None:
                raise Refused("Nobody gets this message as things stand, so there is no text to test.")
            actions.send_test(self.plan, self.step, person, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(
                request, f"A test is on its way to {request.user.email}. Its links lead to the front page."
            )
        return redirect(self.address("preview", self.step.public_id))


class History(OfPlan, ListPage, abstract=True):
    """Every message that a step has written, and what became of it."""

    template_name = "plans/history.html"
    context_object_name = "written"

    @cached_property
    def step(self) -> Step:
        return self.get_step()

    def get_queryset(self) -> QuerySet[OutgoingMessage]:
        return queries.messages_of(self.plan, self.step)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            words=self.plan.words(self.step),
            may_read_messages=looks_after_messages(self.request.user),
            preview_url=self.address("preview", self.step.public_id),
            **kwargs,
        )
