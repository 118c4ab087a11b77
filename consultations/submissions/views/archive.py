"""What a person and their organisations ever sent."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from consultations.submissions import archive
from consultations.submissions.models import Submission
from engagement.core.access import signed_in
from engagement.core.views import Guarded, PageView


def chosen(request: HttpRequest) -> list[Submission]:
    """All of it, or that of one organisation (`of` in the address) or of the person alone (`of=me`)."""
    rows = archive.sent(request.user)
    whose = request.GET.get("of", "")
    if not whose:
        return rows
    if whose == "me":
        return [row for row in rows if row.organisation is None]
    return [row for row in rows if row.organisation is not None and str(row.organisation.public_id) == whose]


class Archive(PageView):
    """Everything that was sent, by organisation, with its receipt; and one file of it all."""

    access = signed_in
    template_name = "submissions/archive.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = []
        for organisation, rows in groupby(archive.sent(self.request.user), key=lambda row: row.organisation):
            groups.append(
                {
                    "name": organisation.name if organisation else gettext("For yourself"),
                    "key": str(organisation.public_id) if organisation else "me",
                    "rows": list(rows),
                }
            )
        return super().get_context_data(groups=groups, **kwargs)


class Download(Guarded):
    """The file: made anew each time, kept nowhere."""

    access = signed_in

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        rows = chosen(request)
        if not rows:
            raise Http404
        name = f"responses-{timezone.localdate():%Y-%m-%d}.zip"
        return FileResponse(
            archive.written(rows),
            as_attachment=True,
            filename=name,
            content_type="application/zip",
            headers={"Cache-Control": "no-store, private"},
        )
