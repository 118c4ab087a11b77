"""What the pages of a partner's own submission have in common."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from consultations.submissions import links, queries, rules
from consultations.submissions.links import LinkHolder
from consultations.submissions.models import Submission
from engagement.core.errorpages import typed_texts
from engagement.core.views import Guarded

# Value of “from” in the address of a page that was reached from the check page.
CHECK = "check"
# Texts that a person typed and sent after they had been signed out, by address, until they are saved.
TYPED = "typed"
MOST_TYPED = 300_000


class KeepsTyping(Guarded, abstract=True):
    """A page whose form may have been open longer than the session.

    What was sent without being signed in is kept in the browser's session, the person signs in, and the page comes
    back with it. The page itself is as closed as any other.
    """

    open_to_all = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated or isinstance(request.user, LinkHolder):
            return super().dispatch(request, *args, **kwargs)
        if request.method == "POST":
            self._keep(request)
            messages.warning(
                request,
                gettext("You had been signed out. What you typed is kept: sign in, and save it on the next page."),
            )
        return redirect_to_login(request.get_full_path())

    def _keep(self, request: HttpRequest) -> None:
        fields = request.POST.copy()
        fields.pop("csrfmiddlewaretoken", None)
        typed = fields.urlencode()
        if len(typed) <= MOST_TYPED:
            request.session[TYPED] = {request.path: typed}

    def kept_typing(self) -> QueryDict | None:
        """What was sent to this address after signing out; None when there is nothing."""
        typed = self.request.session.get(TYPED, {}).get(self.request.path)
        return QueryDict(typed) if typed else None

    def forget_typing(self) -> None:
        if self.request.session.get(TYPED, {}).get(self.request.path):
            del self.request.session[TYPED]


class OfSubmission:
    """A page of one submission that exists for the person; `self.subject` is the Submission.

    Whoever came by a return link is a `LinkHolder` here, whatever account this browser is signed in to: what is
    written by the link is written by nobody else. Everybody else has to be signed in.
    """

    open_to_all = True
    request: Any
    kwargs: dict[str, Any]
    subject: Submission

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        opened = links.opened(request, kwargs["public_id"])
        if opened is not None and not rules.why_link_ended(opened):
            request.user = LinkHolder(opened)  # type: ignore[assignment]
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            response.headers["Cache-Control"] = "no-store, private"
            return response
        if not request.user.is_authenticated:
            if (page := self.without_link(request)) is not None:
                return page
            if not isinstance(self, KeepsTyping):
                return redirect_to_login(request.get_full_path())
            return super().dispatch(request, *args, **kwargs)
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Http404:
            if (page := self.without_link(request)) is not None:
                return page
            raise

    def without_link(self, request: HttpRequest) -> HttpResponse | None:
        """What is said where a return link is needed or was worn out, with what was typed; None where none is."""
        found = Submission.objects.filter(public_id=self.kwargs["public_id"]).select_related("consultation").first()
        if found is None and not links.token_in(request):
            return None
        if found is not None and found.link_key is None:
            return None
        typed = typed_texts(request) if request.method == "POST" else []
        ended = rules.why_link_ended(found) if found is not None else ""
        context = {"is_gone": found is None, "ended": ended, "typed": typed}
        return render(request, "submissions/link_needed.html", context, status=410 if found is None else 403)

    def get_subject(self) -> Submission:
        if isinstance(self.request.user, LinkHolder):
            return self.request.user.submission
        submission = queries.workable(self.request.user, self.kwargs["public_id"])
        if submission is None:
            raise Http404
        return submission

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.setdefault("submission", self.subject)
        context.setdefault("of", self.subject.consultation)
        context.setdefault("crumbs", self.crumbs())
        return context

    def crumbs(self) -> list[tuple[str, str]]:
        consultation = self.subject.consultation
        if self.subject.is_test:
            return [
                (gettext("Test responses"), reverse("submissions:tests", args=[consultation.reference])),
                (self.subject.reference, self.url("tasks")),
            ]
        if self.subject.is_intake and self.request.user.is_staff_member:
            return [
                (consultation.title, reverse("submissions:list", args=[consultation.reference])),
                (self.subject.reference, self.url("tasks")),
            ]
        return [
            (consultation.title, reverse("programme:consultation", args=[consultation.reference])),
            (gettext("Your response"), self.url("tasks")),
        ]

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"submissions:{name}", args=[self.subject.public_id, *args])

    def file_url(self, file: str) -> str:
        """Where its people fetch a file of an answer."""
        return self.url("own_file", file)


class OfDraft(OfSubmission):
    """A page on which a draft is written. One that was sent leads to its receipt instead, and changes nothing."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.subject.is_draft:
            return self.to_receipt(self.subject)
        return super().get(request, *args, **kwargs)  # type: ignore[misc]

    def to_receipt(self, submission: Submission) -> HttpResponse:
        messages.info(self.request, sent_sentence(submission))
        return redirect("submissions:receipt", submission.public_id)


def sent_sentence(submission: Submission) -> str:
    """Why this page of a submission is not there any more."""
    if submission.state in Submission.COUNTED:
        return gettext("This response was sent and has the reference %(reference)s.") % {
            "reference": submission.reference
        }
    return gettext("This response is “%(state)s”, so it cannot be changed.") % {"state": submission.get_state_display()}


def with_query(address: str, **query: str) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(given)}" if given else address
