"""The survey as a respondent meets it, for those who build it."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from consultations.programme import rules
from consultations.surveys import compiling
from consultations.surveys.definition import Definition, load
from consultations.surveys.forms import PageForm
from consultations.surveys.models import SurveyVersion
from consultations.surveys.path import Path, in_words, walk
from consultations.surveys.views.base import InSurvey
from engagement.core.views import Guarded

MOST_CARRIED = 500_000


class Preview(InSurvey, Guarded, TemplateView):
    """The survey as a respondent meets it. Nothing is stored: answers travel from page to page in the form."""

    access = rules.works_on
    template_name = "surveys/preview.html"

    @cached_property
    def definition(self) -> Definition:
        if number := self.request.GET.get("version", ""):
            numbers = {"number": int(number)} if number.isdecimal() and len(number) < 6 else {"number": 0}
            return load(get_object_or_404(SurveyVersion, survey=self.survey, **numbers))
        return compiling.draft_of(self.survey)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        path = walk(self.definition, {})
        return self.show(path, path.pages[0] if path.pages else None, {})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answers = self.carried()
        path = walk(self.definition, answers)
        step = path.nearest(request.POST.get("page", ""))
        if step is None:
            return self.show(path, None, answers)
        if "back" in request.POST:
            return self.show(path, path.previous_before(step.code) or step, answers)
        form = PageForm(request.POST, step=step, answers=answers)
        if not form.is_valid():
            return self.show(path, step, answers, form)
        answers.update(form.answers())
        path = walk(self.definition, answers)
        return self.show(path, path.next_after(step.code), answers)

    def carried(self) -> dict[str, Any]:
        text = self.request.POST.get("carried", "")
        try:
            answers = json.loads(text[:MOST_CARRIED] or "{}")
        except ValueError:
            return {}
        return answers if isinstance(answers, dict) else {}

    def show(self, path: Path, step: Any, answers: dict[str, Any], form: Any = None) -> HttpResponse:
        place = path.pages.index(step) + 1 if step in path.pages else 0
        context = self.get_context_data(
            step=step,
            form=(form or PageForm(step=step, answers=answers)) if step else None,
            carried=json.dumps(answers),
            place=place,
            total=len(path.pages),
            place_text=f"Page {place} of {len(path.pages)}",
            is_first=place == 1,
            rows=self.summary(path) if step is None else [],
            definition=self.definition,
            version_number=self.request.GET.get("version", ""),
        )
        return self.render_to_response(context, status=422 if form is not None else 200)

    def summary(self, path: Path) -> list[tuple[str, str]]:
        return [
            (question.label, in_words(path.definition, question.code, path.answers))
            for step in path.pages
            for question in step.questions
            if question.is_answered
        ]
