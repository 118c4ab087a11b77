"""What staff see of what came in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from consultations.programme import rules as programme_rules
from consultations.programme.models import Consultation
from consultations.programme.views.base import OfConsultation, PressView
from consultations.submissions import (
    answers,
    confidentiality,
    forms,
    keying,
    lifecycle,
    listing,
    queries,
    rules,
    signoff,
)
from consultations.submissions.models import Acknowledgement, AnswerFile, LateDecision, ReceivedMail, Submission, Upload
from consultations.submissions.views.beside import as_attachment, why_locked
from consultations.submissions.views.sending import kept_back
from engagement.accounts.rules import is_staff_member
from engagement.audit import trail
from engagement.core.views import ActionView, Guarded, ListPage, PageView

State = Submission.State
# How an answer is marked that is treated more strictly than the whole.
BACK = {"withheld": "Not to be published", "unnamed": "Only without the name"}


class Submissions(OfConsultation, ListPage):
    """What came in, newest first; what waits to be checked stands above it."""

    access = programme_rules.works_on
    template_name = "submissions/list.html"
    context_object_name = "submissions"

    def rows(self) -> QuerySet[Submission]:
        return queries.received(self.request.user).filter(consultation=self.subject)

    def get_queryset(self) -> QuerySet[Submission]:
        return listing.listed(listing.narrowed(self.rows(), self.request.GET))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = forms.FilterForm(self.request.GET, facets=listing.facets(self.rows(), self.request.GET))
        typed_in = queries.typed_in(self.request.user).filter(consultation=self.subject)
        return super().get_context_data(
            filters=filters,
            is_filtered=any(self.request.GET.get(name) for name in filters.fields),
            lateness=queries.lateness(self.subject),
            typed_in=list(queries.with_people(typed_in).order_by("received_on", "pk")),
            may_enter=programme_rules.runs(self.request.user, self.subject),
            nav_current="submissions:list",
            **kwargs,
        )


class OfReceived(OfConsultation):
    """A staff page of one submission, found by its reference among what staff of the consultation may see."""

    subject: Submission  # type: ignore[assignment]

    def get_subject(self) -> Submission:  # type: ignore[override]
        rows = queries.with_people(queries.readable_by_staff(self.request.user))
        return get_object_or_404(
            rows, consultation__reference=self.kwargs["reference"], reference=self.kwargs["submission"]
        )

    @property
    def consultation(self) -> Consultation:
        return self.subject.consultation

    def detail_url(self) -> str:
        return reverse("submissions:detail", args=[self.consultation.reference, self.subject.reference])


class Detail(OfReceived, ActionView):
    """Everything that was sent. An administrator says why before text that is not to be published is shown."""

    access = rules.handles
    form_class = forms.ReasonForm
    template_name = "submissions/detail.html"
    is_shown = False

    def form_valid(self, form: Any) -> HttpResponse:
        trail.record(
            "submission.withheld_text_read",
            subject=self.subject,
            actor=self.request.user,
            scope=self.consultation.reference,
            reason=form.cleaned_data["reason"],
        )
        self.is_shown = True
        return self.render_to_response(self.get_context_data(form=forms.ReasonForm()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission, user = self.subject, self.request.user
        is_hidden = confidentiality.reading_is_recorded(user, submission) and not self.is_shown
        is_withdrawn = submission.state == State.WITHDRAWN
        parts = [part for part in queries.parts_of(submission) if part.is_begun]
        waits = submission.state == State.AWAITING_APPROVAL
        second = keying.of(submission) if waits else keying.Keying(submission)
        # Whoever keys a paper the second time does not see what the first one typed.
        is_hidden_now = second.hides_from(user)
        return super().get_context_data(
            submission=submission,
            is_hidden=is_hidden and not is_withdrawn,
            is_withdrawn=is_withdrawn,
            surveys=[] if is_hidden or is_withdrawn or is_hidden_now else [self.survey(part) for part in parts],
            mail=None if is_withdrawn else ReceivedMail.objects.filter(submission=submission).first(),
            told=Acknowledgement.objects.filter(submission=submission).first() if submission.is_intake else None,
            may_decide_timing=submission.is_intake
            and submission.timing in {Submission.Timing.ON_TIME, Submission.Timing.LATE}
            and rules.decides(user, submission),
            documents=[] if is_withdrawn else list(submission.evidence.order_by("pk")),
            areas=list(submission.areas.order_by("name", "pk")),
            kept_back=kept_back(submission, parts),
            late_decision=LateDecision.objects.filter(submission=submission).select_related("decided_by").first(),
            may_decide_late=submission.timing == Submission.Timing.LATE and rules.decides(user, submission),
            may_accept=submission.state == State.SUBMITTED,
            may_check=waits and submission.entered_by_id != user.pk and not second.is_open,
            second=second,
            is_hidden_now=is_hidden_now,
            may_key=rules.keys_again(user, submission) and submission.entered_by_id != user.pk,
            waits=waits,
            is_recorded=self.is_shown,
            may_type=submission.is_draft and rules.types_in(user, submission) and not is_hidden_now,
            may_set_aside=submission.may_move_to(State.DUPLICATE) and rules.decides(user, submission),
            may_restore=submission.state in {State.DUPLICATE, State.REJECTED} and rules.decides(user, submission),
            awaited=signoff.awaited_for(submission),
            shown_as=confidentiality.shown_as(submission),
            nav_current="submissions:list",
            **kwargs,
        )

    def survey(self, part: queries.Part) -> dict[str, Any]:
        back = self.subject.stricter.get(part.survey.code, {})
        return {
            "title": part.definition.title,
            "version": part.version.number,
            "sections": [
                {
                    "title": section.title,
                    "lines": [(line, BACK.get(back.get(line.question.code, ""), "")) for line in section.lines],
                }
                for section in answers.sections(part, file_url=self.file_url)
            ],
        }

    def file_url(self, file: str) -> str:
        return reverse("submissions:file", args=[self.consultation.reference, self.subject.reference, file])


class Document(OfReceived, PageView):
    """A document that came with a submission, to be saved."""

    access = rules.handles

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Where reading is recorded, reading a document is too: that takes a button, since a GET records nothing."""
        if confidentiality.reading_is_recorded(request.user, self.subject):
            messages.info(request, "Say why first. The documents stand below the answers then.")
            return redirect(self.detail_url())
        return self.give(self.document())

    def give(self, document: Upload) -> Any:
        """The file, or back to the page where the scanner has not cleared it."""
        if document.is_cleared:
            return as_attachment(document)
        messages.warning(self.request, why_locked(document))
        return redirect(self.detail_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        document = self.document()
        trail.record(
            "submission.document_read",
            subject=self.subject,
            actor=request.user,
            scope=self.consultation.reference,
            **{self.kind: document.pk},
        )
        return self.give(document)

    def document(self) -> Upload:
        rows = self.rows()
        return get_object_or_404(
            rows if self.subject.state != State.WITHDRAWN else rows.none(), public_id=self.kwargs["document"]
        )

    kind = "document"

    def rows(self) -> Any:
        return self.subject.evidence.all()


class File(Document):
    """A file that was added to a question."""

    access = rules.handles
    kind = "answer_file"

    def rows(self) -> Any:
        return AnswerFile.objects.filter(response__submission=self.subject)


class FindFile(Guarded):
    """From the address of a file in an export to the file, among what this person may read."""

    access = is_staff_member

    def get_subject(self) -> AnswerFile:
        rows = AnswerFile.objects.filter(response__submission__in=queries.readable_by_staff(self.request.user))
        return get_object_or_404(
            rows.select_related("response__submission__consultation"), public_id=self.kwargs["file"]
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        submission = self.subject.response.submission
        return redirect(
            "submissions:file", submission.consultation.reference, submission.reference, self.subject.public_id
        )


class Accept(OfReceived, PressView):
    """It is what it says it is; what was typed in has been compared with the original by somebody else."""

    access = rules.handles
    done = "Accepted."

    def act(self) -> None:
        if self.subject.is_draft:
            lifecycle.accept_typed_in(self.subject.pk, actor=self.request.user)
        else:
            lifecycle.accept(self.subject.pk, actor=self.request.user)

    def get_success_url(self) -> str:
        return self.detail_url()


class Restore(OfReceived, PressView):
    """What was set aside by mistake counts again."""

    access = rules.decides
    done = "It counts again."

    def act(self) -> None:
        lifecycle.restore(self.subject.pk, actor=self.request.user)

    def get_success_url(self) -> str:
        return self.detail_url()


class SetAside(OfReceived, ActionView, abstract=True):
    """Asks why, then takes a response out of every figure."""

    form_class = forms.ReasonForm
    template_name = "submissions/set_aside.html"
    title = text = action = done = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submission=self.subject,
            title=self.title,
            text=self.text,
            action=self.action,
            cancel_url=self.detail_url(),
            nav_current="submissions:list",
            **kwargs,
        )

    def get_success_url(self) -> str:
        messages.success(self.request, self.done)
        return self.detail_url()


class MarkDuplicate(SetAside):
    access = rules.decides
    title = "Mark as a duplicate"
    text = "It stays here with everything in it, and leaves every figure. Name the response that it repeats."
    action = "Mark as a duplicate"
    done = "Marked as a duplicate. It is in no figure any more."

    def act(self, form: forms.ReasonForm) -> None:
        lifecycle.mark_duplicate(self.subject.pk, reason=form.cleaned_data["reason"], actor=self.request.user)


class Reject(SetAside):
    access = rules.decides
    title = "Reject this response"
    text = "For what is no answer to this consultation. It stays here with everything in it, and leaves every figure."
    action = "Reject the response"
    done = "Rejected. It is in no figure any more."

    def act(self, form: forms.ReasonForm) -> None:
        lifecycle.reject(self.subject.pk, reason=form.cleaned_data["reason"], actor=self.request.user)
