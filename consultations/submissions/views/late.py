"""Whether a late response counts, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages

from consultations.invitations import deadlines
from consultations.submissions import lifecycle, rules
from consultations.submissions.models import LateDecision
from consultations.submissions.staffforms import LateForm
from consultations.submissions.views.staff import OfReceived
from engagement.core.views import ActionView


class DecideLate(OfReceived, ActionView):
    access = rules.decides
    form_class = LateForm
    template_name = "submissions/late.html"

    def get_initial(self) -> dict[str, Any]:
        decision = LateDecision.objects.filter(submission=self.subject).first()
        return {"outcome": decision.outcome, "reason": decision.reason} if decision else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.subject
        return super().get_context_data(
            submission=submission,
            closed_at=deadlines.closing_time(
                submission.consultation, organisation=submission.organisation, user=submission.respondent
            ),
            cancel_url=self.detail_url(),
            nav_current="submissions:list",
            **kwargs,
        )

    def act(self, form: LateForm) -> None:
        lifecycle.decide_late(
            self.subject.pk,
            outcome=form.cleaned_data["outcome"],
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
        )
        messages.success(self.request, "The decision is kept with the response, and reported with the figures.")

    def get_success_url(self) -> str:
        return self.detail_url()
