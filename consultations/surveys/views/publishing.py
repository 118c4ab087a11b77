"""Publishing a draft with its consequences, and the versions so far."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404

from consultations.programme import rules
from consultations.surveys import compiling, lifecycle, queries, translations
from consultations.surveys.changes import CLASSES, CONSEQUENCES, FORBIDDEN, NARROWING, Change, strongest
from consultations.surveys.definition import Definition
from consultations.surveys.forms.building import PlainForm
from consultations.surveys.forms.publishing import PublishForm
from consultations.surveys.minutes import minutes_for
from consultations.surveys.models import SurveyVersion
from consultations.surveys.problems import problems_in
from consultations.surveys.views.base import InSurvey
from engagement.core.views import ActionView, PageView

TITLES = {
    "forbidden": "Not possible",
    "narrowing": "Removals and stricter rules",
    "additive": "Additions",
    "wording": "Wording",
}


class Publish(InSurvey, ActionView):
    access = rules.runs
    form_class = PublishForm
    template_name = "surveys/publish.html"

    @cached_property
    def definition(self) -> Definition:
        return compiling.draft_of(self.survey)

    @cached_property
    def pending(self) -> list[Change]:
        return lifecycle.pending_changes(self.survey, self.definition)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "must_choose": strongest(self.pending) == NARROWING}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definition, changes = self.definition, self.pending
        version = self.survey.current_version
        kind = strongest(changes)
        groups = [
            {"title": TITLES[name], "kind": name, "changes": [change for change in changes if change.kind == name]}
            for name in reversed(CLASSES)
        ]
        problems = problems_in(definition)
        is_same = version is not None and version.sha256 == definition.sha256
        return super().get_context_data(
            problems=problems,
            groups=[group for group in groups if group["changes"]],
            consequence=CONSEQUENCES.get(kind, "") if changes else "",
            is_same=is_same,
            may_publish=not problems and not is_same and kind != FORBIDDEN,
            next_number=version.number + 1 if version else 1,
            asked=sum(question.is_answered for question in definition.questions()),
            page_count=len(definition.pages),
            minutes=minutes_for(definition.pages),
            untranslated=[
                sheet for sheet in translations.sheets(self.survey, definition) if sheet.missing or sheet.outdated
            ],
            **kwargs,
        )

    def act(self, form: Any) -> None:
        drafts = form.cleaned_data.get("drafts") or SurveyVersion.Drafts.STAY
        version = lifecycle.publish(self.survey.pk, actor=self.request.user, drafts=drafts)
        messages.success(self.request, f"Version {version.number} is published.")
        if "live" in self.request.POST:
            lifecycle.go_live(self.survey.pk, actor=self.request.user)
            messages.success(self.request, "The survey is live.")


class LetDraftsMove(InSurvey, ActionView):
    """Responses that were to finish on the version before move to this one after all."""

    access = rules.runs
    form_class = PlainForm
    template_name = "surveys/confirm.html"

    @cached_property
    def version(self) -> SurveyVersion:
        return get_object_or_404(queries.versions_of(self.survey), number=self.kwargs["number"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Let responses in progress move to version {self.version.number}?",
            text="The next time somebody opens a page they see one sentence on what changed. Answers that no longer "
            "fit are marked; none is deleted. This cannot be undone.",
            action="Let them move",
            back=self.address("versions"),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        lifecycle.let_drafts_move(self.survey.pk, self.version.number, actor=self.request.user)
        messages.success(self.request, f"Responses in progress move to version {self.version.number}.")

    def get_success_url(self) -> str:
        return self.address("versions")


class Versions(InSurvey, PageView):
    access = rules.works_on
    template_name = "surveys/versions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(versions=queries.versions_of(self.survey), **kwargs)
