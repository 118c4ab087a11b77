"""People: everybody in the register, with or without an organisation."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from engagement.core.templatetags.ui import day
from engagement.core.views import ActionView, ListPage, PageView
from engagement.stakeholders import actions, forms, queries, rules
from engagement.stakeholders.words import acts

CRUMBS = [("Organisations", reverse_lazy("stakeholders:list")), ("People", reverse_lazy("stakeholders:people"))]

CONTACT_FACTS = ("name", "email", "job_title", "phone", "lawful_basis", "basis_wording", "preferred_way")


class PeoplePage(ListPage):
    access = rules.can_read_register
    template_name = "stakeholders/people.html"

    def get_queryset(self) -> Any:
        text = self.request.GET.get("q", "").strip()[:200].replace("\x00", "")
        return queries.people(text, self.request.GET.get("order", "name"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            form=forms.PeopleSearchForm(self.request.GET or None),
            is_filtered=bool(self.request.GET.get("q")),
            may_change=rules.can_change_register(self.request.user),
            **kwargs,
        )


class OfContact:
    """Pages about one person."""

    def get_subject(self) -> Any:
        found = queries.contacts_visible_to(self.request.user).select_related("user")
        return get_object_or_404(found, public_id=self.kwargs["contact"])

    def get_success_url(self) -> str:
        return reverse("stakeholders:contact", args=[self.subject.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"crumbs": CRUMBS, **kwargs, "contact": self.subject})


class ContactPage(OfContact, PageView):
    access = rules.can_read_register
    template_name = "stakeholders/contact.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contact = self.subject
        members = list(
            contact.memberships.select_related("organisation", "contact")
            .prefetch_related("past")
            .order_by("until_on", "pk")
        )
        return super().get_context_data(
            facts=[
                ("E-mail address", contact.email),
                ("Job title", contact.job_title or "Not known"),
                ("Telephone", contact.phone or "Not known"),
                ("Account", "Signs in" if contact.user_id else "Has not signed in"),
                ("Likes to be reached by", contact.get_preferred_way_display()),
                ("Interested in", ", ".join(one.name for one in contact.interests.all()) or "Not known"),
                ("Why we may keep this", self.basis()),
                (
                    "Invitations and reminders",
                    f"Opted out on {day(contact.opted_out_at)}" if contact.opted_out_at else "Yes",
                ),
            ],
            members=members,
            merges=list(
                queries.contact_merges_visible_to(self.request.user).filter(Q(kept=contact) | Q(merged=contact))
            ),
            history=acts(queries.history_of(contact, *members)[:50]),
            may_change=rules.can_change_register(self.request.user),
            **kwargs,
        )

    def basis(self) -> str:
        contact = self.subject
        is_consent = contact.lawful_basis == contact.Basis.CONSENT
        given = f", given on {day(contact.consented_at)}" if is_consent and contact.consented_at else ""
        words = f": {contact.basis_wording}" if contact.basis_wording else ""
        return f"{contact.get_lawful_basis_display()}{given}{words}"


class AddContactView(ActionView):
    creates_once = True
    access = rules.can_change_register
    form_class = forms.ContactForm
    template_name = "stakeholders/form.html"
    extra_context = {
        "title": "Add a person",
        "intro": "For somebody who answers for themselves. Add others on the page of their organisation.",
        "action": "Add the person",
        "crumbs": CRUMBS,
        "cancel_url": reverse_lazy("stakeholders:people"),
    }

    def act(self, form: Any) -> None:
        self.added = actions.add_contact(actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"{self.added.name} is in the register.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:contact", args=[self.added.public_id])


class ChangeContactView(OfContact, ActionView):
    access = rules.can_change_register
    form_class = forms.ContactForm
    template_name = "stakeholders/form.html"

    def get_initial(self) -> dict[str, Any]:
        contact = self.subject
        facts = {name: getattr(contact, name) for name in CONTACT_FACTS}
        is_consent = contact.lawful_basis == contact.Basis.CONSENT
        return {
            **facts,
            "has_opted_out": contact.opted_out_at is not None,
            "interests": list(contact.interests.all()),
            "consented_on": timezone.localdate(contact.consented_at) if is_consent and contact.consented_at else None,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Change the person's entry",
            action="Save the changes",
            cancel_url=self.get_success_url(),
            crumbs=[*CRUMBS, (self.subject.name, self.get_success_url())],
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.change_contact(self.subject.pk, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "The changes are saved.")
