"""Entries that may be one person: put together, told apart, taken apart again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic.base import ContextMixin

from engagement.core.views import ActionView, PageView
from engagement.stakeholders import contactmerging, forms, queries, rules
from engagement.stakeholders.models import Contact, ContactMerge
from engagement.stakeholders.views.people import CRUMBS, OfContact

MOST_SHOWN = 50


class SamePeople(PageView):
    """The likeliest pairs, and who was put together lately."""

    access = rules.can_read_register
    template_name = "stakeholders/same_people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pairs, total = queries.likely_same_people(MOST_SHOWN)
        return super().get_context_data(
            pairs=pairs,
            total=total,
            merges=list(queries.contact_merges_visible_to(self.request.user)[:20]),
            may_change=rules.can_change_register(self.request.user),
            crumbs=CRUMBS,
            **kwargs,
        )


class FindSamePerson(OfContact, ActionView):
    """Which other entry is the same person?"""

    access = rules.can_change_register
    form_class = forms.SamePersonForm
    template_name = "stakeholders/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "contact": self.subject}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Put together with another entry",
            intro="When one person stands in the register twice. You see what happens before it does.",
            action="Compare the two",
            cancel_url=reverse("stakeholders:contact", args=[self.subject.public_id]),
            crumbs=[*CRUMBS, (self.subject.name, reverse("stakeholders:contact", args=[self.subject.public_id]))],
            **kwargs,
        )

    def act(self, form: Any) -> None:
        self.other: Contact = form.cleaned_data["other"]

    def get_success_url(self) -> str:
        return reverse("stakeholders:merge_people", args=[self.subject.public_id, self.other.public_id])


class OfTwoPeople(OfContact, ContextMixin):
    """Pages about two entries: the subject, and `other`."""

    access = rules.can_change_register
    form_class = forms.NoQuestionsForm

    def other(self) -> Contact:
        if not hasattr(self, "_other"):
            rows = queries.contacts_visible_to(self.request.user)  # type: ignore[attr-defined]
            self._other = get_object_or_404(rows, public_id=self.kwargs["other"])  # type: ignore[attr-defined]
        return self._other

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        itself = reverse("stakeholders:contact", args=[self.subject.public_id])
        return super().get_context_data(
            **{"cancel_url": itself, "crumbs": [*CRUMBS, (self.subject.name, itself)], **kwargs, "other": self.other()}
        )


class MergePeople(OfTwoPeople, ActionView):
    """Both side by side; the first stays."""

    template_name = "stakeholders/merge_people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = queries.with_present(Contact.objects.all()).in_bulk([self.subject.pk, self.other().pk])
        return super().get_context_data(
            entries=[found[self.subject.pk], found[self.other().pk]],
            reasons=contactmerging.why_not(self.subject, self.other()),
            days=ContactMerge.DAYS_TO_UNDO,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        row = contactmerging.merge(self.subject.pk, self.other().pk, actor=self.request.user)
        messages.success(
            self.request,
            f"{row.merged.email} is part of this entry now. You can undo it for {row.DAYS_TO_UNDO} days.",
        )


class TellPeopleApart(OfTwoPeople, ActionView):
    """These are two."""

    template_name = "stakeholders/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Are these two different people?",
            text=f"{self.subject.name} ({self.subject.email}) and {self.other().name} ({self.other().email}) are not "
            "proposed as one again.",
            action="They are two",
            danger=False,
            **{**kwargs, "cancel_url": reverse("stakeholders:same_people")},
        )

    def act(self, form: Any) -> None:
        contactmerging.tell_apart(self.subject, self.other(), actor=self.request.user)
        messages.success(self.request, "They are not proposed again.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:same_people")


class UndoContactMerge(ActionView):
    access = rules.can_change_register
    form_class = forms.NoQuestionsForm
    template_name = "stakeholders/confirm.html"

    def get_subject(self) -> ContactMerge:
        return get_object_or_404(queries.contact_merges_visible_to(self.request.user), public_id=self.kwargs["merge"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.subject
        return super().get_context_data(
            title=f"Take {row.merged.email} out of the entry of {row.kept.name} again?",
            text="What came with it goes back to it. What was added since then stays where it is.",
            action="Take them apart",
            danger=False,
            cancel_url=reverse("stakeholders:same_people"),
            crumbs=CRUMBS,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        contactmerging.undo(self.subject.pk, actor=self.request.user)
        messages.success(self.request, f"{self.subject.merged.name} has an entry of their own again.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:contact", args=[self.subject.merged.public_id])
