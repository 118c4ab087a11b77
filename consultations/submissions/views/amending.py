"""Changing what was sent provisionally: what is to be different, page by page, until it is approved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from consultations.submissions import amending, files, forms, history, lifecycle, queries, rules
from consultations.submissions.differences import runs
from consultations.submissions.views.base import KeepsTyping, OfSubmission
from consultations.surveys import kinds
from consultations.surveys.definition import OF_ENTRY
from consultations.surveys.forms import PageForm
from consultations.surveys.path import Step
from engagement.core.errors import Refused
from engagement.core.views import ActionView, PageView


class OfProvisional(OfSubmission):
    """A page of a response that was sent provisionally; any other leads to its receipt, and changes nothing."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not amending.is_provisional(self.subject):
            return redirect(self.url("tasks" if self.subject.is_draft else "receipt"))
        return super().get(request, *args, **kwargs)  # type: ignore[misc]

    def crumbs(self) -> list[tuple[str, str]]:
        return [super().crumbs()[0], (gettext("Sign-off"), self.url("sign_off"))]


class Changes(OfProvisional, PageView):
    """Everything that was sent with a way to change it, and what is to be different so far."""

    access = rules.can_discuss
    template_name = "submissions/changes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.subject
        changes = []
        for part, patch in amending.changes_of(submission):
            data = part.response.data if part.response else {}
            after = {**data, **patch}
            for key in patch:
                if label := history.label_of(part.definition, key):
                    old, new = (history.words(part.definition, given, key) for given in (data, after))
                    changes.append({"label": label, "runs": runs(old, new)})
        text = amending.pending_statement(submission)
        if text is not None:
            changes.append({"label": gettext("Written statement"), "runs": runs(submission.statement, text)})
        parts = [amending.amended(part) for part in queries.parts_of(submission) if part.is_begun]
        return super().get_context_data(
            changes=changes,
            surveys=[{"title": part.definition.title, "pages": self.pages(part)} for part in parts],
            waiting=submission.approvals.filter(state="waiting").first(),
            **kwargs,
        )

    def pages(self, part: queries.Part) -> list[dict[str, str]]:
        found = []
        for step in part.path.pages:
            for one in step.entries if step.is_list else (step,):
                title = f"{step.title}: {one.title}" if step.is_list else one.title
                found.append({"title": title, "url": self.url("amend_section", part.survey.code, one.code)})
        return found


class AmendSection(OfProvisional, KeepsTyping, PageView):
    """One page of what was sent, to be changed. Files stay as they were sent."""

    access = rules.can_discuss
    template_name = "submissions/amend_section.html"

    def part(self) -> queries.Part:
        found = queries.part_of(self.subject, self.kwargs["survey"])
        if found is None or found.response is None:
            raise Http404
        return amending.amended(found)

    def step(self, part: queries.Part) -> Step:
        found = part.path.step(self.kwargs["page"])
        if found is None or found.is_list:
            raise Http404
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not amending.is_provisional(self.subject):
            return super().get(request, *args, **kwargs)
        part = self.part()
        return self.show(part, self.form(part, self.kept_typing()))

    def form(self, part: queries.Part, typed: Any) -> PageForm:
        step = self.step(part)
        known = files.items_of(part.response, step)
        return PageForm(typed, step=step, answers=step.answers, left_blank=part.path.left_blank, known_files=known)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        part = self.part()
        form = self.form(part, request.POST)
        if not form.is_valid():
            return self.show(part, form, status=422)
        typed = request.POST.get("revision", "")
        try:
            lifecycle.amend(
                self.subject.pk,
                part.survey.code,
                page_code=self.kwargs["page"],
                answers={key: value for key, value in form.answers().items() if not self.is_file(part, key)},
                revision=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0,
                actor=request.user,
            )
        except Refused as refused:
            form.add_error(None, refused.message)
            return self.show(self.part(), form, status=422)
        self.forget_typing()
        messages.success(request, gettext("Kept. It takes the place of what was sent when it is approved."))
        return redirect(self.url("amend"))

    @staticmethod
    def is_file(part: queries.Part, key: str) -> bool:
        code = history.question_of(key.rpartition(OF_ENTRY)[2])
        return part.definition.has_question(code) and kinds.of(part.definition.question(code)).holds_files

    def show(self, part: queries.Part, form: PageForm, *, status: int = 200) -> HttpResponse:
        revision = part.response.revision if part.response else 0
        context = self.get_context_data(form=form, step=self.step(part), revision=revision)
        return render(self.request, self.template_name, context, status=status)


class AmendStatement(OfProvisional, ActionView):
    """The written statement, to be changed."""

    access = rules.can_discuss
    form_class = forms.StatementForm
    template_name = "submissions/amend_statement.html"

    def get_initial(self) -> dict[str, Any]:
        text = amending.pending_statement(self.subject)
        return {"statement": self.subject.statement if text is None else text}

    def act(self, form: forms.StatementForm) -> None:
        lifecycle.amend_statement(self.subject.pk, form.cleaned_data["statement"], actor=self.request.user)
        messages.success(self.request, gettext("Kept. It takes the place of what was sent when it is approved."))

    def get_success_url(self) -> str:
        return self.url("amend")
