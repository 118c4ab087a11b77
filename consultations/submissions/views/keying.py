"""Keying a paper a second time: its pages without the first answers, what differs, and what stands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from consultations.submissions import actions, keying, rules
from consultations.submissions.forms import NothingToType
from consultations.submissions.keyingforms import DifferencesForm
from consultations.submissions.views.staff import OfReceived
from consultations.surveys.definition import OF_ENTRY, entry_key
from consultations.surveys.forms import PageForm
from consultations.surveys.path import Step
from engagement.core.errors import Refused
from engagement.core.views import ActionView, PageView


class OfKeying(OfReceived):
    """A page about the second keying of one response that waits to be checked."""

    @property
    def keying(self) -> keying.Keying:
        if not hasattr(self, "_keying"):
            self._keying = keying.of(self.subject)
        return self._keying

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            row=self.subject, detail_url=self.detail_url(), nav_current="submissions:list", **kwargs
        )

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"submissions:{name}", args=[self.consultation.reference, self.subject.reference, *args])


class Second(OfKeying, ActionView):
    """Begin; then every page of the paper with its state, and the button that ends it."""

    access = rules.keys_again
    form_class = NothingToType
    template_name = "submissions/second.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.keying.is_finished:
            return redirect(self.url("differences"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_mine = self.keying.hides_from(self.request.user)
        surveys = []
        for one in self.keying.surveys if is_mine else ():
            path = one.path
            tasks = [
                {
                    "title": step.title,
                    "url": self.url("second_page", one.response.survey.code, step.code),
                    "hint": "",
                    "state": str(path.status(step.code)),
                    "label": {"completed": "Keyed", "in_progress": "In part"}.get(
                        str(path.status(step.code)), "Not yet"
                    ),
                }
                for step in path.pages
            ]
            surveys.append({"title": one.numbered.title, "name": one.response.survey.code, "tasks": tasks})
        return super().get_context_data(
            keying=self.keying, is_mine=is_mine, surveys=surveys, is_first=self.subject.entered_by == self.request.user,
            **kwargs,
        )  # fmt: skip

    def act(self, form: Any) -> None:
        if not self.keying.is_begun:
            actions.begin_second(self.subject.pk, actor=self.request.user)
            self.next = self.url("second")
            return
        many = actions.finish_second(self.subject.pk, actor=self.request.user)
        said = (
            f"{many} answer{'' if many == 1 else 's'} differ{'s' if many == 1 else ''}." if many else "Nothing differs."
        )
        messages.success(self.request, f"The second keying is done. {said}")
        self.next = self.url("differences") if many else self.detail_url()

    def get_success_url(self) -> str:
        return self.next


class SecondPage(OfKeying, PageView):
    """One page of the paper, by its numbers, with what was keyed the second time only."""

    access = rules.keys_again
    template_name = "submissions/second_page.html"

    def keyed(self) -> keying.Keyed:
        found = self.keying.survey(self.kwargs["survey"])
        if found is None or not self.keying.hides_from(self.request.user):
            raise Http404
        return found

    def step(self) -> Step | None:
        return self.keyed().path.step(self.kwargs["page"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = self.step()
        if step is None:
            return redirect(self.url("second"))
        form = None if step.is_list else PageForm(step=step, answers=step.answers, require=False)
        return self.show(step, form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = self.step()
        if step is None:
            return redirect(self.url("second"))
        if step.is_list:
            return self.post_list(step)
        form = PageForm(request.POST, step=step, answers=step.answers, require=False)
        if not form.is_valid():
            return self.show(step, form, status=422)
        return self.save(form.answers(), step)

    def post_list(self, step: Step) -> HttpResponse:
        """Add an entry or take the last one away; otherwise go on."""
        numbers = [entry.entry for entry in step.entries]
        if "add" in self.request.POST and step.may_add:
            new = max(numbers, default=0) + 1
            actions.save_second(
                self.keyed().response.pk, {entry_key(step.page.code, new): True}, actor=self.request.user
            )
            return redirect(self.url("second_page", self.kwargs["survey"], entry_key(step.page.code, new)))
        if "remove" in self.request.POST and numbers:
            gone = entry_key(step.page.code, numbers[-1])
            keys = [key for key in self.keyed().answers if key == gone or key.startswith(gone + OF_ENTRY)]
            actions.save_second(self.keyed().response.pk, dict.fromkeys(keys), actor=self.request.user)
            return redirect(self.request.path)
        return redirect(self.after(step))

    def save(self, answers: dict[str, Any], step: Step) -> HttpResponse:
        try:
            actions.save_second(self.keyed().response.pk, answers, actor=self.request.user)
        except Refused as refused:
            messages.error(self.request, refused.message)
            return redirect(self.url("second"))
        del self._keying
        return redirect(self.after(step))

    def after(self, step: Step) -> str:
        """The list for an entry, the next page of the paper, and at its end the list of pages."""
        if step.entry:
            return self.url("second_page", self.kwargs["survey"], step.page.code)
        following = self.keyed().path.next_after(step.code)
        return self.url("second_page", self.kwargs["survey"], following.code) if following else self.url("second")

    def show(self, step: Step, form: PageForm | None, *, status: int = 200) -> HttpResponse:
        pages = self.keyed().path.pages
        place = next((number for number, one in enumerate(pages, 1) if one.code == step.page.code), 1)
        entries = [(entry.title, self.url("second_page", self.kwargs["survey"], entry.code)) for entry in step.entries]
        context = self.get_context_data(
            step=step, form=form, entries=entries, place=place, total=len(pages), back=self.url("second"),
            where=f"{self.keyed().numbered.title}: page {place} of {len(pages)}",
        )  # fmt: skip
        return self.render_to_response(context, status=status)


class Differences(OfKeying, ActionView):
    """Both keyings of each answer that differs, and which one the paper bears out."""

    access = rules.keys_again
    form_class = DifferencesForm
    template_name = "submissions/differences.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.keying.is_finished:
            return redirect(self.url("second"))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        self.found = keying.to_settle(self.keying) if self.keying.is_finished else []
        return {**super().get_form_kwargs(), "differences": self.found}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(keying=self.keying, **kwargs)
        form = context["form"]
        return {
            **context,
            "pairs": [(one, form[one.name]) for one in self.found],
            "is_first": self.subject.entered_by == self.request.user,
        }

    def act(self, form: Any) -> None:
        actions.settle_second(self.subject.pk, form.choices(), actor=self.request.user)
        messages.success(self.request, "Settled. The record says who chose what.")

    def get_success_url(self) -> str:
        return self.detail_url()
