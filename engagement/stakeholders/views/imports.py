"""A file of partners: upload, preview with every bad row, confirm."""

import csv
import io
from typing import Any

import xlsxwriter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from engagement.core.errors import Refused
from engagement.core.tabular import Column, write_csv
from engagement.core.views import ActionView, AsksFirst, Guarded, PageView
from engagement.stakeholders import actions, forms, importing, plan, queries, rules, spreadsheet
from engagement.stakeholders.models import Membership, Organisation, RegisterImport

State = RegisterImport.State
# Bad rows shown on the page; the rest is in the file that the page offers.
MOST_SHOWN = 1000
LABELS = {
    "organisations_added": ("organisation added", "organisations added"),
    "organisations_changed": ("organisation changed", "organisations changed"),
    "people_added": ("person added", "people added"),
    "people_changed": ("person changed", "people changed"),
    "roles_added": ("role given", "roles given"),
    "roles_changed": ("role changed", "roles changed"),
}


def counted(numbers: dict[str, int]) -> list[tuple[int, str]]:
    """The numbers of a preview or an outcome with their words."""
    found = [(numbers.get(name, 0), words) for name, words in LABELS.items()]
    return [(number, one if number == 1 else many) for number, (one, many) in found]


class UploadView(ActionView):
    access = rules.can_import
    form_class = forms.UploadForm
    template_name = "stakeholders/import.html"
    extra_context = {"columns": spreadsheet.COLUMNS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = plan.vocabulary()
        return super().get_context_data(
            kinds=words.kind_names,
            areas=words.area_names,
            earlier=queries.imports_visible_to(self.request.user).order_by("-created_at", "-pk")[:10],
            crumbs=[("Organisations", reverse("stakeholders:list"))],
            **kwargs,
        )

    def act(self, form: Any) -> None:
        upload = form.cleaned_data["file"]
        self.staged = actions.stage_import(upload.read(), upload.name, actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("stakeholders:preview", args=[self.staged.public_id])


class OfImport:
    """Pages about one staged file of one's own."""

    def get_subject(self) -> Any:
        return get_object_or_404(queries.imports_visible_to(self.request.user), public_id=self.kwargs["public_id"])


class PreviewView(OfImport, ActionView):
    access = rules.can_import
    form_class = forms.ConfirmImportForm
    template_name = "stakeholders/preview.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "good": len(self.subject.rows),
            "bad": len(self.subject.problems) if self.subject.state == State.STAGED else 0,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        staged = self.subject
        numbers = staged.preview.get("counts", {}) if staged.state == State.STAGED else staged.outcome
        return super().get_context_data(
            staged=staged,
            so_far=f"{staged.done:,} of {staged.total:,} {'row' if staged.total == 1 else 'rows'} imported",
            lot=importing.LOT,
            counts=counted(numbers),
            changes_nothing=not any(number for number, _ in counted(numbers)),
            good=len(staged.rows),
            bad=len(staged.problems),
            problems=staged.problems[:MOST_SHOWN],
            hidden=max(0, len(staged.problems) - MOST_SHOWN),
            changes=[
                {"name": change["name"], "changes": _in_words(change["changes"])}
                for change in staged.preview.get("changes", [])
            ],
            crumbs=[("Organisations", reverse("stakeholders:list")), ("Import", reverse("stakeholders:import"))],
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.request_import(self.subject.pk, only_good_rows=form.cleaned_data.get("only_good_rows", False))

    def get_success_url(self) -> str:
        return reverse("stakeholders:preview", args=[self.subject.public_id])


def _in_words(changes: dict[str, list[Any]]) -> str:
    return "; ".join(
        f"{name.replace('_', ' ')}: {before or 'nothing'} → {after}" for name, (before, after) in changes.items()
    )


class CallOffView(AsksFirst, OfImport, PageView):
    access = rules.can_import
    action = "Stop the import"
    is_danger = True

    def question(self) -> str:
        return f"Stop importing “{self.subject.file_name}”?"

    def consequence(self) -> str:
        return (
            f"Rows go in by lots of {importing.LOT:,}, each whole or not at all. The lots that are in stay. "
            "Upload the same file again to go on: what is in is not added twice."
        )

    def get_success_url(self) -> str:
        return reverse("stakeholders:preview", args=[self.subject.public_id])

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            actions.call_off_import(self.subject.pk, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect(self.get_success_url())


class TryAgainView(OfImport, PageView):
    access = rules.can_import
    http_method_names = ("post",)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            actions.try_import_again(self.subject.pk)
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect("stakeholders:preview", self.subject.public_id)


class DiscardView(OfImport, ActionView):
    access = rules.can_import
    form_class = forms.NoQuestionsForm
    template_name = "stakeholders/confirm.html"
    extra_context = {
        "title": "Discard this file?",
        "text": "Its rows are deleted here. The register stays as it is.",
        "action": "Discard the file",
        "danger": True,
    }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cancel_url=reverse("stakeholders:preview", args=[self.subject.public_id]),
            crumbs=[("Organisations", reverse("stakeholders:list")), ("Import", reverse("stakeholders:import"))],
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.discard_import(self.subject.pk)
        messages.success(self.request, "The file is discarded. Nothing was imported.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:import")


def _download(content: bytes | str, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


class BadRowsView(OfImport, Guarded):
    """Every bad row with its reasons, to correct beside the file."""

    access = rules.can_import

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        columns = [
            Column("row", lambda problem: problem["row"]),
            Column("reasons", lambda problem: " ".join(problem["reasons"])),
            *[Column(name, lambda problem, name=name: problem["cells"].get(name, "")) for name in spreadsheet.COLUMNS],
        ]
        out = io.StringIO()
        write_csv(out, columns, self.subject.problems)
        return _download("\ufeff" + out.getvalue(), "bad-rows.csv", "text/csv; charset=utf-8")


class CsvTemplateView(Guarded):
    access = rules.can_import

    def get(self, request: HttpRequest) -> HttpResponse:
        out = io.StringIO()
        writer = csv.DictWriter(out, spreadsheet.COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(spreadsheet.EXAMPLES)
        return _download("\ufeff" + out.getvalue(), "register-template.csv", "text/csv; charset=utf-8")


class WorkbookTemplateView(Guarded):
    access = rules.can_import

    def get(self, request: HttpRequest) -> HttpResponse:
        words = plan.vocabulary()
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as workbook:
            bold = workbook.add_format({"bold": True})
            sheet = workbook.add_worksheet("Register")
            sheet.write_row(0, 0, spreadsheet.COLUMNS, bold)
            for number, example in enumerate(spreadsheet.EXAMPLES, 1):
                sheet.write_row(number, 0, [example[name] for name in spreadsheet.COLUMNS])
            sheet.set_column(0, len(spreadsheet.COLUMNS) - 1, 24)
            sheet.freeze_panes(1, 0)
            known = workbook.add_worksheet("Words")
            lists = [
                ("kind", words.kind_names),
                ("areas", words.area_names),
                ("size", [value for value in Organisation.Size.values if value]),
                ("role", Membership.Role.values),
            ]
            for place, (heading, values) in enumerate(lists):
                known.write(0, place, heading, bold)
                known.write_column(1, place, values)
            known.set_column(0, 3, 40)
        return _download(
            out.getvalue(),
            "register-template.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
