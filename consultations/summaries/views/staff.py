"""Writing a summary: drafts, statements, sources, review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import Truncator

from consultations.analysis import queries as analysis
from consultations.programme.models import Consultation
from consultations.programme.views.base import OfConsultation
from consultations.submissions.queries import counted
from consultations.summaries import actions, lifecycle, queries, rules
from consultations.summaries.forms import FindingForm, PassageSearch, RequestForm, SendBackForm, TextForm
from consultations.summaries.models import Finding, Summary
from engagement.core.errors import Refused
from engagement.core.views import ActionView, AsksFirst, PageView


class SummaryList(OfConsultation, PageView):
    """Every version, newest first."""

    access = rules.can_read_all
    template_name = "summaries/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(self.consultation.summaries.select_related("author", "approved_by").order_by("-version", "pk"))
        return super().get_context_data(
            versions=versions,
            is_drafting=any(one.is_running for one in versions),
            can_request=rules.can_request(self.request.user, self.consultation),
            **kwargs,
        )


class RequestDraft(OfConsultation, ActionView):
    """Ask for a draft."""

    creates_once = True
    access = rules.can_request
    form_class = RequestForm
    template_name = "summaries/request.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            progress=analysis.progress(self.consultation),
            submissions=counted(self.consultation).count(),
            **kwargs,
        )

    def act(self, form: RequestForm) -> None:
        self.made = actions.request_draft(self.consultation, title=form.cleaned_data["title"], actor=self.request.user)

    def get_success_url(self) -> str:
        return _address(self.made)


class OfSummary(OfConsultation):
    """A page of one summary, found among those of the consultations that the person works on."""

    subject: Summary

    def get_subject(self) -> Summary:
        return get_object_or_404(
            queries.visible_to(self.request.user),
            consultation__reference=self.kwargs["reference"],
            version=self.kwargs["version"],
        )

    @property
    def consultation(self) -> Consultation:
        return self.subject.consultation

    def get_success_url(self) -> str:
        return _address(self.subject)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(summary=self.subject, nav_current="summaries:list", **kwargs)

    def finding(self) -> Finding:
        """The statement that the address names, within this summary."""
        return get_object_or_404(self.subject.findings, public_id=self.kwargs["finding"])


class EditSummary(OfSummary, PageView):
    """The statements with their sources in the margin, what keeps it from approval, and what can be done now."""

    access = rules.can_read
    template_name = "summaries/edit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, summary = self.request.user, self.subject
        statements = list(queries.findings(summary))
        found = queries.problems(summary, statements)
        wrong: dict[int, list[str]] = {}
        for problem in found:
            wrong.setdefault(problem.finding.pk, []).append(problem.sentence)
        rows = [
            {
                "finding": finding,
                "table": queries.table_of(finding) if finding.kind == Finding.Kind.FIGURE else None,
                "sources": [
                    {"excerpt": citation.excerpt, "words": queries.source_words(citation.excerpt)}
                    for citation in finding.citations.all()
                ],
                "problems": wrong.get(finding.pk, []),
            }
            for finding in statements
        ]
        is_draft = summary.state == Summary.State.DRAFT
        return super().get_context_data(
            rows=rows,
            problems=found,
            can_edit=is_draft and rules.can_edit(user, summary),
            may_stop=summary.is_running and rules.can_edit(user, summary),
            can_approve=summary.state == Summary.State.IN_REVIEW and rules.can_approve(user, summary),
            may_not_approve_own=summary.state == Summary.State.IN_REVIEW and rules.is_author(user, summary),
            can_publish=summary.state == Summary.State.APPROVED and rules.can_publish(user, summary),
            can_send_back=summary.state in {Summary.State.IN_REVIEW, Summary.State.APPROVED}
            and rules.can_edit(user, summary),
            unedited=sum(1 for finding in statements if not finding.is_edited and finding.kind == Finding.Kind.FINDING),
            **kwargs,
        )


class Press(OfSummary, PageView):
    """One button of a summary; a POST only. A refusal is shown on the summary's page."""

    access = rules.can_edit
    http_method_names = ["post"]

    def press(self) -> str:
        """Do it; returns the sentence that says so."""
        raise NotImplementedError

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.press())
        except Refused as refused:
            messages.error(request, refused.message)
        return HttpResponseRedirect(self.get_success_url())


class TryAgain(Press):
    def press(self) -> str:
        actions.try_again(self.subject.pk)
        return "The draft was asked for again."


class CallOff(AsksFirst, Press):
    action = "Stop drafting"

    def question(self) -> str:
        return f"Stop drafting “{self.subject}”?"

    def consequence(self) -> str:
        return "Nothing of the draft is kept. You can ask for another one at once."

    def press(self) -> str:
        actions.call_off(self.subject.pk, actor=self.request.user)
        return "Drafting was stopped."


