"""Afterwards: two questions to those who came, the write-up for staff, and what everybody reads of it."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from engagement.core.access import anyone
from engagement.core.views import ActionView, PageView
from engagement.events import afterwards, forms, lifecycle, queries, rules
from engagement.events.models import Feedback, Registration
from engagement.events.views.public import OfEvent
from engagement.events.views.staff import OfStaffEvent, staff_crumbs


class GiveFeedback(ActionView):
    """For somebody who came, by the link in their message; no account, no name in what is kept."""

    access = anyone
    open_to_all = True
    form_class = forms.FeedbackForm
    template_name = "events/feedback.html"
    subject: Registration

    def get_subject(self) -> Registration:
        registration = queries.by_token(afterwards.FEEDBACK_TOKEN, self.kwargs["token"])
        if not queries.attendees(registration.event).filter(pk=registration.pk).exists():
            raise Http404("The questions are for those who came.")
        return registration

    def given(self) -> Feedback | None:
        return Feedback.objects.filter(answer_key=afterwards.answer_key(self.subject)).first()

    def get_initial(self) -> dict[str, Any]:
        given = self.given()
        return {"usefulness": given.usefulness, "words": given.words} if given else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(event=self.subject.event, is_given=self.given() is not None, **kwargs)

    def act(self, form: forms.FeedbackForm) -> None:
        lifecycle.give_feedback(self.subject, **form.cleaned_data)
        messages.success(self.request, gettext("Thank you. What you said is kept without your name."))

    def get_success_url(self) -> str:
        return reverse("events:feedback", args=[self.kwargs["token"]])


class OfWriteUp(OfStaffEvent):
    def get_success_url(self) -> str:
        return reverse("events:write_up", args=[self.subject.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("crumbs", [*staff_crumbs(self.subject), ("Write-up", self.get_success_url())])
        return super().get_context_data(is_published=afterwards.is_published(self.subject), **kwargs)


class WriteUpPage(OfWriteUp, ActionView):
    """What is missing, who came, what was agreed, what people thought; and the texts."""

    access = rules.can_read
    changes = rules.can_run
    form_class = forms.WriteUpForm
    template_name = "events/manage/write_up.html"

    def get_initial(self) -> dict[str, Any]:
        written = getattr(self.subject, "write_up", None)
        return {"introduction": written.introduction, "next_steps": written.next_steps} if written else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = self.subject
        return super().get_context_data(
            crumbs=staff_crumbs(event),
            missing=[
                (text, reverse(f"events:{page}", args=[event.public_id])) for text, page in afterwards.missing(event)
            ],
            sectors=afterwards.by_sector(event),
            opinions=afterwards.opinions(event),
            topics=afterwards.agreed_by_topic(event),
            contributions=afterwards.contributions(event),
            **kwargs,
        )

    def act(self, form: forms.WriteUpForm) -> None:
        lifecycle.save_write_up(self.subject.pk, **form.cleaned_data, actor=self.request.user)
        messages.success(self.request, "The texts are saved.")


class PublishWriteUp(OfWriteUp, ActionView):
    """First the preview, which is exactly what outsiders get; then the press."""

    access = rules.can_run
    form_class = django_forms.Form
    template_name = "events/manage/publish_write_up.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(version=afterwards.public_version(self.subject), **kwargs)

    def act(self, form: Any) -> None:
        lifecycle.publish_write_up(self.subject.pk, actor=self.request.user)
        messages.success(self.request, "The write-up is public.")


class WithdrawWriteUp(OfWriteUp, ActionView):
    """One press."""

    access = rules.can_run
    http_method_names = ["post"]
    form_class = django_forms.Form

    def act(self, form: Any) -> None:
        lifecycle.withdraw_write_up(self.subject.pk, actor=self.request.user)
        messages.success(self.request, "The write-up is not public any more.")


class PublicWriteUp(OfEvent, PageView):
    access = anyone
    open_to_all = True
    template_name = "events/write_up.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not afterwards.is_published(self.subject):
            raise Http404("There is no write-up of this event to read.")
        return super().get_context_data(version=afterwards.public_version(self.subject), **kwargs)
