"""What colleagues say to each other about the response, and how its texts came to be."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext

from consultations.submissions import actions, history, queries, rules, workspaceforms
from consultations.submissions.models import Comment
from consultations.submissions.views.base import OfSubmission, with_query
from engagement.core.errors import Refused
from engagement.core.views import ActionView, PageView

SAVES_ON_A_PAGE = 20


class Places:
    """The sections and questions that a comment can be about: value in forms -> where it belongs, and words."""

    def __init__(self, parts: list[queries.Part]) -> None:
        self.choices: list[Any] = []
        self.where: dict[str, tuple[queries.Place, str]] = {}
        self.words: dict[tuple[queries.Place, str], str] = {}
        for part in parts:
            options = []
            for page in part.definition.pages:
                step = part.path.step(page.code)
                if step is None:
                    continue
                place, value = (part.survey.pk, page.code), f"{part.survey.code}:{page.code}"
                options.append(self._add(value, place, "", step.title))
                for question in page.questions:
                    if question.is_answered:
                        about = f"{value}:{question.code}"
                        options.append(self._add(about, place, question.code, f"– {question.label}"))
            self.choices.append((part.definition.title, options))
        self.choices.append(self._add("statement", (None, ""), "", gettext("Written statement")))

    def _add(self, value: str, place: queries.Place, question: str, words: str) -> tuple[str, str]:
        self.where[value] = (place, question)
        self.words[(place, question)] = words.removeprefix("– ")
        return value, words

    def said(self, comment: Comment) -> str:
        """What a comment is about; empty for what is not asked any more."""
        place = (comment.survey_id, comment.page)
        section = self.words.get((place, ""), "")
        if not comment.question_code:
            return section
        question = self.words.get((place, comment.question_code), "")
        return f"{section}: {question}" if section and question and section != question else question or section


class Comments(OfSubmission, ActionView):
    """Open comments first, then those that were dealt with; and a form for one more."""

    access = rules.is_colleague
    changes = rules.can_discuss
    form_class = workspaceforms.CommentForm
    template_name = "submissions/comments.html"
    creates_once = True

    def places(self) -> Places:
        if not hasattr(self, "_places"):
            self._places = Places(queries.parts_of(self.subject))
        return self._places

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "places": self.places().choices}

    def get_initial(self) -> dict[str, Any]:
        return {"about": self.request.GET.get("about", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [{"it": one, "about": self.places().said(one)} for one in queries.comments(self.subject)]
        return super().get_context_data(
            open=[row for row in rows if row["it"].resolved_at is None],
            done=[row for row in rows if row["it"].resolved_at is not None],
            may_discuss=rules.can_discuss(self.request.user, self.subject),
            **kwargs,
        )

    def act(self, form: workspaceforms.CommentForm) -> None:
        place, question = self.places().where[form.cleaned_data["about"]]
        self.made = actions.comment(
            self.subject.pk,
            text=form.cleaned_data["text"],
            place=place,
            question_code=question,
            actor=self.request.user,
        )

    def get_success_url(self) -> str:
        return f"{self.url('comments')}#comment-{self.made.pk}"


class ResolveComment(OfSubmission, PageView):
    """A button: dealt with, or open again."""

    access = rules.can_discuss
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(self.subject.comments, public_id=kwargs["comment"])
        actions.resolve(found.pk, "reopen" not in request.POST, actor=request.user)
        return redirect(f"{self.url('comments')}#comment-{found.pk}")


class History(OfSubmission, PageView):
    """Every save of one survey, or of the statement, with the difference that it made."""

    access = rules.is_partner
    template_name = "submissions/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        every = queries.parts_of(self.subject)
        parts = [part for part in every if part.response is not None]
        part = next((one for one in every if one.survey.code == self.kwargs.get("survey")), None)
        if part is None and "survey" in self.kwargs:
            raise Http404
        question = self.request.GET.get("question", "")
        if part is not None:
            saves = history.of_answers(part, question=question)
        else:
            saves = history.of_statement(self.subject)
        may_restore = self.subject.is_draft and rules.is_writer(self.request.user, self.subject)
        label = history.label_of(part.definition, question) if part and part.definition.has_question(question) else ""
        return super().get_context_data(
            page_obj=Paginator(saves, SAVES_ON_A_PAGE).get_page(self.request.GET.get("page")),
            part=part,
            parts=parts,
            has_statement=self.subject.statement_revision > 0,
            question=question if label else "",
            question_label=label,
            may_restore=may_restore,
            is_personal=self.subject.organisation_id is None,
            **kwargs,
        )


class Restore(OfSubmission, PageView):
    """A button: an earlier text stands again, as a save of its own."""

    access = rules.is_writer
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        survey, number = kwargs.get("survey"), kwargs["number"]
        try:
            if survey is None:
                actions.restore_statement(self.subject.pk, number, actor=request.user)
            else:
                part = queries.part_of(self.subject, survey)
                if part is None or part.response is None:
                    raise Http404
                actions.restore_answer(part.response.pk, number, request.POST.get("key", ""), actor=request.user)
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(
                request, gettext("Put back. It is a save of its own, and what stood there before is kept below it.")
            )
        address = self.url("history", survey) if survey else self.url("statement_history")
        return redirect(with_query(address, question=request.POST.get("question", "")))
