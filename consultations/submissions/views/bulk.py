"""Many papers at once: fetch the template, fill it in, see what it gives, import it."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import asdict
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from consultations.programme import rules as programme_rules
from consultations.programme.models import Consultation
from consultations.programme.views.base import OfConsultation
from consultations.submissions import actions, staffforms
from consultations.submissions.bulk import checking, reading, template
from consultations.submissions.bulk.planned import Checked, Planned
from consultations.submissions.bulk.sheet import MOST_ROWS
from consultations.submissions.models import BulkEntry
from consultations.surveys.definition import load
from consultations.surveys.models import Survey, SurveyVersion
from consultations.surveys.queries import published_surveys
from engagement.core.errors import Refused
from engagement.core.tabular import disarm
from engagement.core.views import ActionView, AsksFirst, Guarded, PageView

SALT = "submissions.bulk"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A check that was left lying longer than this is made again.
PLAN_SECONDS = 24 * 3600
LONGEST_PLAN = 4_000_000


class Bulk(OfConsultation, ActionView):
    """Choose a survey and a file, see every row, confirm. Between the two nothing is kept on the server."""

    access = programme_rules.runs
    form_class = staffforms.BulkForm
    template_name = "submissions/bulk.html"

    @cached_property
    def surveys(self) -> list[Survey]:
        return list(published_surveys(self.subject))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "surveys": self.surveys}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            surveys=self.surveys,
            most=MOST_ROWS,
            why_not=self.why_not(),
            nav_current="submissions:list",
            **kwargs,
        )

    def why_not(self) -> str:
        """Why nothing can be typed in for this consultation now; empty when it can."""
        try:
            actions.refuse_intake(self.subject)
        except Refused as refused:
            return refused.message
        return ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "plan" in request.POST:
            return self.confirm(request.POST["plan"])
        form = self.get_form()
        if not form.is_valid():
            return self.form_invalid(form)
        survey = next(one for one in self.surveys if one.code == form.cleaned_data["survey"])
        upload = form.cleaned_data["file"]
        content = upload.read()
        try:
            checked = self.check(survey, content, upload.name)
        except Refused as refused:
            form.add_error("file", refused.message)
            return self.form_invalid(form)
        return self.show(survey, checked, hashlib.sha256(content).hexdigest())

    def check(self, survey: Survey, content: bytes, file_name: str) -> Checked:
        actions.refuse_intake(self.subject)
        version = version_of(survey)
        definition = load(version)
        return checking.check(reading.read(content, file_name, version, definition), self.subject, definition)

    def show(self, survey: Survey, checked: Checked, sha256: str, problem: str = "") -> HttpResponse:
        """Everything that would be made, and everything that is wrong."""
        plan = ""
        if checked.is_possible and checked.planned and not problem:
            plan = signing.dumps(
                {
                    "of": self.subject.reference,
                    "survey": survey.code,
                    "version": version_of(survey).number,
                    "file": checked.file_name,
                    "sha256": sha256,
                    "rows": [asdict(one) for one in checked.planned],
                },
                salt=SALT,
                compress=True,
            )
            if len(plan) > LONGEST_PLAN:
                problem, plan = "The file holds too much text for one import. Split it into several.", ""
        self.template_name = "submissions/bulk_preview.html"
        is_possible = checked.is_possible and not problem
        context = self.get_context_data(
            form=None,
            survey=survey,
            checked=checked,
            problem=problem,
            is_possible=is_possible,
            plan=plan,
            organisations=sum(one.organisation is not None for one in checked.planned),
        )
        return self.render_to_response(context, status=200 if is_possible else 422)

    def confirm(self, plan: str) -> HttpResponse:
        try:
            facts = signing.loads(plan, salt=SALT, max_age=PLAN_SECONDS)
        except signing.BadSignature:
            facts = {}
        survey = next((one for one in self.surveys if one.code == facts.get("survey")), None)
        if survey is None or facts.get("of") != self.subject.reference:
            messages.error(self.request, "What you saw is out of date. Choose the file again.")
            form = self.form_class(surveys=self.surveys)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        rows = [Planned(**row) for row in facts["rows"]]
        try:
            job = actions.request_papers(
                survey, rows, version=facts["version"], actor=self.request.user,
                file_name=facts["file"], sha256=facts["sha256"],
            )  # fmt: skip
        except Refused as refused:
            return self.show(survey, Checked(facts["file"], rows), facts["sha256"], refused.message)
        return redirect("submissions:bulk_entry", self.subject.reference, job.public_id)


class OfBulkEntry(OfConsultation):
    """A page of one import that was confirmed."""

    def get_subject(self) -> Consultation:
        consultation = super().get_subject()
        entries = BulkEntry.objects.filter(survey__consultation=consultation).select_related("survey", "requested_by")
        self.job = get_object_or_404(entries, public_id=self.kwargs["job"])
        return consultation

    def get_success_url(self) -> str:
        return reverse("submissions:bulk_entry", args=[self.subject.reference, self.job.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.pop("job", None)
        return super().get_context_data(entry=self.job, nav_current="submissions:list", **kwargs)


class BulkEntryPage(OfBulkEntry, PageView):
    """How far it is, and what came of it."""

    access = programme_rules.runs
    template_name = "submissions/bulk_entry.html"


class CallOffBulkEntry(AsksFirst, OfBulkEntry, PageView):
    access = programme_rules.runs
    action = "Stop the import"
    is_danger = True

    def question(self) -> str:
        return f"Stop typing in “{self.job.file_name}”?"

    def consequence(self) -> str:
        return "What has been typed in stays. Import the same file again to go on: what is here is left as it is."

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            actions.call_off_papers(self.job.pk)
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect(self.get_success_url())


class TryBulkEntryAgain(OfBulkEntry, PageView):
    access = programme_rules.runs
    http_method_names = ("post",)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            actions.try_papers_again(self.job.pk)
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect(self.get_success_url())


class BulkTemplate(OfConsultation, Guarded):
    """The workbook to fill in; with `?format=csv` a line with the names of the columns."""

    access = programme_rules.runs

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        survey = get_object_or_404(
            published_surveys(self.subject).select_related("consultation"), code=self.kwargs["survey"]
        )
        version = version_of(survey)
        name = f"{self.subject.reference}-{survey.code}-v{version.number}-papers"
        if request.GET.get("format") == "csv":
            out = io.StringIO()
            csv.writer(out, lineterminator="\r\n").writerow([disarm(one) for one in template.names(version)])
            content, kind, suffix = b"\xef\xbb\xbf" + out.getvalue().encode(), "text/csv; charset=utf-8", "csv"
        else:
            content, kind, suffix = template.write(version), XLSX, "xlsx"
        headers = {"Content-Disposition": f'attachment; filename="{name}.{suffix}"'}
        return HttpResponse(content, content_type=kind, headers=headers)


def version_of(survey: Survey) -> SurveyVersion:
    """The version that people answer now, with its survey and consultation at hand."""
    version = survey.current_version
    assert version is not None
    version.survey = survey
    return version
