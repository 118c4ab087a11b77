"""Where a link in an invitation leads. It identifies the invitation and signs nobody in; reading changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from consultations.invitations import lifecycle, links, queries, rules
from consultations.invitations.forms import DeclineForm
from consultations.invitations.models import Invitation
from engagement.core.views import ActionView, PageView


class OfLink:
    """A page found by the signed link of an invitation; 404 for a false one and for a consultation not yet public."""

    kwargs: dict[str, Any]
    subject: Invitation

    def get_subject(self) -> Invitation:
        public_id = links.read(self.kwargs["token"])
        found = queries.by_public_id(public_id).first() if public_id else None
        if found is None or found.state == Invitation.State.CANCELLED:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitation = self.subject
        facts = {
            "invitation": invitation,
            "subject": invitation.consultation,
            "who": invitation.organisation or invitation.contact,
            "have_answer": gettext("We have an answer of %(contact)s")
            % {"contact": invitation.organisation or invitation.contact},
            "takes_answers": invitation.consultation.is_open,
            "token": self.kwargs["token"],
        }
        return super().get_context_data(**{**kwargs, **facts})  # type: ignore[misc]


@method_decorator(never_cache, name="dispatch")
class Follow(OfLink, PageView):
    """What is asked, by when; going on is a POST, so that a scanner which reads every link opens nothing."""

    access = rules.anyone
    open_to_all = True
    template_name = "invitations/follow.html"

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        lifecycle.open_link(self.subject.pk)
        respond = reverse("submissions:respond", args=[self.subject.consultation.reference])
        if request.user.is_authenticated:
            return HttpResponseRedirect(respond)
        self.template_name = "invitations/follow_sign_in.html"
        return self.render_to_response(self.get_context_data(next=respond))


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
