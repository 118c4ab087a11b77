"""When a page or a question is shown: put together from earlier questions, or written as an expression."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse

from consultations.programme import rules
from consultations.surveys import actions, compiling
from consultations.surveys.conditions import in_words
from consultations.surveys.conditions.rows import Rows, read
from consultations.surveys.definition import Definition, Question
from consultations.surveys.forms.building import sentences_on
from consultations.surveys.forms.conditions import ConditionForm, ExpressionForm, can_show, subjects_of
from consultations.surveys.models import Page
from consultations.surveys.models import Question as QuestionRow
from consultations.surveys.views.base import InSurvey
from engagement.core.views import ActionView


class AnyCondition(InSurvey, ActionView, abstract=True):
    """Rows where they can say the condition; a text box where they cannot, or where somebody asks for it."""

    access = rules.runs
    template_name = "surveys/condition.html"
    thing: Page | QuestionRow
    noun = ""
    name = ""

    # --- what it is about --------------------------------------------------------------------------------

    def codes(self) -> tuple[set[str], set[str]]:
        """The codes that the condition may look at, and all codes of the survey."""
        raise NotImplementedError

    @cached_property
    def known(self) -> set[str]:
        return self.codes()[0]

    @cached_property
    def definition(self) -> Definition:
        return compiling.draft_of(self.survey)

    @cached_property
    def subjects(self) -> dict[str, Question]:
        return subjects_of(self.definition.pages, self.known)

    @cached_property
    def condition(self) -> Rows | None:
        found = read(self.thing.relevance)
        return found if can_show(found, self.subjects) else None

    @property
    def is_text(self) -> bool:
        """Whether it is edited as text: it is too special for rows, or somebody asked for it."""
        asked = self.request.GET.get("as", "")
        return asked == "text" or (self.condition is None and asked != "rows")

    # --- the form ----------------------------------------------------------------------------------------

    def get_form_class(self) -> Any:
        return ExpressionForm if self.is_text else ConditionForm

    def get_initial(self) -> dict[str, Any]:
        return {"expression": self.thing.relevance}

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return kwargs if self.is_text else {**kwargs, "subjects": self.subjects, "condition": self.condition}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            noun=self.noun,
            thing=self.thing,
            name=self.name,
            is_text=self.is_text,
            is_special=self.condition is None,
            words=in_words(self.thing.relevance, self.definition),
            has_subjects=bool(self.subjects),
            back=self.get_success_url(),
            **kwargs,
        )

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if isinstance(form, ConditionForm) and not form.is_saved:
            # A row came or went; nothing is checked or saved yet.
            return self.render_to_response(self.get_context_data(form=form.again()))
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def act(self, form: Any) -> None:
        if isinstance(form, ConditionForm):
            text = form.expression()
        else:
            text = form.cleaned_data["expression"].strip()
        known, every = self.codes()
        for sentence in sentences_on(text, known, every):
            form.add_error("expression" if self.is_text else None, sentence)
        if not form.errors:
            actions.set_relevance(self.thing, text)
            words = in_words(text, compiling.draft_of(self.survey))
            messages.success(self.request, f"Saved: shown when {words}." if words else "Saved: shown to everybody.")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        return self.form_invalid(form) if form.errors else answer


class QuestionCondition(AnyCondition):
    """When one question is shown."""

    noun = "question"

    @property
    def thing(self) -> QuestionRow:  # type: ignore[override]
        return self.question

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.question.label

    def codes(self) -> tuple[set[str], set[str]]:
        return self.codes_before(self.question.page, self.question)

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#question-{self.question.pk}"


class PageCondition(AnyCondition):
    """When a whole page is shown."""

    noun = "page"

    @property
    def thing(self) -> Page:  # type: ignore[override]
        return self.page

    def codes(self) -> tuple[set[str], set[str]]:
        known, every = self.codes_before(self.page)
        return known - {question.code for question in self.page.questions.all()}, every

    @property
    def name(self) -> str:  # type: ignore[override]
        first = self.page.questions.order_by("order", "pk").first()
        return self.page.title or (first.label if first else self.page.code)

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#page-{self.page.pk}"
