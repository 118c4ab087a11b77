"""Letters, e-mails, calls and conversations: typed in by one member of staff, checked by another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse

from consultations.programme import rules as programme_rules
from consultations.programme.views.base import OfConsultation
from consultations.submissions import actions, forms, lifecycle, rules
from consultations.submissions.views.staff import SetAside
from consultations.submissions.views.start import areas_of
from engagement.core.views import ActionView


class Enter(OfConsultation, ActionView):
    """From whom, how and when; then the same pages that partners fill in."""

    creates_once = True
    access = programme_rules.runs
    form_class = forms.IntakeForm
    template_name = "submissions/enter.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "areas": areas_of(self.subject)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(nav_current="submissions:list", **kwargs)

    def act(self, form: forms.IntakeForm) -> None:
        given = form.cleaned_data
        self.submission = actions.begin_intake(
            self.subject,
            channel=given["channel"],
            received_on=given["received_on"],
            actor=self.request.user,
            organisation=given["organisation"],
            name=given["name"],
            email=given["email"],
            kind=given["kind"],
            areas=list(given["areas"]),
        )

    def get_success_url(self) -> str:
        messages.success(
            self.request,
            f"Its reference is {self.submission.reference}. Type in what it says, and attach the original.",
        )
        return reverse("submissions:tasks", args=[self.submission.public_id])


class SendBack(SetAside):
    """The one who checks found something that the original does not say."""

    access = rules.handles
    title = "Send back to be corrected"
    text = "Say what differs from the original. It can be typed in again and handed over once more."
    action = "Send back"
    done = "Sent back to be corrected."

    def act(self, form: forms.ReasonForm) -> None:
        lifecycle.send_back(self.subject.pk, reason=form.cleaned_data["reason"], actor=self.request.user)