class RefreshFigures(Press):
    def press(self) -> str:
        changed = actions.refresh_figures(self.subject.pk, actor=self.request.user)
        if not changed:
            return "Every figure was up to date."
        return (
            f"{changed} figure{'s' if changed > 1 else ''} brought up to date. Read the statements beside them again."
        )


class SendToReview(Press):
    def press(self) -> str:
        lifecycle.send_to_review(self.subject.pk, actor=self.request.user)
        return "The summary was sent to review. Somebody else has to approve it."


class Approve(Press):
    """Administrators only; its author among them gets the sentence that says why not."""

    access = rules.can_publish

    def press(self) -> str:
        lifecycle.approve(self.subject.pk, actor=self.request.user)
        return "The summary is approved."


class Publish(AsksFirst, Press):
    access = rules.can_publish
    action = "Publish the summary"

    def question(self) -> str:
        return f"Publish “{self.subject.title}”?"

    def consequence(self) -> str:
        return (
            f"Everybody can read version {self.subject.version} from that moment. It cannot be taken back: a later "
            "version can only take its place."
        )

    def press(self) -> str:
        lifecycle.publish(self.subject.pk, actor=self.request.user)
        return "The summary is published. Everybody can read it now."


class MoveFinding(Press):
    def press(self) -> str:
        up = self.request.POST.get("direction") == "up"
        actions.move_finding(self.finding().pk, up=up, actor=self.request.user)
        return "The statement was moved."

    def get_success_url(self) -> str:
        return f"{_address(self.subject)}#f{self.kwargs['finding']}"


class RemoveFinding(AsksFirst, Press):
    action = "Remove the statement"
    is_danger = True

    def question(self) -> str:
        finding = self.finding()
        if not finding.text:
            return f"Remove this {finding.get_kind_display().lower()}?"
        return f"Remove “{Truncator(finding.text).words(12)}”?"

    def consequence(self) -> str:
        return "The statement and its links to its sources are deleted. The sources themselves stay."

    def press(self) -> str:
        actions.remove_finding(self.finding().pk, actor=self.request.user)
        return "The statement was removed."


class SendBack(OfSummary, ActionView):
    """Back to the author, with what should change."""

    access = rules.can_edit
    form_class = SendBackForm
    template_name = "summaries/send_back.html"

    def act(self, form: SendBackForm) -> None:
        lifecycle.send_back(self.subject.pk, actor=self.request.user, reason=form.cleaned_data["reason"])
        messages.success(self.request, "The summary went back to its author.")


class AddFinding(OfSummary, ActionView):
    """A new statement, behind the one that the address names."""

    creates_once = True
    access = rules.can_edit
    form_class = FindingForm
    template_name = "summaries/finding.html"

    def after(self) -> Finding | None:
        return self.finding() if "finding" in self.kwargs else None

    def act(self, form: FindingForm) -> None:
        actions.add_finding(self.subject.pk, actor=self.request.user, after=self.after(), **form.cleaned_data)


class ChangeFinding(OfSummary, ActionView):
    """Other words."""

    access = rules.can_edit
    form_class = TextForm
    template_name = "summaries/finding.html"

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.finding().text}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(finding=self.finding(), **kwargs)

    def act(self, form: TextForm) -> None:
        actions.change_finding(self.finding().pk, text=form.cleaned_data["text"], actor=self.request.user)


class Passages(OfSummary, PageView):
    """Passages to quote, or to cite for a statement."""

    access = rules.can_edit
    template_name = "summaries/passages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PassageSearch(self.request.GET)
        found = queries.quotable(self.consultation, search=form.words())
        return super().get_context_data(
            form=form,
            statement=self.finding(),
            passages=[{"excerpt": excerpt, "words": queries.source_words(excerpt)} for excerpt in found],
            **kwargs,
        )

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        finding = self.finding()
        excerpt = get_object_or_404(analysis.excerpts(self.consultation), public_id=_uuid(request.POST.get("excerpt")))
        try:
            if "quote" in request.POST:
                actions.quote(self.subject.pk, excerpt, actor=request.user, after=finding)
                messages.success(request, "The passage was added as a quotation.")
            else:
                actions.cite(finding.pk, excerpt, actor=request.user)
                messages.success(request, "The passage is now a source of the statement.")
        except Refused as refused:
            messages.error(request, refused.message)
        return HttpResponseRedirect(f"{_address(self.subject)}#f{finding.public_id}")


def _uuid(text: str | None) -> Any:
    """The text as a UUID, or one that nothing has."""
    try:
        return UUID(text or "")
    except ValueError:
        return UUID(int=0)


def _address(summary: Summary) -> str:
    return reverse("summaries:edit", args=[summary.consultation.reference, summary.version])
