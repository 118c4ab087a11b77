"""The evidence register as a file of its own."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from consultations.evidence import queries
from consultations.evidence import rules as evidence_rules
from consultations.exports import evidence
from consultations.exports.forms import EvidenceExportForm
from consultations.exports.sheets import Sheet
from consultations.exports.writers import workbook
from engagement.audit import trail
from engagement.core.tabular import Column, write_csv
from engagement.core.views import ActionView

KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class ExportEvidence(ActionView):
    """The list as it stands under the filters in the address; no name of anybody who asked not to be named."""

    access = evidence_rules.can_list
    form_class = EvidenceExportForm
    template_name = "exports/evidence.html"

    def items(self) -> Any:
        rows = queries.narrowed(queries.visible_to(self.request.user), self.request.GET)
        return queries.with_sources(queries.ordered(rows, self.request.GET.get("order", "")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = reverse("evidence:list")
        return super().get_context_data(
            number=self.items().count(), back=address, crumbs=[("Evidence", address)], **kwargs
        )

    def form_valid(self, form: EvidenceExportForm) -> HttpResponse:
        profile, kind = form.cleaned_data["profile"], form.cleaned_data["format"]
        rows = list(evidence.rows(self.items(), profile))
        content = _as_csv(profile, rows) if kind == "csv" else _as_workbook(profile, rows)
        trail.record(
            "evidence.exported", subject=self.request.user, actor=self.request.user, rows=len(rows), format=kind
        )
        name = f"evidence-{timezone.localdate():%Y-%m-%d}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return HttpResponse(content, content_type=KINDS[kind], headers=headers)


def _as_csv(profile: str, rows: list[Any]) -> bytes:
    out = io.StringIO(newline="")
    columns = [Column(name, lambda row, place=place: row[place]) for place, name in enumerate(evidence.header(profile))]
    write_csv(out, columns, rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _as_workbook(profile: str, rows: list[Any]) -> bytes:
    sheet = Sheet("evidence", "Evidence", evidence.header(profile), lambda: iter(rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "evidence.xlsx"
        workbook.write(path, [sheet], lambda: None)
        return path.read_bytes()
