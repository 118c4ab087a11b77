"""Importing a questionnaire from a workbook, with a dry run first, and exporting one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from consultations.programme import rules
from consultations.surveys import actions, compiling, xlsform
from consultations.surveys.definition import Definition, load
from consultations.surveys.forms import building
from consultations.surveys.models import Question
from consultations.surveys.views.base import InSurvey, OfSurveys
from consultations.surveys.xlsform import Imported
from engagement.core.errors import Refused
from engagement.core.views import ActionView, Guarded

SALT = "surveys.import"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A dry run that was left lying longer than this is made again.
PLAN_SECONDS = 24 * 3600
LONGEST_PLAN = 4_000_000
EFFECTS = {
    "new": "A new survey is made. People see nothing of it before you publish it and put it live.",
    "same": "Nothing changes: the survey has exactly these questions already.",
    "replaces": "The draft of the survey with this code is replaced. What people answer changes when you publish it.",
}


class ImportWorkbook(OfSurveys, ActionView):
    """Choose a file, see what would become of it, confirm. Between the two nothing is kept on the server."""

    access = rules.runs
    form_class = building.WorkbookForm
    template_name = "surveys/import.html"

    def crumbs(self) -> list[tuple[str, str]]:
        return [*super().crumbs(), ("Surveys", reverse("surveys:list", args=[self.subject.reference]))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "plan" in request.POST:
            return self.confirm(request.POST["plan"])
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        upload = form.cleaned_data["file"]
        imported = xlsform.read(upload.read(), upload.name)
        return self.show(imported)

    def show(self, imported: Imported, problem: str = "") -> HttpResponse:
        """The dry run: everything that would happen and every message."""
        effect, survey = ("", None) if imported.is_refused else actions.import_effect(self.subject, imported)
        try:
            if not imported.is_refused:
                actions.check_themes(self.subject, imported)
        except Refused as refused:
            problem = refused.message
        is_possible = not imported.is_refused and not problem
        plan = _plan(imported) if is_possible else ""
        if len(plan) > LONGEST_PLAN:
            problem, is_possible = "The workbook is too large to import. Split it into several surveys.", False
        self.template_name = "surveys/import_preview.html"
        context = self.get_context_data(
            form=None,
            imported=imported,
            effect=EFFECTS.get(effect, ""),
            existing=survey,
            notes=[message for message in imported.messages if not message.is_error],
            base=f"of {imported.questions} in the workbook",
            pages=_outline(imported),
            problem=problem,
            is_possible=is_possible,
            is_same=effect == "same",
            plan=plan if is_possible else "",
        )
        return self.render_to_response(context, status=200 if is_possible else 422)

    def confirm(self, plan: str) -> HttpResponse:
        form = self.get_form()
        form.is_bound = False
        try:
            imported = _imported(plan)
        except signing.BadSignature:
            messages.error(self.request, "The preview is out of date. Choose the workbook again.")
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            [survey] = actions.import_workbook(self.subject, imported, self.request.user)
        except Refused as refused:
            return self.show(imported, refused.message)
        messages.success(self.request, f"“{imported.file_name}” is imported into the draft of “{survey.title}”.")
        response = HttpResponse(status=302)
        response["Location"] = reverse("surveys:edit", args=[self.subject.reference, survey.code])
        return response


def _outline(imported: Imported) -> list[dict[str, Any]]:
    """The pages and questions that the workbook gives, for reading; pages without a title are joined."""
    kinds = dict(Question.Kind.choices)
    outline: list[dict[str, Any]] = []
    count = 0
    for page in imported.definition.pages if imported.definition else ():
        if not outline or page.title or outline[-1]["title"]:
            outline.append({"title": page.title, "start": count + 1, "questions": []})
        for question in page.questions:
            count += 1
            outline[-1]["questions"].append(
                {
                    "label": question.label,
                    "kind_label": kinds.get(question.kind, question.kind),
                    "choice_count": len(question.choices),
                    "required": question.required,
                }
            )
    return outline


def _plan(imported: Imported) -> str:
    """What was read, signed, so that confirming imports exactly what was shown."""
    facts = {
        "file": imported.file_name,
        "definition": imported.definition.to_json() if imported.definition else None,
        "counts": [imported.questions, imported.mapped, imported.reported],
        "notes": imported.notes,
    }
    return signing.dumps(facts, salt=SALT, compress=True)


def _imported(plan: str) -> Imported:
    facts = signing.loads(plan, salt=SALT, max_age=PLAN_SECONDS)
    questions, mapped, reported = facts["counts"]
    return Imported(
        file_name=facts["file"],
        definition=Definition.from_json(facts["definition"]),
        questions=questions,
        mapped=mapped,
        reported=reported,
        notes=facts["notes"],
    )


class ExportWorkbook(InSurvey, Guarded):
    """The draft, or with `?version=current` what people answer, as a workbook that reads back the same."""

    access = rules.works_on

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = self.survey.current_version
        is_current = request.GET.get("version") == "current" and version is not None
        definition = load(version) if is_current and version else compiling.draft_of(self.survey)
        name = f"{self.subject.reference}-{self.survey.code}"
        name += f"-v{version.number}" if is_current and version else "-draft"
        try:
            content = xlsform.write(definition)
        except Refused as refused:
            messages.error(request, refused.message)
            return HttpResponseRedirect(reverse("surveys:edit", args=[self.subject.reference, self.survey.code]))
        return HttpResponse(
            content,
            content_type=XLSX,
            headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
        )
