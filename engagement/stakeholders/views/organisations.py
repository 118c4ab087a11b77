"""Organisations: the list, one of them, and what staff do with it."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from engagement.core.templatetags.ui import day
from engagement.core.views import ActionView, ListPage, PageView
from engagement.stakeholders import actions, forms, queries, rules
from engagement.stakeholders.dealings import DAYS, asked_lately, too_often
from engagement.stakeholders.words import acts

REGISTER = ("Organisations", reverse_lazy("stakeholders:list"))


class OrganisationListPage(ListPage):
    access = rules.can_read_register
    template_name = "stakeholders/list.html"

    def get_queryset(self) -> Any:
        self.filters = queries.looked_up(forms.read_filters(self.request.GET))
        return queries.register(self.filters)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            form=forms.FilterForm(self.request.GET or None, facets=queries.facets(self.filters)),
            is_filtered=any(self.request.GET.get(name) for name in ("q", "sector", "kind", "area", "size", "state")),
            may_change=rules.can_change_register(self.request.user),
            **kwargs,
        )
        context["near"] = [] if context["page_obj"].paginator.count else queries.near(self.filters)
        return context


class OfOrganisation:
    """Pages about one organisation, most of them below its own."""

    stands_below = True

    def get_subject(self) -> Any:
        found = queries.visible_to(self.request.user).select_related("kind__sector", "parent")
        return get_object_or_404(found, public_id=self.kwargs["public_id"])

    def get_success_url(self) -> str:
        return reverse("stakeholders:organisation", args=[self.subject.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        itself = reverse("stakeholders:organisation", args=[self.subject.public_id])
        crumbs = [REGISTER, (self.subject.name, itself)] if self.stands_below else [REGISTER]
        own = {"organisation": self.subject, "crumbs": crumbs}
        return super().get_context_data(**{"cancel_url": itself, **kwargs, **own})


class OrganisationPage(OfOrganisation, PageView):
    access = rules.can_read_register
    template_name = "stakeholders/organisation.html"
    stands_below = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = list(queries.members_of(self.subject))
        asked = asked_lately([self.subject.pk])[self.subject.pk]
        return super().get_context_data(
            facts=self.facts(),
            asked=asked,
            days=DAYS,
            is_often=too_often(asked),
            members=[member for member in members if not member.has_ended],
            former=[member for member in members if member.has_ended],
            interactions=list(
                queries.interactions_visible_to(self.request.user).filter(organisation=self.subject)[:50]
            ),
            merges=list(
                queries.merges_visible_to(self.request.user).filter(Q(kept=self.subject) | Q(merged=self.subject))
            ),
            history=acts(queries.history_of(self.subject, *members)[:50]),
            may_change=rules.can_change_register(self.request.user),
            **kwargs,
        )

    def facts(self) -> list[tuple[str, Any]]:
        organisation = self.subject
        rows = [
            ("Sector", organisation.kind.sector.name),
            ("Kind", organisation.kind.name),
            *(
                [("Also", ", ".join(kind.name for kind in others))]
                if (others := organisation.other_kinds.all())
                else []
            ),
            ("Areas", ", ".join(area.name for area in organisation.areas.all()) or "None recorded"),
            ("Size", organisation.get_size_display()),
        ]
        if organisation.trading_names:
            rows.insert(0, ("Trading names", organisation.trading_names))
        if organisation.website:
            rows.append(("Website", organisation.website))
        if organisation.is_representative:
            count, whom = organisation.members_represented, organisation.represents
            words = [f"Yes, {count:,} of them" if count else "Yes", *([whom] if whom else [])]
            rows.append(("Speaks for its members", ": ".join(words)))
        if interests := organisation.interests.all():
            rows.append(("Interested in", ", ".join(one.name for one in interests)))
        if organisation.parent:
            rows.append(("Part of", organisation.parent.name))
        if organisation.remarks:
            rows.append(("Remarks", organisation.remarks))
        return rows


class AddOrganisationView(ActionView):
    creates_once = True
    access = rules.can_change_register
    form_class = forms.OrganisationForm
    template_name = "stakeholders/form.html"
    extra_context = {
        "title": "Add an organisation",
        "action": "Add the organisation",
        "crumbs": [REGISTER],
        "cancel_url": REGISTER[1],
    }

    def act(self, form: Any) -> None:
        self.added = actions.add_organisation(actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"{self.added.name} is in the register. Add the people to write to next.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:organisation", args=[self.added.public_id])


class ChangeOrganisationView(OfOrganisation, ActionView):
    access = rules.can_change_register
    form_class = forms.OrganisationForm
    template_name = "stakeholders/form.html"
    extra_context = {"title": "Change the organisation", "action": "Save the changes"}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.subject}

    def act(self, form: Any) -> None:
        actions.change_organisation(self.subject.pk, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "The changes are saved.")


class AskFirst(OfOrganisation):
    """Pages that ask before they act."""

    access = rules.can_change_register
    form_class = forms.NoQuestionsForm
    template_name = "stakeholders/confirm.html"


class CloseView(AskFirst, ActionView):
    extra_context = {
        "title": "Close this organisation?",
        "text": "It is no longer listed, invited or answered for. Everything that it said stays. You can reopen it.",
        "action": "Close the organisation",
        "danger": True,
    }

    def act(self, form: Any) -> None:
        actions.close_organisation(self.subject.pk, actor=self.request.user)
        messages.success(self.request, f"{self.subject.name} is closed.")


class ReopenView(AskFirst, ActionView):
    extra_context = {
        "title": "Reopen this organisation?",
        "text": "It is listed and can be invited again; its people may answer for it again.",
        "action": "Reopen the organisation",
        "danger": False,
    }

    def act(self, form: Any) -> None:
        actions.reopen_organisation(self.subject.pk, actor=self.request.user)
        messages.success(self.request, f"{self.subject.name} is in use again.")


class AddMemberView(OfOrganisation, ActionView):
    access = rules.can_change_register
    form_class = forms.MemberForm
    template_name = "stakeholders/form.html"
    extra_context = {"title": "Add a person", "action": "Add the person"}

    def act(self, form: Any) -> None:
        added = actions.add_member(self.subject.pk, actor=self.request.user, **form.cleaned_data)
        messages.success(
            self.request, f"{added.contact.name} is {added.get_role_display().lower()} of {self.subject.name}."
        )


class OfMembership(OfOrganisation):
    """Pages about what one person is for one organisation: that is the subject, and `member` the person's row."""

    def get_subject(self) -> Any:
        held = queries.memberships_visible_to(self.request.user)
        self.member = get_object_or_404(
            held, organisation__public_id=self.kwargs["public_id"], contact__public_id=self.kwargs["contact"]
        )
        return self.member.organisation


