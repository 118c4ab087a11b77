"""Sets of partners: put together with live numbers, kept under a name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy

from engagement.core.views import ActionView, ListPage
from engagement.stakeholders import actions, forms, queries, rules, segments
from engagement.stakeholders.choices import SPANS, groups
from engagement.stakeholders.counting import Picture
from engagement.stakeholders.models import Segment
from engagement.stakeholders.views.organisations import REGISTER

CRUMBS = [REGISTER, ("Segments", reverse_lazy("stakeholders:segments"))]
# Organisations shown while a segment is put together.
MOST_SHOWN = 20


class Segments(ListPage):
    """Every segment with what it comes to now."""

    access = rules.can_read_register
    template_name = "stakeholders/segments.html"
    paginate_by = 20

    def get_queryset(self) -> Any:
        return queries.segments_visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["page_obj"])
        picture, names = (Picture(), segments.Names.read()) if rows else (None, None)
        context["rows"] = [(row, segments.words(row.definition, names), picture.count(row.definition)) for row in rows]
        context |= {"crumbs": [REGISTER], "may_change": rules.can_change_register(self.request.user)}
        return context


class BuildSegment(ActionView):
    """What is chosen stands in the address; sending the form gives it a name."""

    access = rules.can_read_register
    changes = rules.can_change_register
    creates_once = True
    form_class = forms.SegmentForm
    template_name = "stakeholders/segment_build.html"
    extra_context = {"title": "New segment", "action": "Save the segment", "crumbs": CRUMBS}

    def definition(self) -> dict[str, Any]:
        return forms.read_definition(self.request.GET)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        definition = self.definition()
        wanted = segments.Definition.read(definition)
        names, board = segments.Names.read(), Picture().board(definition)
        rows = queries.with_people(segments.organisations(definition)).order_by("name", "pk")
        return super().get_context_data(
            words=segments.words(definition, names),
            board=board,
            groups=groups(wanted, board, names),
            spans=[(value, label, value == str(wanted.months or "")) for value, label in SPANS],
            sample=rows[:MOST_SHOWN] if board.total.organisations else [],
            address=forms.address_of(definition),
            is_chosen=not wanted.is_empty,
            may_change=rules.can_change_register(self.request.user),
            **kwargs,
        )

    def act(self, form: Any) -> None:
        self.saved = actions.save_segment(
            name=form.cleaned_data["name"], definition=self.definition(), actor=self.request.user
        )
        messages.success(self.request, f"“{self.saved.name}” is saved.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:segment", args=[self.saved.public_id])


class OfSegment:
    """Pages about one segment."""

    def get_subject(self) -> Segment:
        rows = queries.segments_visible_to(self.request.user)  # type: ignore[attr-defined]
        return get_object_or_404(rows, public_id=self.kwargs["segment"])  # type: ignore[attr-defined]


class ChangeSegment(OfSegment, BuildSegment):
    """The same for one that has a name. Without a choice in the address it begins at what is saved."""

    creates_once = False
    access = rules.can_change_register
    changes = None

    def definition(self) -> dict[str, Any]:
        # The form that chooses says so, so that an empty choice is one.
        if "chosen" in self.request.GET:
            return super().definition()
        return dict(self.subject.definition)

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.subject.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        itself = (self.subject.name, reverse("stakeholders:segment", args=[self.subject.public_id]))
        return {**context, "title": "Change the segment", "action": "Save the changes", "crumbs": [*CRUMBS, itself]}

    def act(self, form: Any) -> None:
        self.saved = actions.change_segment(
            self.subject.pk, name=form.cleaned_data["name"], definition=self.definition(), actor=self.request.user
        )
        messages.success(self.request, "The segment is changed.")


class SegmentPage(OfSegment, ListPage):
    """Who belongs to it now."""

    access = rules.can_read_register
    template_name = "stakeholders/segment.html"

    def get_queryset(self) -> Any:
        return queries.with_people(segments.organisations(self.subject.definition)).order_by("name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            segment=self.subject,
            words=segments.words(self.subject.definition),
            people=segments.contacts(self.subject.definition).count(),
            may_change=rules.can_change_register(self.request.user),
            crumbs=CRUMBS,
            **kwargs,
        )


class DeleteSegment(OfSegment, ActionView):
    access = rules.can_change_register
    form_class = forms.NoQuestionsForm
    template_name = "stakeholders/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=f"Delete the segment “{self.subject.name}”?",
            text="Only the name and the choice go. Nobody of the register is touched, and nothing that was sent.",
            action="Delete the segment",
            danger=True,
            cancel_url=reverse("stakeholders:segment", args=[self.subject.public_id]),
            crumbs=CRUMBS,
            **kwargs,
        )

    def act(self, form: Any) -> None:
        actions.delete_segment(self.subject.pk, actor=self.request.user)
        messages.success(self.request, f"“{self.subject.name}” is deleted.")

    def get_success_url(self) -> str:
        return reverse("stakeholders:segments")
