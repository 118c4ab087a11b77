"""Give me the file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from consultations.exports import actions, queries, rules
from consultations.exports.forms import ExportForm
from consultations.exports.models import ExportJob
from consultations.programme.models import Consultation
from consultations.programme.views.base import OfConsultation
from engagement.core.errors import Refused
from engagement.core.views import ActionView, AsksFirst, ListPage, PageView


class ExportList(OfConsultation, ListPage):
    """The last files, with their progress."""

    access = rules.can_list
    template_name = "exports/list.html"
    context_object_name = "jobs"

    def get_queryset(self) -> Any:
        return queries.visible_to(self.request.user).filter(consultation=self.consultation)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.request.user
        for job in context["jobs"]:
            job.consultation = self.consultation  # the same object: its roles are read once
        context["rows"] = [
            {
                "job": job,
                "can_look": rules.can_download(user, job),
                "can_download": job.state == ExportJob.State.READY and rules.can_download(user, job),
                "can_approve": job.state == ExportJob.State.AWAITING and rules.can_approve(user, job),
            }
            for job in context["jobs"]
        ]
        running = {ExportJob.State.REQUESTED, ExportJob.State.BUILDING}
        context["is_running"] = any(job.state in running for job in context["jobs"])
        return context


class RequestExport(OfConsultation, ActionView):
    """Ask for a file."""

    creates_once = True
    access = rules.can_list
    form_class = ExportForm
    template_name = "exports/request.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        may_have_full = rules.can_request_full(self.request.user, self.consultation)
        return {**super().get_form_kwargs(), "may_have_full": may_have_full}

    def act(self, form: ExportForm) -> None:
        chosen = form.cleaned_data
        self.job = actions.request_export(
            self.consultation,
            profile=chosen["profile"],
            file_format=chosen["format"],
            labels=bool(chosen["labels"]),
            reason=chosen.get("reason", ""),
            actor=self.request.user,
        )

    def get_success_url(self) -> str:
        return reverse("exports:job", args=[self.consultation.reference, self.job.public_id])


class OfJob(OfConsultation):
    """A page of one export, found among those of the consultations that the person works on."""

    subject: ExportJob

    def get_subject(self) -> ExportJob:
        return get_object_or_404(
            queries.visible_to(self.request.user),
            consultation__reference=self.kwargs["reference"],
            public_id=self.kwargs["job"],
        )

    @property
    def consultation(self) -> Consultation:
        return self.subject.consultation

    def get_success_url(self) -> str:
        return self.address()

    def address(self) -> str:
        return reverse("exports:job", args=[self.consultation.reference, self.subject.public_id])


class Job(OfJob, PageView):
    """One export: how far it is, what is in it, who fetched it."""

    access = rules.can_download
    template_name = "exports/job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job, user = self.subject, self.request.user
        running = job.state in {ExportJob.State.REQUESTED, ExportJob.State.BUILDING}
        return super().get_context_data(
            export=job,
            is_running=running,
            can_cancel=running or job.state == ExportJob.State.AWAITING,
            can_approve=job.state == ExportJob.State.AWAITING and rules.can_approve(user, job),
            downloads=job.downloads.select_related("user").order_by("-at", "-pk")[:20],
            nav_current="exports:list",
            **{name: value for name, value in kwargs.items() if name not in {"job", "reference"}},
        )


class Press(OfJob, PageView):
    """One button of an export; a POST only."""

    access = rules.can_download
    http_method_names = ["post"]
    done = ""

    def press(self) -> None:
        """Do it."""
        raise NotImplementedError

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.press()
            messages.success(request, self.done)
        except Refused as refused:
            messages.error(request, refused.message)
        return HttpResponseRedirect(self.address())


class Approve(AsksFirst, Press):
    access = rules.can_approve
    action = "Allow this export"
    done = "The export is allowed and will be built now."

    def question(self) -> str:
        return f"Allow {self.subject.requested_by or 'the command line'} the “{self.subject.get_profile_display()}”?"

    def consequence(self) -> str:
        return "It is built at once, with names and addresses in it. A file that was fetched cannot be called back."

    def press(self) -> None:
        actions.approve(self.subject.pk, actor=self.request.user)


class Cancel(AsksFirst, Press):
    action = "Call it off"
    is_danger = True
    done = "The export was called off."

    def question(self) -> str:
        return f"Call off the “{self.subject.get_profile_display()}”?"

    def consequence(self) -> str:
        return "No file is made. For one after all, the export has to be asked for again."

    def press(self) -> None:
        actions.cancel(self.subject.pk, actor=self.request.user)


class TryAgain(Press):
    done = "The export was asked for again."

    def press(self) -> None:
        actions.try_again(self.subject.pk, actor=self.request.user)


class FetchFile(OfJob, PageView):
    """Hand out the file; a POST, because who fetched it is written down."""

    access = rules.can_download
    http_method_names = ["post"]

    def post(self, request: Any, **kwargs: Any) -> Any:
        try:
            job = actions.fetch(self.subject.pk, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.message)
            return HttpResponseRedirect(self.address())
        response = FileResponse(job.file.open("rb"), as_attachment=True, filename=job.file_name)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