class ChangeRoleView(OfMembership, ActionView):
    access = rules.can_change_register
    form_class = forms.RoleForm
    template_name = "stakeholders/form.html"

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.member.role}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=f"Role of {self.member.contact.name}", action="Save the role", **kwargs)

    def act(self, form: Any) -> None:
        actions.change_role(self.member.pk, form.cleaned_data["role"], actor=self.request.user)
        messages.success(self.request, "The role is saved.")


class EndMembershipView(OfMembership, ActionView):
    access = rules.can_change_register
    form_class = forms.LeavingForm
    template_name = "stakeholders/form.html"

    def get_initial(self) -> dict[str, Any]:
        return {"until_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = self.member.contact.name
        return super().get_context_data(
            title=f"Has {name} left {self.subject.name}?",
            intro=f"From that day {name} cannot see or write what this organisation answers. What they did stays.",
            action="End the membership",
            **kwargs,
        )

    def act(self, form: Any) -> None:
        ended = actions.end_membership(self.member.pk, actor=self.request.user, on=form.cleaned_data["until_on"])
        name = self.member.contact.name
        messages.success(
            self.request,
            f"{name} no longer acts for {self.subject.name}."
            if ended.has_ended
            else f"{name} acts for {self.subject.name} until {day(ended.until_on)}.",
        )
