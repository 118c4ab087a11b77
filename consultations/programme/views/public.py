"""What everybody may read: the list, a consultation, its documents, its closing time as a calendar file."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from consultations.programme import queries, timeline
from consultations.programme.calendar import closing_day
from consultations.programme.models import Consultation
from engagement.core.access import anyone
from engagement.core.views import Guarded, PageView
from engagement.events import calendars


class ConsultationList(PageView):
    access = anyone
    open_to_all = True
    template_name = "programme/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        coming = queries.public(now).filter(state=Consultation.State.SCHEDULED).order_by("opens_at", "pk")
        paused = queries.public(now).filter(state=Consultation.State.PAUSED).order_by("closes_at", "pk")
        return super().get_context_data(
            open=queries.open_now(now), paused=paused, coming=coming, past=queries.came_of_it(now)[:50], **kwargs
        )


class ReadableConsultation:
    """A page of a consultation that the person may read: public, or one that they work on."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def get_subject(self) -> Consultation:
        return get_object_or_404(queries.readable_by(self.request.user), reference=self.kwargs["reference"])


class ConsultationPage(ReadableConsultation, PageView):
    access = anyone
    open_to_all = True
    template_name = "programme/consultation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consultation, now = self.subject, timezone.now()
        return super().get_context_data(
            subject=consultation,
            is_public=consultation.state in Consultation.PUBLIC_STATES,
            takes_answers=consultation.is_open and consultation.closes_at is not None and consultation.closes_at > now,
            extension=queries.last_extension(consultation) if consultation.original_closes_at else None,
            steps=timeline.public_steps(consultation, now),
            documents=list(consultation.documents.all()),
            themes=list(consultation.themes.all()),
            events=queries.public_events(consultation),
            now=now,
            **kwargs,
        )


class EventsCalendar(ReadableConsultation, Guarded):
    """The events of a consultation for calendar programs; the same for everybody who may read it."""

    access = anyone
    open_to_all = True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        text = calendars.feed(queries.public_events(self.subject), name=self.subject.title)
        return calendars.file(text, f"{self.subject.reference}-events", calendars.PUBLISH)


class DocumentFile(ReadableConsultation, Guarded):
    """Sends a document as an attachment, never to be shown by the browser in the site's own name."""

    access = anyone
    open_to_all = True

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        document = get_object_or_404(self.subject.documents.all(), public_id=self.kwargs["public_id"])
        response = FileResponse(document.file.open("rb"), as_attachment=True, filename=document.file_name)
        response["Content-Type"] = document.content_type
        return response


class ClosingCalendar(ReadableConsultation, Guarded):
    """The closing time for a calendar."""

    access = anyone
    open_to_all = True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(closing_day(self.subject), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.subject.reference}-closes.ics"'
        return response
