"""One's own account, and the administrators' list of who works here."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from engagement.accounts import actions, forms, queries, rules
from engagement.audit.models import Entry
from engagement.core import languages
from engagement.core.access import anyone
from engagement.core.views import ActionView, Guarded, ListPage

PEOPLE = ("People and roles", reverse_lazy("accounts:people"))
VERBS = {
    "user.added": "account made",
    "user.role_changed": "role changed",
    "user.closed": "account closed",
    "user.reopened": "account opened again",
    "user.second_step_removed": "second step removed",
    "user.renamed": "name changed",
    "user.sessions_ended": "signed out everywhere",
}


class OwnAccount:
    """Pages about oneself; staff see them in the staff layout."""

    access = rules.signed_in

    def get_subject(self):
        return self.request.user

    def get_success_url(self):
        return reverse("accounts:profile")

    def get_context_data(self, **kwargs):
        layout = "layouts/staff.html" if self.request.user.is_staff_member else "layouts/public.html"
        return super().get_context_data(layout=layout, **kwargs)


class ProfilePage(OwnAccount, ActionView):
    form_class = forms.NameForm
    template_name = "accounts/profile.html"

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.request.user.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            has_password=self.request.user.has_usable_password(),
            has_second_step=queries.has_second_step(self.request.user),
            may_manage=rules.is_administrator(self.request.user),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.rename(self.request.user, form.cleaned_data["name"])
        messages.success(self.request, gettext("Your name is saved."))


class EndSessionsView(OwnAccount, ActionView):
    form_class = forms.NoQuestionsForm
    template_name = "accounts/end_sessions.html"

    def act(self, form: Any) -> None:
        own = actions.end_sessions(self.request.user)
        # This session goes on; all others no longer match.
        update_session_auth_hash(self.request, own)
        messages.success(self.request, gettext("You are signed out everywhere else."))


class LanguageView(Guarded):
    """Going here chooses a language in this browser and leads back; sending it keeps the choice with the account too.

    Both work without JavaScript. The first changes nothing but a cookie, so that a link is enough.
    """

    access = anyone
    open_to_all = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.chosen(code)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        response = self.chosen(code)
        if request.user.is_authenticated:
            actions.choose_language(request.user, languages.known(code))
        return response

    def chosen(self, code: str) -> HttpResponse:
        """Back to the page that one came from, on this site only, with the choice in a cookie."""
        language = languages.known(code)
        if not language:
            raise Http404
        request = self.request
        back = request.POST.get("next") or request.GET.get("next") or "/"
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            back = "/"
        response = HttpResponseRedirect(back)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response


class PeoplePage(ListPage):
    access = rules.is_administrator
    template_name = "accounts/people.html"

    def get_queryset(self) -> Any:
        text = self.request.GET.get("q", "").strip()[:200].replace("\x00", "")
        return queries.people(text=text, who=self.request.GET.get("who", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            form=forms.SearchForm(self.request.GET or None),
            is_filtered=any(self.request.GET.get(name) for name in ("q", "who")),
            **kwargs,
        )


class InviteStaffView(ActionView):
    access = rules.is_administrator
    form_class = forms.InviteStaffForm
    template_name = "accounts/invite.html"
    success_url = PEOPLE[1]
    extra_context = {"crumbs": [PEOPLE]}

    def act(self, form: Any) -> None:
        user = actions.invite_staff(actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"{user} is on the staff. A message is on its way to {user.email}.")


class OfPerson:
    """Pages about one account, for administrators."""

    access = rules.is_administrator
    stands_below = True

    def get_subject(self):
        return get_object_or_404(
            queries.with_second_step(queries.visible_to(self.request.user)), public_id=self.kwargs["public_id"]
        )

    def get_success_url(self):
        return reverse("accounts:person", args=[self.subject.public_id])

    def get_context_data(self, **kwargs):
        itself = self.get_success_url()
        crumbs = [PEOPLE, (str(self.subject), itself)] if self.stands_below else [PEOPLE]
        return super().get_context_data(person=self.subject, crumbs=crumbs, cancel_url=itself, **kwargs)


class PersonView(OfPerson, ActionView):
    form_class = forms.StaffRoleForm
    template_name = "accounts/person.html"
    stands_below = False

    def get_initial(self) -> dict[str, Any]:
        return {"staff_role": self.subject.staff_role}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = Entry.objects.filter(subject_kind="accounts.user", subject_key=str(self.subject.pk))
        return super().get_context_data(
            is_oneself=self.subject.pk == self.request.user.pk,
            history=[
                (entry.at, VERBS.get(entry.verb, entry.verb), str(entry.actor or "The site"), _change(entry.facts))
                for entry in entries.select_related("actor").order_by("-at", "-pk")[:50]
            ],
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.set_staff_role(self.subject.pk, form.cleaned_data["staff_role"], actor=self.request.user)
        messages.success(self.request, "The role is saved. It holds from the person's next click.")


def _change(facts: dict[str, Any]) -> str:
    if "after" not in facts:
        return ""
    return f"{facts.get('before') or 'partner'} → {facts['after'] or 'partner'}"


class CloseAccountView(OfPerson, ActionView):
    form_class = forms.NoQuestionsForm
    template_name = "accounts/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Close the account of {self.subject}?",
            text="They are signed out at once and cannot sign in. What they did stays. You can open it again.",
            action="Close the account",
            danger=True,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.close_account(self.subject.pk, actor=self.request.user)
        messages.success(self.request, "The account is closed and signed out.")


class ReopenAccountView(OfPerson, ActionView):
    form_class = forms.NoQuestionsForm
    template_name = "accounts/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Open the account of {self.subject} again?",
            text="They can sign in again, in the role that they had.",
            action="Open the account",
            danger=False,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.reopen_account(self.subject.pk, actor=self.request.user)
        messages.success(self.request, "The account is open again.")


class RemoveSecondStepView(OfPerson, ActionView):
    form_class = forms.NoQuestionsForm
    template_name = "accounts/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Remove the second step of {self.subject}?",
            text="For somebody who lost their telephone and their recovery codes. Make sure that it is they who ask. "
            "They are signed out, hear of it by mail, and can set up a new one.",
            action="Remove the second step",
            danger=True,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.remove_second_step(self.subject.pk, actor=self.request.user)
        messages.success(self.request, "The second step is removed.")
