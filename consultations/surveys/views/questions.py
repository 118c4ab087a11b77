"""Pages and questions of a draft: add, change, move, copy, delete."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.utils.text import Truncator

from consultations.programme import rules
from consultations.programme.views.base import PressView
from consultations.surveys import actions, compiling, copying, kinds, pictures, removals
from consultations.surveys.conditions import in_words
from consultations.surveys.forms import building
from consultations.surveys.models import Question, Survey
from consultations.surveys.views.base import InSurvey
from consultations.surveys.wording import remarks_in
from engagement.core.errors import Refused
from engagement.core.views import ActionView, PageView

STEPS = {"up": -1, "down": 1}


class AnyPage(InSurvey, ActionView, abstract=True):
    access = rules.runs
    form_class = building.PageForm
    template_name = "surveys/page.html"

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#page-{self.shown_page.pk}"


class NewPage(AnyPage):
    creates_once = True

    def act(self, form: Any) -> None:
        self.shown_page = actions.add_page(self.survey, **form.cleaned_data)


class EditPage(AnyPage):
    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.page, name) for name in actions.PAGE_FACTS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        when = in_words(self.page.relevance, compiling.draft_of(self.survey)) if self.page.relevance else ""
        return super().get_context_data(page=self.page, when=when, **kwargs)

    def act(self, form: Any) -> None:
        actions.change_page(self.page, **form.cleaned_data)
        self.shown_page = self.page


class ShiftPage(InSurvey, PressView):
    """Up, down or copy."""

    access = rules.runs
    anchor = ""

    def act(self) -> None:
        way = self.kwargs["way"]
        if way == "copy":
            copy = copying.copy_page(self.page)
            self.done = f"“{copy}” was copied. Its questions have new codes."
            self.anchor = f"page-{copy.pk}"
            return
        actions.move_page(self.page, STEPS[way])
        order = list(self.survey.pages.order_by("order", "pk").values_list("pk", flat=True))
        is_at_end = self.page.pk == order[0 if way == "up" else -1]
        # The same button again, for whoever moves a page three places, as long as the page has it.
        self.anchor = f"page-{self.page.pk}" if is_at_end else f"page-{self.page.pk}-{way}"

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#{self.anchor}"


class DeletePage(InSurvey, ActionView):
    access = rules.runs
    form_class = building.PlainForm
    template_name = "surveys/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = self.page.questions.count()
        questions = f"and its {count} question{'' if count == 1 else 's'} go" if count else "goes"
        return super().get_context_data(
            title=f"Delete the page “{self.page}”?",
            text=f"The page {questions} from the draft. You can put it back until the next publishing. "
            "Answers that were given stay with their version."
            + depending(self.survey, set(self.page.questions.values_list("code", flat=True))),
            action="Delete the page",
            back=self.address("edit"),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        removals.delete_page(self.page, actor=self.request.user)
        messages.success(self.request, "The page is deleted from the draft.")

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#deleted"


class ChooseKind(InSurvey, PageView):
    """The first half of adding a question: its kind, one press on a link."""

    access = rules.runs
    template_name = "surveys/kind.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        families: dict[str, list[tuple[str, kinds.Kind]]] = {}
        for kind in kinds.ALL:
            address = self.address("new_question", self.page.pk, kind.name)
            families.setdefault(kind.family, []).append((address, kind))
        return super().get_context_data(page=self.page, families=list(families.items()), **kwargs)


class AnyQuestion(InSurvey, ActionView, abstract=True):
    access = rules.runs
    form_class = building.QuestionForm
    template_name = "surveys/question.html"

    def facts(self, form: Any) -> dict[str, Any]:
        """What the form says of the question, and for a picture which one it is."""
        facts: dict[str, Any] = form.facts()
        if form.kind == Question.Kind.IMAGE:
            sent, paper = form.cleaned_data["picture"], form.cleaned_data["paper"]
            try:
                facts["settings"] |= pictures.keep(self.survey, sent, paper, actor=self.request.user)
            except Refused as refused:
                raise Refused(refused.message, field="picture") from refused
        return facts

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#question-{self.saved.pk}"


class NewQuestion(AnyQuestion):
    creates_once = True

    @cached_property
    def kind(self) -> Question.Kind:
        try:
            return Question.Kind(self.kwargs["kind"])
        except ValueError:
            raise Http404 from None

    def get_form_kwargs(self) -> dict[str, Any]:
        known, every = self.codes_before(self.page)
        return {
            **super().get_form_kwargs(),
            "kind": self.kind.value, "page": self.page, "question": None, "known": known, "every": every,
        }  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=self.page, kind_label=self.kind.label, **kwargs)

    def act(self, form: Any) -> None:
        fallback = f"question_{len(form.every) + 1}"
        code = form.cleaned_data["code"] or actions.unused_code(
            actions.identifier(form.cleaned_data["label"], fallback), form.every
        )
        self.saved = actions.save_question(
            self.page,
            {**self.facts(form), "code": code, "kind": self.kind.value},
            choices=form.cleaned_data.get("choices", ()),
            rows=form.cleaned_data.get("statements", ()),
        )


class EditQuestion(AnyQuestion):
    def get_initial(self) -> dict[str, Any]:
        return building.QuestionForm.initial_of(self.question)

    def get_form_kwargs(self) -> dict[str, Any]:
        known, every = self.codes_before(self.question.page, self.question)
        return {
            **super().get_form_kwargs(),
            "kind": self.question.kind, "page": self.question.page, "question": self.question,
            "known": known, "every": every - {self.question.code},
        }  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definition = compiling.draft_of(self.survey)
        return super().get_context_data(
            page=self.question.page,
            question=self.question,
            kind_label=self.question.get_kind_display(),
            when=in_words(self.question.relevance, definition),
            remarks=remarks_in(definition).get(self.question.code, []),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        self.saved = actions.save_question(
            self.question.page,
            self.facts(form),
            question=self.question,
            choices=form.cleaned_data.get("choices", ()),
            rows=form.cleaned_data.get("statements", ()),
        )


class ShiftQuestion(InSurvey, PressView):
    """Up, down or copy."""

    access = rules.runs
    anchor = ""

    def act(self) -> None:
        if self.kwargs["way"] == "copy":
            copy = copying.copy_question(self.question)
            self.done = f"The question was copied; the copy has the code “{copy.code}”."
            self.anchor = f"question-{copy.pk}"
        else:
            actions.move_question(self.question, STEPS[self.kwargs["way"]])
            # The same button again: whoever moves a question three places presses it three times.
            self.anchor = f"question-{self.question.pk}-{self.kwargs['way']}"

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#{self.anchor}"


class DeleteQuestion(InSurvey, ActionView):
    access = rules.runs
    form_class = building.PlainForm
    template_name = "surveys/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Delete this question?",
            text=f"“{self.question.label}” goes from the draft. You can put it back until the next publishing, and "
            "answers that were given to it stay with their version." + depending(self.survey, {self.question.code}),
            action="Delete the question",
            back=self.address("edit"),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        removals.delete_question(self.question, actor=self.request.user)
        messages.success(self.request, "The question is deleted from the draft.")

    def get_success_url(self) -> str:
        return f"{self.address('edit')}#deleted"


def depending(survey: Survey, codes: set[str]) -> str:
    """A warning about what looks at the answers to these questions, for before they are deleted; "" for nothing."""
    found = removals.looking_at(compiling.draft_of(survey), codes)
    if not found:
        return ""
    named = ", ".join(f"“{Truncator(one).chars(80)}”" for one in found[:5])
    return f" Correct afterwards what depends on it, or the survey cannot be published: {named}."
