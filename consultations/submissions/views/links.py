"""Answering without an account, and anonymously: the start, the private return link, coming back by it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from consultations.submissions import actions, flood, forms, links, rules
from consultations.submissions.models import Submission
from consultations.submissions.returnforms import LinkMailForm, ReturnForm, WithoutAccountForm
from consultations.submissions.views.base import OfSubmission, sent_sentence
from consultations.submissions.views.start import OfPublicConsultation, areas_of
from engagement.core.access import anyone
from engagement.core.errors import Refused
from engagement.core.views import ActionView

# Same-origin requests keep their Origin, and no Referer carries the address of this page with its token.
ORIGIN_ONLY = "strict-origin"


class Start(OfPublicConsultation, ActionView, abstract=True):
    """What we ask before a response by return link begins; then the link is shown."""

    access = anyone
    open_to_all = True
    form_class = WithoutAccountForm
    anonymous = False

    def why_not(self) -> str:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "anonymous": self.anonymous, "areas": areas_of(self.subject)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            why_not=self.why_not(), stamp=self.stamp(), trap=flood.TRAP, anonymous=self.anonymous, **kwargs
        )

    def stamp(self) -> str:
        return flood.kept_stamp(self.subject, self.request.POST.get("stamp", ""))

    def act(self, form: WithoutAccountForm) -> None:
        request, given = self.request, form.cleaned_data
        flood.refuse_program(
            self.subject, stamped=request.POST.get("stamp", ""), trapped=request.POST.get(flood.TRAP, "")
        )
        flood.refuse_beyond(flood.STARTS, request)
        flood.refuse_full(self.subject)
        self.submission, self.token = actions.start_by_link(
            self.subject,
            user=request.user,
            anonymous=self.anonymous,
            kind=given["kind"],
            areas=list(given["areas"]),
            name=given.get("respondent", ""),
        )
        flood.count(flood.STARTS, request)
        flood.count_start(self.subject)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if hasattr(self, "token"):
            links.remember(response, self.token)
        return response

    def get_success_url(self) -> str:
        return reverse("submissions:link", args=[self.submission.public_id])


class StartOpen(Start):
    template_name = "submissions/start_open.html"

    def act(self, form: WithoutAccountForm) -> None:
        super().act(form)
        # Not for anonymous responses: a link that was made for one person would bring who that is.
        actions.bring(self.submission, self.request.GET)

    def why_not(self) -> str:
        return actions.why_not_open(self.subject)


class StartAnonymous(Start):
    """Where an account or an invitation is asked for, the person signs in; the account is looked at, not kept."""

    template_name = "submissions/start_anonymous.html"
    anonymous = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        consultation = self.get_subject()
        needs_account = consultation.takes_anonymous and not rules.takes_without_account(consultation)
        if needs_account and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().dispatch(request, *args, **kwargs)

    def why_not(self) -> str:
        return actions.why_not_anonymous(self.subject, self.request.user)


class Link(OfSubmission, ActionView):
    """The return link, as long as this browser has it, and sending it to oneself."""

    access = rules.holds_link
    form_class = LinkMailForm
    template_name = "submissions/link.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        token = links.token_in(self.request)
        return super().get_context_data(
            link=links.url_of(token),
            code=token,
            address=self.subject.respondent_email,
            crumbs=self.crumbs()[:1],
            **kwargs,
        )

    def act(self, form: LinkMailForm) -> None:
        flood.refuse_beyond(flood.MAILS, self.request)
        actions.send_link(self.subject.pk, links.token_in(self.request), to=form.cleaned_data["email"])
        flood.count(flood.MAILS, self.request)
        messages.success(self.request, gettext("The link is on its way to you by e-mail."))

    def get_success_url(self) -> str:
        return self.url("tasks")


class Leave(OfSubmission, ActionView):
    """On a shared device: this browser forgets the link, and the response stays as it is."""

    access = rules.holds_link
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=gettext("Leave your response on this device?"),
            text=gettext(
                "This browser forgets your return link. What you saved is kept, and you come back to it with the "
                "link. Make sure that you have it."
            ),
            action=gettext("Leave"),
            cancel_url=self.url("tasks" if self.subject.is_draft else "receipt"),
            danger=False,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, gettext("This browser has forgotten your return link."))
        response = redirect("programme:consultation", self.subject.consultation.reference)
        links.forget(response)
        return response


class Claim(OfSubmission, ActionView):
    """Continue under an account. The one page that looks at both: the link, and who is signed in."""

    access = rules.holds_link
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"
    account: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated and links.opened(request, kwargs["public_id"]) is not None:
            return redirect_to_login(request.get_full_path())
        self.account = request.user
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=gettext("Continue under your account?"),
            text=gettext(
                "This response becomes yours, as %(address)s. Your name and address are kept with it, and the return "
                "link ends. From then on you find it on your page when you have signed in."
            )
            % {"address": self.account.email},
            action=gettext("Continue under my account"),
            cancel_url=self.url("tasks" if self.subject.is_draft else "receipt"),
            danger=False,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.claim(self.subject.pk, self.account)
        messages.success(self.request, gettext("This response belongs to your account now. The return link has ended."))

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if response.status_code == 302:
            links.forget(response)
        return response

    def get_success_url(self) -> str:
        return self.url("tasks" if self.subject.is_draft else "receipt")


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class Return(ActionView):
    """Coming back, from any device. Opening the link reads nothing; the button sends the code, and the code opens.

    A code that opens nothing is counted against the network that it comes from.
    """

    access = anyone
    open_to_all = True
    form_class = ReturnForm
    template_name = "submissions/return.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = ORIGIN_ONLY
        return response

    def get_initial(self) -> dict[str, Any]:
        return {"code": self.kwargs.get("token", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(by_link="token" in self.kwargs, **kwargs)

    def act(self, form: ReturnForm) -> None:
        flood.refuse_beyond(flood.WRONG_LINKS, self.request)
        self.token = form.cleaned_data["code"]
        found = links.find(self.token)
        if found is None:
            flood.count(flood.WRONG_LINKS, self.request)
            raise Refused(
                gettext(
                    "This code opens nothing. Check that it is whole. If you sent an anonymous response with it, or "
                    "took the response into an account, the link ended then."
                ),
                field="code",
            )
        if ended := rules.why_link_ended(found):
            raise Refused(ended)
        self.submission: Submission = found

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if hasattr(self, "submission"):
            links.remember(response, links.grouped(self.token))
        return response

    def get_success_url(self) -> str:
        if self.submission.is_draft:
            return reverse("submissions:tasks", args=[self.submission.public_id])
        messages.info(self.request, sent_sentence(self.submission))
        return reverse("submissions:receipt", args=[self.submission.public_id])
