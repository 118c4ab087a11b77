"""Where a link in an invitation leads. It identifies the invitation and signs nobody in; reading changes nothing.

“Opened” is recorded when somebody presses the button on the landing page, a POST: programs that look at every link of
a message open nothing. After the close the link says that it is over, and does nothing.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from consultations.invitations import actions, deadlines, lifecycle, links, queries, rules
from consultations.invitations.forms import DeclineForm, PassOnForm
from consultations.invitations.models import Invitation
from engagement.core.views import ActionView, PageView


class OfLink:
    """A page found by the signed link of an invitation; 404 for a false one, for a consultation not yet public, and
    for somebody who has left the organisation that they were asked for."""

    request: HttpRequest
    kwargs: dict[str, Any]
    subject: Invitation

    def get_subject(self) -> Invitation:
        public_id = links.read(self.kwargs["token"])
        found = queries.by_public_id(public_id).first() if public_id else None
        if found is None or found.state == Invitation.State.CANCELLED or queries.has_left(found):
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitation = self.subject
        partner = {
            "organisation": invitation.organisation,
            "user": None if invitation.organisation else invitation.contact.user,
        }
        facts = {
            "invitation": invitation,
            "subject": invitation.consultation,
            "who": invitation.organisation or invitation.contact,
            "have_answer": gettext("We have an answer of %(contact)s")
            % {"contact": invitation.organisation or invitation.contact},
            "closes_at": deadlines.closing_time(invitation.consultation, **partner),
            "takes_answers": deadlines.takes_answers(invitation.consultation, **partner),
            "has_ended": lifecycle.has_ended(invitation),
            "token": self.kwargs["token"],
        }
        return super().get_context_data(**{**kwargs, **facts})  # type: ignore[misc]


@method_decorator(never_cache, name="dispatch")
class Follow(OfLink, PageView):
    """What is asked, by when; going on is a POST, so that a scanner which reads every link opens nothing."""

    access = rules.anyone
    open_to_all = True
    template_name = "invitations/follow.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            colleague_began=queries.colleague_began(self.subject),
            is_known=self.request.user.is_authenticated,
            next=self.onward(),
            **kwargs,
        )

    def onward(self) -> str:
        return reverse("submissions:respond", args=[self.subject.consultation.reference])

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if lifecycle.has_ended(self.subject):
            return HttpResponseRedirect(reverse("invitations:follow", args=[token]))
        lifecycle.open_link(self.subject.pk)
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.onward())
        if "email" in request.POST:
            # The browser sends the same form on, to the page that sends the code: one page less to look at.
            return HttpResponseRedirect(reverse("account_request_login_code"), preserve_request=True)
        return show_sign_in(self, self.onward())


def show_sign_in(page: Any, onward: str) -> HttpResponse:
    """The page that offers a code to the address of the invitation, and leads on to `onward`."""
    context = OfLink.get_context_data(page, next=onward)
    return render(page.request, "invitations/follow_sign_in.html", context)


@method_decorator(never_cache, name="dispatch")
class Decline(OfLink, ActionView):
    """Saying “no view”, with a reason if one likes."""

    access = rules.anyone
    open_to_all = True
    form_class = DeclineForm
    template_name = "invitations/decline.html"

    def act(self, form: DeclineForm) -> None:
        lifecycle.decline(self.subject.pk, reason=form.cleaned_data["reason"])

    def get_success_url(self) -> str:
        return reverse("invitations:decline", args=[self.kwargs["token"]])


@method_decorator(never_cache, name="dispatch")
class ChangeMind(OfLink, ActionView):
    """Who had no view wants to answer after all."""

    access = rules.anyone
    open_to_all = True
    form_class = DeclineForm
    template_name = "invitations/decline.html"
    http_method_names = ("post", "options")

    def act(self, form: DeclineForm) -> None:
        lifecycle.change_mind(self.subject.pk)

    def get_success_url(self) -> str:
        return reverse("invitations:follow", args=[self.kwargs["token"]])


class ByInvitedPerson(OfLink, ActionView, abstract=True):
    """What the invited person does once they have shown that it is them."""

    access = rules.can_pass_on
    open_to_all = True
    template_name = "invitations/pass_on.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            self.subject = self.get_subject()
            return show_sign_in(self, self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(passed_to=queries.passed_to(self.subject), **kwargs)

    def get_success_url(self) -> str:
        return reverse("invitations:pass_on", args=[self.kwargs["token"]])


@method_decorator(never_cache, name="dispatch")
class PassOn(ByInvitedPerson):
    """Asking a colleague instead."""

    form_class = PassOnForm

    def act(self, form: PassOnForm) -> None:
        actions.pass_on(
            self.subject.pk,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            actor=self.request.user,
        )


@method_decorator(never_cache, name="dispatch")
class TakeBack(ByInvitedPerson):
    """Answering oneself after all."""

    form_class = DeclineForm
    http_method_names = ("post", "options")

    def act(self, form: DeclineForm) -> None:
        goes_on = actions.take_back(self.subject.pk, actor=self.request.user)
        messages.success(
            self.request,
            gettext("The invitation is yours again. Your colleague has begun already, so you can write it together.")
            if goes_on
            else gettext("The invitation is yours again."),
        )

    def get_success_url(self) -> str:
        return reverse("invitations:follow", args=[self.kwargs["token"]])
