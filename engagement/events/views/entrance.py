"""What a code leads to: for those who run the event one name and one button, for everybody else a sentence."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import View

from engagement.core.access import anyone
from engagement.core.views import Guarded, PageView
from engagement.events import codes, forms, lifecycle, presence, rules
from engagement.events.models import EntryCode, Scan
from engagement.events.views.door import DESK

WORKER = "soundings/door-worker.js"


class Code(PageView):
    """The address in a QR. A stranger is told the same whatever the code is, and nothing about anybody."""

    access = anyone
    changes = rules.can_run
    open_to_all = True
    template_name = "events/code.html"
    subject: EntryCode | None

    def get_subject(self) -> EntryCode | None:
        if not rules.can_run(self.request.user):
            return None
        entry_code = codes.find(self.kwargs["code"])
        if entry_code is None:
            raise Http404("We made no such code.")
        return entry_code

    def get_template_names(self) -> list[str]:
        return [self.template_name if self.subject is None else "events/manage/code.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.subject is None:
            return super().get_context_data(**kwargs)
        person = self.subject.registration
        attendance = getattr(person, "attendance", None)
        return super().get_context_data(
            person=person,
            event=person.event,
            organisation=presence.organisation_of(person),
            table=presence.table_of(person),
            attendance=attendance,
            is_in=bool(attendance and attendance.status == "attended" and attendance.left_at is None),
            is_revoked=self.subject.revoked_at is not None,
            scan_id=uuid.uuid4(),
            nav_current="events:staff_list",
            **kwargs,
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """The one big button."""
        form = forms.CheckInForm(request.POST)
        person = self.subject.registration  # type: ignore[union-attr]
        if form.is_valid():
            seen = lifecycle.Report(
                scan_id=form.cleaned_data["scan_id"], kind=form.cleaned_data["kind"], at=timezone.now(), code=code
            )
            scan = lifecycle.report(person.event_id, seen, device=DESK, actor=request.user)
            refused = scan.answer == Scan.Answer.REFUSED
            (messages.error if refused else messages.success)(request, scan.said)
        return redirect("entrance:code", code=code.upper())


class Worker(Guarded, View):
    """The script that keeps the pages of the day on a device. From here it may look after all addresses it needs."""

    access = anyone
    open_to_all = True

    def get(self, request: HttpRequest) -> HttpResponse:
        found = finders.find(WORKER)
        if found is None:
            raise Http404("The script is missing.")
        response = HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")
        response["Service-Worker-Allowed"] = "/"
        response["Cache-Control"] = "no-cache"
        return response
