"""What somebody sees who was asked to an event: the invitation, and how to say no."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from engagement.core.access import anyone
from engagement.core.views import ActionView, PageView
from engagement.events import forms, invitees, lifecycle, queries
from engagement.events.models import Invitee, Registration


class OfInvitee:
    """A page about the invitation that a signed link names."""

    subject: Invitee

    def get_subject(self) -> Invitee:
        invitee = invitees.by_token(self.kwargs["token"])  # type: ignore[attr-defined]
        if invitee is None or invitee.state == Invitee.State.WITHDRAWN:
            raise Http404("This link belongs to no invitation.")
        return invitee

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.update(invitee=self.subject, event=self.subject.event, token=self.kwargs["token"])  # type: ignore[attr-defined]
        return super().get_context_data(**kwargs)  # type: ignore[misc]


class Invited(OfInvitee, PageView):
    access = anyone
    open_to_all = True
    template_name = "events/invited.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        booking = self.subject.registration
        has_booking = booking is not None and booking.state in Registration.LIVE
        return super().get_context_data(
            booking_url=reverse("events:booking", args=[queries.booking_token(booking)]) if has_booking else "",
            book_url=invitees.book_url(self.subject),
            **kwargs,
        )


class DeclineInvitation(OfInvitee, ActionView):
    access = anyone
    open_to_all = True
    form_class = forms.DeclineInvitationForm
    template_name = "events/decline_invitation.html"

    def act(self, form: Any) -> None:
        lifecycle.decline_invitation(self.subject.pk, **form.cleaned_data)
        messages.success(self.request, gettext("Thank you for telling us."))

    def get_success_url(self) -> str:
        return reverse("events:invited", args=[self.kwargs["token"]])
