"""Entries that may be one organisation: put together, told apart, taken apart again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic.base import ContextMixin

from engagement.core.views import ActionView, PageView
from engagement.stakeholders import forms, merging, queries, rules
from engagement.stakeholders.models import Merge, Organisation
from engagement.stakeholders.views.organisations import REGISTER, OfOrganisation

MOST_SHOWN = 50


class Duplicates(PageView):
    """The likeliest pairs, and what was put together lately."""

    access = rules.can_read_register
    template_name = "stakeholders/duplicates.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pairs = queries.likely_duplicates()
        return super().get_context_data(
            pairs=pairs[:MOST_SHOWN],
            total=len(pairs),
            merges=list(queries.merges_visible_to(self.request.user)[:20]),
            may_change=rules.can_change_register(self.request.user),
            crumbs=[REGISTER],
            **kwargs,
        )


class FindOther(OfOrganisation, ActionView):
    """Which other entry is the same organisation?"""

    access = rules.can_change_register
    form_class = forms.MergeForm
    template_name = "stakeholders/form.html"
    extra_context = {
        "title": "Put together with another entry",
        "intro": "When one organisation stands in the register twice. You see what happens before it does.",
        "action": "Compare the two",
    }

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "organisation": self.subject}

    def act(self, form: Any) -> None:
        self.other: Organisation = form.cleaned_data["other"]

    def get_success_url(self) -> str:
        return reverse("stakeholders:merge", args=[self.subject.public_id, self.other.public_id])


class OfPair(OfOrganisation, ContextMixin):
    """Pages about two entries: the subject, and `other`."""

    access = rules.can_change_register
    form_class = forms.NoQuestionsForm

    def other(self) -> Organisation:
        if not hasattr(self, "_other"):
            rows = queries.visible_to(self.request.user).select_related("kind__sector")  # type: ignore[attr-defined]
            self._other = get_object_or_404(rows, public_id=self.kwargs["other"])  # type: ignore[attr-defined]
        return self._other

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(other=self.other(), **kwargs)


class MergeTwo(OfPair, ActionView):
    """Both side by side; the first stays."""

    template_name = "stakeholders/merge.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = queries.register_rows().in_bulk([self.subject.pk, self.other().pk])
        return super().get_context_data(
            entries=[found[self.subject.pk], found[self.other().pk]],
            reasons=merging.why_not(self.subject, self.other()),
            days=Merge.DAYS_TO_UNDO,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        row = merging.merge(self.subject.pk, self.other().pk, actor=self.request.user)
        left = merging.members_left(row)
        people = ", ".join(one.contact.name for one in left)
        stays = f" {people} stood in both and keep the role that they have here." if left else ""
        messages.success(
            self.request,
            f"{row.merged.name} is part of this entry now.{stays} You can undo it for {Merge.DAYS_TO_UNDO} days.",
        )


class TellApart(OfPair, ActionView):
    """These are two."""

    template_name = "stakeholders/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="Are these two different organisations?",
            text=f"{self.subject.name} and {self.other().name} are not proposed as duplicates again.",
            action="They are two",
            danger=False,
            **{**kwargs, "cancel_url": reverse("stakeholders:duplicates")},
        )

    def act(self, form: Any) -> None:
        merging.tell_apart(self.subject, self.other(), actor=self.request.user)
        messages.success(self.request, "They are not proposed again.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:duplicates")


class UndoMerge(ActionView):
    access = rules.can_change_register
    form_class = forms.NoQuestionsForm
    template_name = "stakeholders/confirm.html"

    def get_subject(self) -> Merge:
        return get_object_or_404(queries.merges_visible_to(self.request.user), public_id=self.kwargs["merge"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.subject
        return super().get_context_data(
            title=f"Take {row.merged.name} out of {row.kept.name} again?",
            text="What came with it goes back to it. What was added since then stays where it is.",
            action="Take them apart",
            danger=False,
            cancel_url=reverse("stakeholders:duplicates"),
            crumbs=[REGISTER],
            **kwargs,
        )

    def act(self, form: Any) -> None:
        merging.undo(self.subject.pk, actor=self.request.user)
        messages.success(self.request, f"{self.subject.merged.name} stands by itself again.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:organisation", args=[self.subject.merged.public_id])
