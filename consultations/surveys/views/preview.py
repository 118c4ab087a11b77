"""The survey as any respondent meets it, for those who build it: every page, and why it is shown or not.

Nothing is stored. Answers travel from page to page in the form, and so does as whom somebody looks.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.generic import TemplateView

from consultations.programme import rules
from consultations.surveys import compiling, previewing, queries
from consultations.surveys.definition import Definition, entry_key, load
from consultations.surveys.forms import PageForm
from consultations.surveys.forms.previewing import DRAFT, PreviewForm
from consultations.surveys.minutes import minutes_for
from consultations.surveys.models import SurveyVersion
from consultations.surveys.path import OF_ENTRY, Path, Step, walk
from consultations.surveys.views.base import InSurvey
from engagement.core.languages import known
from engagement.core.views import Guarded
from engagement.stakeholders.models import Area, Kind

MOST_CARRIED = 500_000
MOST_ENTRIES = 50
TASKS, CHECK = "/tasks", "/check"


class Preview(InSurvey, Guarded, TemplateView):
    access = rules.works_on
    template_name = "surveys/preview.html"

    # --- as whom ------------------------------------------------------------------------------------------

    @cached_property
    def versions(self) -> list[int]:
        return list(queries.versions_of(self.survey).order_by("-number").values_list("number", flat=True))

    @cached_property
    def chosen_version(self) -> str:
        """“draft” or the number of a version of this survey; raises Http404 for any other in the address."""
        posted = self.request.POST.get("preview-version")
        wanted = posted if posted is not None else self.request.GET.get("version", "") or DRAFT
        if wanted == DRAFT or (wanted.isdecimal() and len(wanted) < 6 and int(wanted) in self.versions):
            return wanted
        raise Http404

    @cached_property
    def original(self) -> Definition:
        if self.chosen_version == DRAFT:
            return compiling.draft_of(self.survey)
        return load(SurveyVersion.objects.get(survey=self.survey, number=int(self.chosen_version)))

    @cached_property
    def chosen(self) -> PreviewForm:
        """What was chosen; a value that is no longer offered falls back to the first."""
        first = {"version": self.chosen_version, "language": self.original.language, "who": "self"}
        initial = {**first, "language": self.request.GET.get("language") or self.original.language}
        data = {f"preview-{name}": value for name, value in initial.items()}
        if self.request.method == "POST":
            data |= {name: value for name, value in self.request.POST.items() if name.startswith("preview-") and value}
        form = PreviewForm(data, versions=self.versions, definition=self.original)
        form.is_valid()
        for name, value in first.items():
            if not form.cleaned_data.get(name):
                form.cleaned_data[name] = value
        return form

    @cached_property
    def definition(self) -> Definition:
        return self.original.in_language(self.chosen.cleaned_data["language"])

    # --- going through ------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        path = self.walk({})
        return self.show(path, path.pages[0].code if path.pages else "", {})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answers = self.carried()
        here = request.POST.get("preview-page", "")
        go = request.POST.get("preview-go", "")
        path = self.walk(answers)
        step = self.step(path, here)
        if step is None or step.is_list:
            return self.leave_list(path, step, go, answers)
        is_next = go in {"", "next"}
        require = is_next and path.step(here) is not None
        form = PageForm(request.POST, files=request.FILES, step=step, answers=step.answers, require=require)
        is_valid = form.is_valid()
        form.count_new_files()
        if not is_valid and is_next:
            return self.show(path, here, answers, form)
        # Whoever goes elsewhere takes along what could be read so far.
        answers.update(form.answers())
        path = self.walk(answers)
        return self.show(path, self.target(path, here, go), answers)

    def leave_list(self, path: Path, step: Step | None, go: str, answers: dict[str, Any]) -> HttpResponse:
        """From a list of entries, the tasks or the check page: nothing is typed there."""
        here = self.request.POST.get("preview-page", "")
        if step is None:
            return self.show(path, self.target(path, here, go or here), answers)
        page = step.page
        what, _, number = go.partition(":")
        numbers = [entry.entry for entry in step.entries]
        if what == "add" and step.may_add and len(numbers) < MOST_ENTRIES:
            new = max(numbers, default=0) + 1
            answers[entry_key(page.code, new)] = True
            return self.show(self.walk(answers), entry_key(page.code, new), answers)
        if what == "remove" and number.isdecimal():
            start = entry_key(page.code, int(number))
            answers = {
                key: value for key, value in answers.items() if key != start and not key.startswith(start + OF_ENTRY)
            }
            return self.show(self.walk(answers), page.code, answers)
        if what in {"add", "remove"}:
            return self.show(path, page.code, answers)
        if go in {"", "next"}:
            answers.setdefault(page.code, None)
            if len(numbers) < (page.least_entries or 0):
                lacks = f"Add at least {page.least_entries}."
                return self.show(path, here, answers, lacks=lacks)
        return self.show(self.walk(answers), self.target(path, here, go), answers)

    def target(self, path: Path, here: str, go: str) -> str:
        """Where a button leads: the code of a step, or one of the two pages around the survey."""
        what, _, code = go.partition(":")
        if what in {"tasks", "check"}:
            return f"/{what}"
        if what == "page":
            return code
        if what == "stay":
            return here
        page, _, entry = here.partition(OF_ENTRY)
        if entry:
            # An entry leads back to the list that it stands in.
            return page
        found = path.previous_before(here) if what == "back" else path.next_after(here)
        if found is None:
            return TASKS if what == "back" else CHECK
        return found.code

    def walk(self, answers: dict[str, Any]) -> Path:
        """The path of these answers, with what the link would have brought."""
        return walk(self.definition, {**answers, **self.chosen.hidden_values()})

    def step(self, path: Path, code: str) -> Step | None:
        """The step of this code, on the path or off it; None for the pages around the survey and for nonsense."""
        found = path.step(code)
        if found is not None:
            return found
        page = next((page for page in self.definition.pages if page.code == code.partition(OF_ENTRY)[0]), None)
        return previewing.step_off_path(path, page) if page is not None else None

    def carried(self) -> dict[str, Any]:
        text = self.request.POST.get("preview-carried", "")
        try:
            answers = json.loads(text[:MOST_CARRIED] or "{}")
        except ValueError:
            return {}
        return answers if isinstance(answers, dict) else {}

    # --- showing ------------------------------------------------------------------------------------------

    def show(
        self, path: Path, here: str, answers: dict[str, Any], form: PageForm | None = None, *, lacks: str = ""
    ) -> HttpResponse:
        step = self.step(path, here)
        if step is None and here not in {TASKS, CHECK}:
            here = TASKS
        with translation.override(self.language):
            context = self.get_context_data(
                step=step,
                here=step.code if step else here,
                form=form or (self.page_form(path, step) if step and not step.is_list else None),
                carried=json.dumps(answers),
                outline=previewing.outline(path),
                explained=self.explained(path, step),
                definition=self.definition,
                choosing=self.chosen,
                respondent=self.respondent(),
                is_draft=self.chosen_version == DRAFT,
                version=self.chosen_version,
                lacks=lacks,
                **(self.place(path, step) if step else {}),
                **(self.around(path, here) if step is None else {}),
            )
            response = self.render_to_response(context, status=422 if form is not None or lacks else 200)
            response.render()
        return response

    @property
    def language(self) -> str:
        """The language of the page around the questions: that of the survey where the site speaks it."""
        return known(self.chosen.cleaned_data["language"]) or translation.get_language() or "en-gb"

    @staticmethod
    def page_form(path: Path, step: Step) -> PageForm:
        return PageForm(step=step, answers=step.answers, left_blank=path.left_blank)

    def explained(self, path: Path, step: Step | None) -> previewing.Outlined | None:
        """What decides over the page that is shown."""
        if step is None:
            return None
        return next(one for one in previewing.outline(path) if one.code == step.page.code)

    def place(self, path: Path, step: Step) -> dict[str, Any]:
        pages = path.pages
        number = next((n for n, one in enumerate(pages, 1) if one.code == step.page.code), 0)
        minutes = minutes_for(pages[number:])
        left = f", about {minutes} minute{'' if minutes == 1 else 's'} left after this" if minutes and number else ""
        return {
            "place": number,
            "total": len(pages),
            "where": f"{self.definition.title}: section {number} of {len(pages)}{left}" if number else "",
            "is_first": number == 1 and not step.entry,
            "entries": [
                {
                    "step": entry,
                    "lines": [line for one in entry.questions if one.is_answered for line in entry.lines(one)],
                    "status": str(path.status(entry.code)),
                }
                for entry in step.entries
            ],
        }

    def around(self, path: Path, here: str) -> dict[str, Any]:
        """The list of parts, or every answer to check before sending."""
        if here == TASKS:
            tasks = [
                {
                    "code": step.code,
                    "title": step.title,
                    "state": str(path.status(step.code)),
                    "label": previewing.status_label(str(path.status(step.code))),
                }
                for step in path.pages
            ]
            return {"is_tasks": True, "tasks": tasks, "done": sum(task["state"] == "completed" for task in tasks)}
        missing = {where for where, _ in path.missing}
        sections = [
            {
                "code": step.code,
                "title": step.title,
                "rows": [
                    (question.label, "\n".join(step.lines(question)), question.required)
                    for question in step.questions
                    if question.is_answered
                ],
            }
            for step in path.each()
        ]
        lacking = [
            f"“{step.title}” has something that needs an answer before it can be sent."
            for step in (*path.pages, *(entry for one in path.pages for entry in one.entries))
            if step.code in missing
        ]
        return {
            "is_tasks": False,
            "sections": [section for section in sections if section["rows"]],
            "lacking": lacking,
            "off_path": len(path.off_path),
        }

    def respondent(self) -> dict[str, str]:
        """As whom: words for the page."""
        facts = self.chosen.cleaned_data
        kind = Kind.objects.select_related("sector").filter(code=facts.get("kind") or "").first()
        area = Area.objects.filter(code=facts.get("area") or "").first()
        who = dict(self.chosen.fields["who"].choices)[facts["who"]]  # type: ignore[attr-defined]
        words = [who, f"{kind.name} ({kind.sector.name})" if kind else "", area.name if area else ""]
        return {"who": facts["who"], "words": ", ".join(word for word in words if word)}
