"""The surveys of a consultation, and one of them as a whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse

from consultations.programme import rules
from consultations.programme.views.base import PressView
from consultations.surveys import actions, compiling, lifecycle, queries
from consultations.surveys.conditions import in_words
from consultations.surveys.definition import Definition
from consultations.surveys.definition import Page as DocumentPage
from consultations.surveys.forms import building
from consultations.surveys.minutes import minutes_for
from consultations.surveys.models import Page, Removal
from consultations.surveys.problems import problems_in
from consultations.surveys.views.base import InSurvey, OfSurvey, OfSurveys
from consultations.surveys.wording import Remark, age_of, remarks_in
from engagement.core.views import ActionView, AsksFirst, ListPage, PageView

# How many deleted things the builder offers to put back.
MOST_REMOVALS = 10


class SurveyList(OfSurveys, ListPage):
    access = rules.works_on
    template_name = "surveys/list.html"
    context_object_name = "surveys"

    def get_queryset(self) -> Any:
        return queries.surveys_of(self.subject)


class NewSurvey(OfSurveys, ActionView):
    creates_once = True
    access = rules.runs
    form_class = building.SurveyForm
    template_name = "surveys/new.html"

    def crumbs(self) -> list[tuple[str, str]]:
        return [*super().crumbs(), ("Surveys", reverse("surveys:list", args=[self.subject.reference]))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "consultation": self.subject}

    def act(self, form: Any) -> None:
        self.made = actions.create_survey(self.subject, actor=self.request.user, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("surveys:edit", args=[self.subject.reference, self.made.code])


class EditSurvey(OfSurvey, PageView):
    """The whole survey on one page. Officers read it; engagement staff change it."""

    access = rules.works_on
    template_name = "surveys/edit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = queries.draft_pages(self.survey)
        definition = compiling.draft_of(self.survey, pages)
        remarks = remarks_in(definition)
        return super().get_context_data(
            pages=[drawn_page(page, definition, remarks) for page in pages],
            reading_age=age_of(definition),
            remark_count=sum(len(found) for found in remarks.values()),
            minutes=minutes_for(definition.pages),
            removals=self.removals(pages),
            problems=problems_in(definition),
            is_changed=self.survey.current_version is None or self.survey.current_version.sha256 != definition.sha256,
            moved={page.code for page in definition.pages} - {page.code for page in pages},
            **kwargs,
        )

    def removals(self, pages: list[Page]) -> list[Removal]:
        """What can be put back, newest first, each with the page where it was as `place` (0 when that is gone)."""
        places = {page.code: page.pk for page in pages}
        found = list(self.survey.removals.all()[:MOST_REMOVALS])
        for removal in found:
            removal.place = places.get(removal.document["code"], 0)  # type: ignore[attr-defined]
        return found


class SurveyFacts(InSurvey, ActionView):
    access = rules.runs
    form_class = building.SurveyForm
    template_name = "surveys/facts.html"

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.survey.title, "intro": self.survey.intro, "theme": self.survey.theme_id}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "consultation": self.subject}

    def act(self, form: Any) -> None:
        actions.change_survey(self.survey, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Saved in the draft.")


class DeleteSurvey(InSurvey, ActionView):
    access = rules.runs
    form_class = building.PlainForm
    template_name = "surveys/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Delete “{self.survey.title}”?",
            text="Its pages and questions go, and cannot be brought back.",
            action="Delete the survey",
            back=self.address("edit"),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.delete_survey(self.survey, actor=self.request.user)
        messages.success(self.request, "The survey is deleted.")

    def get_success_url(self) -> str:
        return reverse("surveys:list", args=[self.subject.reference])


class MoveState(AsksFirst, InSurvey, PressView):
    """Put a published survey live, or close it."""

    access = rules.runs

    @property
    def is_closing(self) -> bool:
        return bool(self.kwargs["move"] == "close")

    @property
    def action(self) -> str:  # type: ignore[override]
        return "Close the survey" if self.is_closing else "Put it live"

    @property
    def is_danger(self) -> bool:  # type: ignore[override]
        return self.is_closing

    def question(self) -> str:
        return f"Close “{self.survey.title}”?" if self.is_closing else f"Put “{self.survey.title}” live?"

    def consequence(self) -> str:
        if self.is_closing:
            return (
                "It takes no more answers from this moment, not even from people who have begun. What they wrote is "
                "kept. The consultation and its other surveys stay as they are."
            )
        return (
            "People can answer it as long as the consultation is open. From then on wording can be corrected and "
            "questions can be added, but no question that was asked can be changed into another."
        )

    def act(self) -> None:
        if self.is_closing:
            lifecycle.close(self.survey.pk, actor=self.request.user)
            self.done = "The survey is closed: it takes no more answers."
        else:
            lifecycle.go_live(self.survey.pk, actor=self.request.user)
            self.done = "The survey is live: people can answer it while the consultation is open."


def drawn_page(page: Page, definition: Definition, remarks: dict[str, list[Remark]]) -> Page:
    """The page with what the builder shows of it: its questions with remarks on their wording, what it goes by,
    conditions in words, minutes."""
    rows = sorted(page.questions.all(), key=lambda row: (row.order, row.pk))
    for row in rows:
        row.when = in_words(row.relevance, definition)  # type: ignore[attr-defined]
        row.remarks = remarks.get(row.code, [])  # type: ignore[attr-defined]
    drawn: Any = page
    drawn.rows = rows
    # A page without a title goes by its first question.
    drawn.heading = page.title or (rows[0].label if rows else page.code)
    drawn.when = in_words(page.relevance, definition)
    compiled = {question.code: question for question in definition.questions()}
    asked = tuple(compiled[row.code] for row in rows if row.code in compiled)
    drawn.minutes = minutes_for([DocumentPage(page.code, questions=asked)])
    return page
