"""The published summary, as a page and as a Word document."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from consultations.programme.models import Consultation
from consultations.summaries import queries, word
from consultations.summaries.models import Summary
from engagement.core.access import anyone
from engagement.core.views import PageView

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KEPT_SECONDS = 24 * 3600


class OfPublished:
    """A page of the published summary of a consultation; without one there is nothing here."""

    kwargs: dict[str, Any]

    def get_subject(self) -> Summary:
        consultation = get_object_or_404(
            Consultation, reference=self.kwargs["reference"], state__in=Consultation.PUBLIC_STATES
        )
        summary = queries.published(consultation)
        if summary is None:
            raise Http404
        return summary


class Published(OfPublished, PageView):
    """What we heard: set like print."""

    access = anyone
    open_to_all = True
    template_name = "summaries/published.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        statements = queries.as_published(self.subject)
        return super().get_context_data(
            summary=self.subject,
            about=self.subject.consultation,
            statements=statements,
            headings=[statement for statement in statements if statement.kind == "heading"],
            **kwargs,
        )


class PublishedWord(OfPublished, PageView):
    """The same as a Word document."""

    access = anyone
    open_to_all = True

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(
            self.content(),
            content_type=DOCX,
            headers={"Content-Disposition": f'attachment; filename="{word.file_name(self.subject)}"'},
        )

    def content(self) -> bytes:
        """The document. Setting it takes most of a second and anybody may ask, so it is kept by what it says."""
        summary, keeper = self.subject, settings.ORGANISATION_NAME
        statements = queries.as_published(summary)
        said = repr((summary.pk, summary.title, summary.updated_at, summary.consultation.title, keeper, statements))
        key = f"summaries.word:{sha256(said.encode()).hexdigest()}"
        return cache.get_or_set(key, lambda: word.write(summary, statements, keeper=keeper), KEPT_SECONDS)
