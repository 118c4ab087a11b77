"""Sign-off: asked for by those who lead a response, decided by the person who was asked, entered for a body."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext

from consultations.submissions import (
    actions,
    amending,
    answers,
    forms,
    lifecycle,
    queries,
    rules,
    signoff,
    workspaceforms,
)
from consultations.submissions.models import Approval
from consultations.submissions.views.base import OfSubmission
from consultations.submissions.views.beside import as_attachment, why_locked
from consultations.submissions.views.sending import kept_back
from engagement.core.access import signed_in
from engagement.core.templatetags.ui import day
from engagement.core.views import ActionView, PageView


class SignOff(OfSubmission, ActionView):
    """Where the sign-off stands, everything that was decided, and a form to ask somebody."""

    access = rules.is_colleague
    changes = rules.can_send_together
    form_class = workspaceforms.AskForm
    template_name = "submissions/sign_off.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        me = self.request.user.pk
        people = [one for one in queries.colleagues(self.subject) if one.contact.user_id != me]
        return {**super().get_form_kwargs(), "people": people}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission, user = self.subject, self.request.user
        parts = amending.parts(submission)
        standing = signoff.of(submission, parts)
        is_provisional = amending.is_provisional(submission)
        may_send = rules.can_send_together(user, submission)
        rows = submission.approvals.select_related("requested_by", "decided_by").order_by("-pk")
        return super().get_context_data(
            standing=standing,
            is_provisional=is_provisional,
            may_send=may_send,
            may_ask=may_send and standing.waiting is None and (submission.is_draft or is_provisional),
            lacks=lifecycle.lacking(submission, parts),
            rows=rows,
            is_late=rules.is_late(submission),
            **kwargs,
        )

    def act(self, form: workspaceforms.AskForm) -> None:
        given, user = form.cleaned_data, self.request.user
        told: dict[str, Any] = {"note": given["note"], "actor": user}
        if given["whom"] == workspaceforms.BODY:
            told |= {"body": given["body"], "meets_on": given["meets_on"]}
        elif given["whom"] == workspaceforms.OUTSIDE:
            told |= {
                "approver": actions.outside_approver(given["name"], given["email"], actor=user),
                "approver_name": given["name"],
            }
        else:
            told["approver"] = form.people[given["whom"]]
        asked = lifecycle.ask(self.subject.pk, **told)
        messages.success(
            self.request,
            gettext("It waits for approval by %(whom)s now. Until then nobody can change it.")
            % {"whom": signoff.awaited(asked)},
        )

    def get_success_url(self) -> str:
        return self.url("sign_off")


class OfRequest(OfSubmission):
    """A page about the request that waits."""

    def waiting(self) -> Approval:
        if not hasattr(self, "_waiting"):
            rows = self.subject.approvals.select_related("requested_by")
            self._waiting = get_object_or_404(rows, state=Approval.State.WAITING)
        return self._waiting

    def get_success_url(self) -> str:
        return self.url("sign_off")


class TakeBack(OfRequest, ActionView):
    """Asks before a request is taken back."""

    access = rules.can_send_together
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=gettext("Take the request back?"),
            text=gettext("%(whom)s is not asked any more. You can change the response again, and ask anew.")
            % {"whom": signoff.awaited(self.waiting())},
            action=gettext("Take it back"),
            cancel_url=self.url("sign_off"),
            danger=False,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        lifecycle.take_back(self.waiting().pk, actor=self.request.user)
        messages.success(self.request, gettext("The request was taken back."))


class EnterDecision(OfRequest, ActionView):
    """What a body decided, with the day and the place in the minutes."""

    access = rules.can_send_together
    form_class = workspaceforms.DecisionForm
    template_name = "submissions/decision.html"

    def get_initial(self) -> dict[str, Any]:
        return {"decided_on": self.waiting().meets_on}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(approval=self.waiting(), **kwargs)

    def act(self, form: workspaceforms.DecisionForm) -> None:
        given = dict(form.cleaned_data)
        is_approved = given.pop("outcome") == "approved"
        lifecycle.enter_decision(self.waiting().pk, is_approved=is_approved, actor=self.request.user, **given)
        self.subject.refresh_from_db()
        if not is_approved:
            messages.info(self.request, gettext("Entered. The response was not approved."))
        elif self.subject.is_draft:
            messages.success(self.request, gettext("Entered. The response is approved and can be sent."))
        else:
            messages.success(self.request, gettext("Entered. What you had sent provisionally is confirmed."))


class NeedApproval(OfSubmission, ActionView):
    """Says whether the response may be sent without an approval, after asking."""

    access = rules.can_send_together
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        needed = not self.subject.needs_approval
        return super().get_context_data(
            title=gettext("Send it only when it is approved?") if needed else gettext("Send it without an approval?"),
            text=gettext("Nobody can send this response before somebody has approved it.")
            if needed
            else gettext("The response can then be sent at once. Your colleagues see that you chose this."),
            action=gettext("Only with an approval") if needed else gettext("Without an approval"),
            cancel_url=self.url("sign_off"),
            danger=False,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        lifecycle.need_approval(self.subject.pk, not self.subject.needs_approval, actor=self.request.user)
        messages.success(self.request, gettext("Saved."))

    def get_success_url(self) -> str:
        return self.url("sign_off")


class SendProvisionally(OfRequest, ActionView):
    """Asks before a response is sent subject to an approval that has not come yet."""

    access = rules.can_send_together
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=gettext("Send it provisionally?"),
            text=gettext(
                "It arrives on time and counts from now on, marked “subject to approval by %(whom)s”. When it is "
                "approved, it is confirmed. If it is not, you can change it or withdraw it."
            )
            % {"whom": signoff.awaited(self.waiting())},
            action=gettext("Send it provisionally"),
            cancel_url=self.url("sign_off"),
            danger=False,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        lifecycle.submit(self.subject.pk, provisional=True, actor=self.request.user)

    def get_success_url(self) -> str:
        return self.url("receipt")


# --- the person who was asked ---------------------------------------------------------------------------


class OfApproval:
    """A page of one request to this person; `self.subject` is the Approval. It exists for nobody else."""

    request: Any
    kwargs: dict[str, Any]
    subject: Approval

    def get_subject(self) -> Approval:
        found = queries.approvals_for(self.request.user).filter(public_id=self.kwargs["approval"]).first()
        if found is None:
            raise Http404
        return found

    def url(self) -> str:
        return reverse("submissions:approval", args=[self.subject.public_id])


class Decide(OfApproval, ActionView):
    """The text that is to be approved, whole, and two ways on. Once it is decided only the outcome is shown."""

    access = signed_in
    form_class = forms.NothingToType
    template_name = "submissions/approval.html"

    def file_url(self, file: str) -> str:
        return reverse("submissions:approval_file", args=[self.subject.public_id, file])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        approval, submission = self.subject, self.subject.submission
        waits = approval.state == Approval.State.WAITING
        parts = [part for part in amending.parts(submission) if part.is_begun] if waits else []
        return super().get_context_data(
            approval=approval,
            submission=submission,
            of=submission.consultation,
            waits=waits,
            surveys=[
                {"title": part.definition.title, "sections": answers.sections(part, file_url=self.file_url)}
                for part in parts
            ],
            documents=list(submission.evidence.order_by("pk")) if waits else [],
            kept_back=kept_back(submission, parts),
            wrote=waits and signoff.wrote(submission, self.request.user),
            closes=day(submission.consultation.closes_at),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        lifecycle.approve(self.subject.pk, actor=self.request.user)
        messages.success(self.request, gettext("Approved. Those who lead the response were told."))

    def get_success_url(self) -> str:
        return self.url()


class ReturnIt(OfApproval, ActionView):
    """Not approved, with reasons."""

    access = signed_in
    form_class = workspaceforms.ReturnForm
    template_name = "submissions/return_it.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.subject.state != Approval.State.WAITING:
            return redirect(self.url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.subject.submission
        return super().get_context_data(
            approval=self.subject, submission=submission, of=submission.consultation, back=self.url(), **kwargs
        )

    def act(self, form: workspaceforms.ReturnForm) -> None:
        lifecycle.return_to_writers(self.subject.pk, reasons=form.cleaned_data["reasons"], actor=self.request.user)
        messages.success(self.request, gettext("Returned. Those who lead the response were told."))

    def get_success_url(self) -> str:
        return self.url()


class ApprovalFile(OfApproval, PageView):
    """A file of the text that is to be approved, while it waits; to be saved."""

    access = signed_in

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.subject.state != Approval.State.WAITING:
            raise Http404
        submission = self.subject.submission
        found = queries.file_of(submission, kwargs["file"])
        if found is None:
            raise Http404
        if found.is_cleared:
            return as_attachment(found)
        messages.warning(request, why_locked(found))
        return redirect(self.url())
