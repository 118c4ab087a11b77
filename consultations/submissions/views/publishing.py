"""What may become of one answer, where it is to be kept back more than the whole response."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.utils.translation import gettext

from consultations.submissions import actions, confidentiality, forms, queries, rules
from consultations.submissions.models import Submission
from consultations.submissions.views.base import CHECK, OfDraft, with_query
from consultations.surveys.definition import Question
from consultations.surveys.path import Step
from engagement.core.views import ActionView

Choice = Submission.Confidentiality


def fates(submission: Submission, part: queries.Part, step: Step) -> list[tuple[str, str, str]]:
    """(code, label, what happens to the answer) of what is written in own words on a page of a partner's survey."""
    if submission.is_test or submission.is_intake:
        return []
    return [
        (
            question.code,
            question.label,
            confidentiality.words_for(submission, question.code, survey_code=part.survey.code, question=question),
        )
        for question in step.questions
        if confidentiality.may_be_chosen_for(question)
    ]


def address_for(page: Any, part: queries.Part, step: Step, code: str) -> str:
    """Where it is chosen what may become of one answer of this page of a survey."""
    if not any(question.code == code for question in step.questions):
        raise Http404
    return with_query(page.url("publishing", part.survey.code, code), page=step.code, **{"from": page.origin})


class OneAnswer(OfDraft, ActionView):
    """Reached from the question and from the check page, and leads back there."""

    access = rules.can_write
    form_class = forms.AnswerPublishingForm
    template_name = "submissions/publishing.html"

    def question(self) -> Question:
        if not hasattr(self, "_question"):
            part = queries.part_of(self.subject, self.kwargs["survey"])
            code = self.kwargs["question"]
            if part is None or not part.definition.has_question(code):
                raise Http404
            self._question = part.definition.question(code)
            if not confidentiality.may_be_chosen_for(self._question):
                raise Http404
        return self._question

    def chosen(self) -> str:
        found: str = self.subject.stricter.get(self.kwargs["survey"], {}).get(self.question().code, "")
        return found if found in confidentiality.stricter_choices(self.subject) else ""

    def get_initial(self) -> dict[str, Any]:
        return {"choice": self.chosen()}

    def get_form_kwargs(self) -> dict[str, Any]:
        words = {
            Choice.UNNAMED.value: gettext("It may be published, but without our name beside it")
            if self.subject.organisation_id
            else gettext("It may be published, but without my name beside it"),
            Choice.WITHHELD.value: gettext("It must not be published"),
        }
        choices = [
            ("", gettext("The same as with the whole response")),
            *((value, words[value]) for value in confidentiality.stricter_choices(self.subject)),
        ]
        return {**super().get_form_kwargs(), "choices": choices}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = self.question()
        return super().get_context_data(
            question=question,
            words=confidentiality.words_for(
                self.subject, question.code, survey_code=self.kwargs["survey"], question=question
            ),
            back=self.get_success_url(),
            **kwargs,
        )

    def act(self, form: forms.AnswerPublishingForm) -> None:
        actions.choose_for_answer(
            self.subject.pk,
            self.kwargs["survey"],
            self.question().code,
            form.cleaned_data["choice"],
            actor=self.request.user,
        )
        messages.success(self.request, gettext("Saved. It holds for this answer alone."))

    def get_success_url(self) -> str:
        """Back to the page of the question, or to the check page."""
        page = self.request.GET.get("page", "")
        part = queries.part_of(self.subject, self.kwargs["survey"])
        if part is None or not page or part.path.step(page) is None:
            return self.url("check")
        origin = CHECK if self.request.GET.get("from") == CHECK else ""
        return with_query(self.url("section", self.kwargs["survey"], page), **{"from": origin})
