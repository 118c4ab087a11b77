"""Following a consultation by e-mail: asked for here, confirmed and stopped by links in messages."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache

from consultations.notices import actions, following, rules
from consultations.notices.forms import FollowForm, HowForm
from consultations.notices.models import Follower
from consultations.programme import queries as programme
from consultations.programme.models import Consultation
from engagement.core import limits
from engagement.core.views import ActionView

ASKING = limits.Limit(
    "follow", 10, 3600, gettext_noop("Too many addresses were given from here within an hour. Try again later.")
)


class Follow(ActionView):
    """Asks for an address; the answer is the same whoever follows already."""

    access = rules.anyone
    open_to_all = True
    form_class = FollowForm
    template_name = "notices/follow.html"

    def get_subject(self) -> Consultation:
        return get_object_or_404(programme.public(), reference=self.kwargs["reference"])

    def act(self, form: FollowForm) -> None:
        network = limits.network_of(self.request)
        limits.refuse_beyond(ASKING, network)
        limits.count(ASKING, network)
        actions.ask_to_follow(self.subject, form.cleaned_data["email"], form.cleaned_data["how"])

    def get_success_url(self) -> str:
        return reverse("notices:follow", args=[self.subject.reference]) + "?asked=yes"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            subject=self.subject,
            is_asked=self.request.GET.get("asked") == "yes",
            is_over=self.subject.state not in actions.FOLLOWABLE,
            **kwargs,
        )


class OfFollower(ActionView, abstract=True):
    """A page found by the signed link of a mailbox. Reading it changes nothing: scanners read every link."""

    access = rules.anyone
    open_to_all = True
    purpose: str

    def get_subject(self) -> Follower:
        follower = following.by_token(self.purpose, self.kwargs["token"])
        if follower is None or follower.consultation.state not in Consultation.PUBLIC_STATES:
            raise Http404
        return follower

    def get_success_url(self) -> str:
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            follower=self.subject, subject=self.subject.consultation, follows=self.follows(), **kwargs
        )

    def follows(self) -> bool:
        return self.subject.confirmed_at is not None and self.subject.stopped_at is None


@method_decorator(never_cache, name="dispatch")
class Confirm(OfFollower):
    purpose = following.CONFIRM
    form_class = HowForm
    template_name = "notices/confirm.html"

    def get_initial(self) -> dict[str, Any]:
        return {"how": self.subject.how}

    def act(self, form: HowForm) -> None:
        actions.confirm(self.subject.pk, form.cleaned_data["how"])


@method_decorator(never_cache, name="dispatch")
class StopFollowing(OfFollower):
    purpose = following.STOP
    form_class = HowForm
    template_name = "notices/stop.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        # The page has one button and asks nothing.
        kwargs = super().get_form_kwargs()
        return {**kwargs, "data": {"how": self.subject.how}} if "data" in kwargs else kwargs

    def act(self, form: HowForm) -> None:
        actions.stop_following(self.subject.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        again = following.confirm_url(self.subject)
        return super().get_context_data(again_url=again, **kwargs)
