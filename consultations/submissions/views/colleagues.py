"""Colleagues of one organisation: who writes along, who takes which section, and how somebody new joins."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext

from consultations.submissions import actions, forms, queries, rules, workspaceforms
from consultations.submissions.models import Submission
from consultations.submissions.views.base import OfDraft, OfSubmission
from engagement.core.access import signed_in
from engagement.core.errors import Refused
from engagement.core.views import ActionView
from engagement.stakeholders.models import Membership


def sections_of(submission: Submission) -> list[tuple[queries.Place, str]]:
    """What can be put into somebody's hands: every page on the path, then the statement."""
    found: list[tuple[queries.Place, str]] = []
    parts = queries.parts_of(submission)
    for part in parts:
        for step in part.path.pages:
            title = f"{part.definition.title}: {step.title}" if len(parts) > 1 else step.title
            found.append(((part.survey.pk, step.page.code), title))
    return [*found, ((None, ""), gettext("Written statement"))]


class Colleagues(OfSubmission, ActionView):
    """Who writes along and has what; whoever leads asks somebody new."""

    access = rules.is_colleague
    changes = rules.can_lead
    form_class = workspaceforms.ColleagueForm
    template_name = "submissions/colleagues.html"
    creates_once = True

    def get_initial(self) -> dict[str, Any]:
        return {"role": Membership.Role.CONTRIBUTOR}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        titles = dict(sections_of(self.subject))
        hands: dict[int, list[str]] = {}
        for place, row in queries.assignments(self.subject).items():
            if place in titles:
                hands.setdefault(row.contact_id, []).append(titles[place])
        roles = dict(workspaceforms.ROLES)
        people = [
            {
                "held": held,
                "name": held.contact.name,
                "email": held.contact.email,
                "does": roles[held.role],
                "has_joined": held.contact.user_id is not None,
                "sections": hands.get(held.contact_id, []),
                "is_me": held.contact.user_id == self.request.user.pk,
            }
            for held in queries.colleagues(self.subject)
        ]
        may_lead = rules.can_lead(self.request.user, self.subject)
        return super().get_context_data(people=people, may_lead=may_lead, **kwargs)

    def act(self, form: workspaceforms.ColleagueForm) -> None:
        held = actions.invite_colleague(self.subject.pk, actor=self.request.user, **form.cleaned_data)
        messages.success(
            self.request,
            gettext("%(name)s is a colleague here now, and gets a message with a link.") % {"name": held.contact.name},
        )

    def get_success_url(self) -> str:
        return self.url("colleagues")


class OfColleague(OfSubmission):
    """A page about one colleague, found among those of the organisation."""

    def member(self) -> Membership:
        if not hasattr(self, "_member"):
            rows = Membership.objects.current().select_related("contact")
            self._member = get_object_or_404(
                rows, organisation=self.subject.organisation_id, contact__public_id=self.kwargs["colleague"]
            )
        return self._member

    def get_success_url(self) -> str:
        return self.url("colleagues")


class ChangeColleague(OfColleague, ActionView):
    """Another role for a colleague."""

    access = rules.can_lead
    form_class = workspaceforms.RoleForm
    template_name = "submissions/colleague.html"

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.member().role}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(member=self.member(), **kwargs)

    def act(self, form: workspaceforms.RoleForm) -> None:
        actions.change_colleague(self.subject.pk, self.member().pk, form.cleaned_data["role"], actor=self.request.user)
        messages.success(self.request, gettext("Saved."))


class RemoveColleague(OfColleague, ActionView):
    """Asks before a colleague is taken off."""

    access = rules.can_lead
    form_class = forms.NothingToType
    template_name = "submissions/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=gettext("Take %(name)s off?") % {"name": self.member().contact.name},
            text=gettext(
                "From this moment they can read and write nothing of your organisation here. What they wrote stays, "
                "and their sections are nobody’s again."
            ),
            action=gettext("Take them off"),
            cancel_url=self.url("colleagues"),
            danger=True,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        name = self.member().contact.name
        actions.remove_colleague(self.subject.pk, self.member().pk, actor=self.request.user)
        messages.success(self.request, gettext("%(name)s is no colleague here any more.") % {"name": name})

    def get_success_url(self) -> str:
        if self.member().contact.user_id == self.request.user.pk:
            return reverse("dashboards:home")
        return super().get_success_url()


class ShareOut(OfDraft, ActionView):
    """Each section with a colleague, a day, and whether only they may change it."""

    access = rules.can_lead
    form_class = workspaceforms.ShareOutForm
    template_name = "submissions/share_out.html"

    def sections(self) -> list[tuple[queries.Place, str]]:
        if not hasattr(self, "_sections"):
            self._sections = sections_of(self.subject)
        return self._sections

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "sections": self.sections(),
            "people": [one for one in queries.colleagues(self.subject) if one.role in rules.WRITERS],
            "present": queries.assignments(self.subject),
        }

    def act(self, form: workspaceforms.ShareOutForm) -> None:
        hands = {place: actions.Hand(*chosen) for place, chosen in form.chosen().items()}
        changed = actions.assign(self.subject.pk, hands, titles=dict(self.sections()), actor=self.request.user)
        messages.success(self.request, gettext("Saved.") if changed else gettext("Nothing was changed."))

    def get_success_url(self) -> str:
        return self.url("tasks")


class Join(ActionView):
    """Where the message to a new colleague leads: signed in with that address, they join by a button."""

    access = signed_in
    form_class = forms.NothingToType
    template_name = "submissions/join.html"

    def get_subject(self) -> Submission:
        found = get_object_or_404(
            Submission.objects.select_related("consultation", "organisation"), public_id=self.kwargs["public_id"]
        )
        if not actions.is_expected(found, self.request.user):
            raise Http404
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if rules.is_colleague(request.user, self.subject):
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(submission=self.subject, of=self.subject.consultation, **kwargs)

    def act(self, form: Any) -> None:
        if actions.join(self.subject, self.request.user) is None:
            raise Refused(gettext("You are not down as a colleague here any more."))

    def get_success_url(self) -> str:
        return reverse("submissions:tasks", args=[self.subject.public_id])
