"""Publishing a draft with its consequences, and the versions so far."""

from __future__ import annotations

from typing import Any

from django.contrib import messages

from consultations.programme import rules
from consultations.surveys import compiling, lifecycle, queries
from consultations.surveys.changes import CLASSES, CONSEQUENCES, FORBIDDEN, strongest
from consultations.surveys.forms import building
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
    form_class = building.PlainForm
    template_name = "surveys/publish.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definition = compiling.draft_of(self.survey)
        changes = lifecycle.pending_changes(self.survey, definition)
        version = self.survey.current_version
        kind = strongest(changes)
        groups = [
            {"title": TITLES[name], "kind": name, "changes": [change for change in changes if change.kind == name]}
            for name in reversed(CLASSES)
        ]
        problems = compiling.problems_in(definition)
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
            **kwargs,
        )

    def act(self, form: Any) -> None:
        version = lifecycle.publish(self.survey.pk, actor=self.request.user)
        messages.success(self.request, f"Version {version.number} is published.")
        if "live" in self.request.POST:
            lifecycle.go_live(self.survey.pk, actor=self.request.user)
            messages.success(self.request, "The survey is live.")


class Versions(InSurvey, PageView):
    access = rules.works_on
    template_name = "surveys/versions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(versions=queries.versions_of(self.survey), **kwargs)
