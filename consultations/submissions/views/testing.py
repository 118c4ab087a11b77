"""Test submissions: staff answer their own survey on the real pages, and clear it all away again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from consultations.programme import rules as programme_rules
from consultations.programme.views.base import OfConsultation
from consultations.submissions import actions, answers, forms, queries, staffforms
from consultations.submissions.models import AnswerFile, Submission
from consultations.submissions.views.beside import as_attachment, why_locked
from consultations.submissions.views.start import areas_of
from consultations.surveys.queries import published_surveys
from engagement.core.views import ActionView, ListPage, PageView

STATES = {"draft": Submission.DRAFTS, "sent": Submission.COUNTED, "withdrawn": Submission.SET_ASIDE}


class OfTests(OfConsultation):
    """A page about the tests of one consultation."""

    def tests(self) -> QuerySet[Submission]:
        return queries.tests(self.request.user).filter(consultation=self.subject)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav_current="submissions:list", **kwargs)

    def list_url(self) -> str:
        return reverse("submissions:tests", args=[self.subject.reference])


class TestList(OfTests, ListPage):
    """Every test, newest first; tests are staff's own words, so unsent ones are shown too."""

    access = programme_rules.works_on
    template_name = "submissions/tests.html"
    context_object_name = "submissions"

    def get_queryset(self) -> QuerySet[Submission]:
        rows = self.tests()
        if states := STATES.get(self.request.GET.get("state", "")):
            rows = rows.filter(state__in=states)
        if tester := self.request.GET.get("tester", ""):
            rows = rows.filter(respondent_email__iexact=tester)
        return rows.annotate(survey_count=Count("responses")).order_by("-created_at", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.tests().order_by("respondent_name", "respondent_email")
        testers = list(rows.values_list("respondent_email", "respondent_name").distinct())
        filters = staffforms.TestFilterForm(self.request.GET, testers=testers)
        return super().get_context_data(
            filters=filters,
            is_filtered=any(self.request.GET.get(name) for name in filters.fields),
            may_start=published_surveys(self.subject).exists(),
            me=self.request.user.pk,
            **kwargs,
        )


class StartTest(OfTests, ActionView):
    """As whom; then the pages that respondents fill in."""

    access = programme_rules.works_on
    form_class = staffforms.TestForm
    template_name = "submissions/start_test.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "areas": areas_of(self.subject)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(surveys=list(published_surveys(self.subject)), **kwargs)

    def act(self, form: staffforms.TestForm) -> None:
        self.submission = actions.start_test(
            self.subject, self.request.user, kind=form.cleaned_data["kind"], areas=list(form.cleaned_data["areas"])
        )

    def get_success_url(self) -> str:
        return reverse("submissions:tasks", args=[self.submission.public_id])


class TestDetail(OfTests, PageView):
    """What a test says, for colleagues of the tester."""

    access = programme_rules.works_on
    template_name = "submissions/test.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.tests().select_related("consultation", "kind__sector", "respondent")
        submission = get_object_or_404(rows, reference=self.kwargs["submission"])
        parts = [part for part in queries.parts_of(submission) if part.is_begun]
        return super().get_context_data(
            test=submission,
            surveys=[
                {
                    "title": f"{part.definition.title}, version {part.version.number}",
                    "sections": answers.sections(part, file_url=lambda file: self.file_url(submission, file)),
                }
                for part in parts
            ],
            documents=list(submission.evidence.order_by("pk")),
            areas=list(submission.areas.order_by("name", "pk")),
            **kwargs,
        )

    def file_url(self, submission: Submission, file: str) -> str:
        return reverse("submissions:test_file", args=[self.subject.reference, submission.reference, file])


class TestFile(OfTests, PageView):
    """A file that was added to a question of a test."""

    access = programme_rules.works_on

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        rows = AnswerFile.objects.filter(response__submission__in=self.tests())
        found = get_object_or_404(
            rows, response__submission__reference=kwargs["submission"], public_id=kwargs["document"]
        )
        if found.is_cleared:
            return as_attachment(found)
        messages.warning(request, why_locked(found))
        return redirect("submissions:test", self.subject.reference, kwargs["submission"])


class ClearTests(OfTests, ActionView):
    """Asks before every test of the consultation is deleted."""

    access = programme_rules.works_on
    form_class = forms.NothingToType
    template_name = "submissions/clear_tests.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = self.tests().count()
        whose = self.tests().exclude(respondent=self.request.user).count()
        text = (
            f"{number} test response{'' if number == 1 else 's'} with everything in {'it' if number == 1 else 'them'}"
        )
        text += f", {whose} of {'it' if number == 1 else 'them'} by colleagues" if whose else ""
        return super().get_context_data(
            number=number,
            text=f"{text}. Responses of partners are not touched. It cannot be undone.",
            cancel_url=self.list_url(),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        number = actions.clear_tests(self.subject, actor=self.request.user)
        messages.success(
            self.request,
            f"{number} test response{' is' if number == 1 else 's are'} deleted." if number else "There was none.",
        )

    def get_success_url(self) -> str:
        return self.list_url()
