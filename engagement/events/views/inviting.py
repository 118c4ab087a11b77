"""Asking people to an event: whom, what became of it, and once more to those who have not answered."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from engagement.core.views import ActionView, AsksFirst, ListPage
from engagement.events import balancing, forms, invitees, lifecycle, queries, rules
from engagement.events.forms.invitations import MOST_AT_ONCE
from engagement.events.models import Invitee
from engagement.events.views.staff import OfStaffEvent, staff_crumbs
from engagement.stakeholders import segments


class Invitations(OfStaffEvent, ListPage):
    """What became of the invitations, sector by sector, and person by person."""

    access = rules.can_read
    template_name = "events/manage/invitations.html"

    def get_queryset(self) -> Any:
        self.state = self.request.GET.get("state", "")
        people = Invitee.objects.filter(event=self.subject).select_related(
            "organisation", "kind__sector", "wave", "registration", "instead_of"
        )
        if self.state in Invitee.State.values:
            people = people.filter(state=self.state)
        return people.order_by("name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = balancing.against_target(self.subject)
        return super().get_context_data(
            lines=lines,
            missing=sum(line.missing for line in lines),
            unanswered=queries.unanswered_invitations(self.subject).count(),
            states=Invitee.State.choices,
            state=self.state,
            crumbs=staff_crumbs(self.subject),
            **kwargs,
        )


class Invite(OfStaffEvent, ActionView):
    """A preview of exactly who is asked and what they read; sending is the POST."""

    creates_once = True
    access = rules.can_run
    form_class = forms.InviteForm
    template_name = "events/manage/invite.html"

    def choose(self) -> list[Any]:
        """The people of the preview, from what stands in the address."""
        if not hasattr(self, "chosen"):
            self.audience = forms.AudienceForm(self.request.GET)
            people = balancing.candidates(self.subject, self.audience.definition())
            self.fitting = len(people)
            if not self.audience.wants_all:
                lines = balancing.against_target(self.subject)
                missing = {line.sector_id: line.missing for line in lines if line.sector_id}
                people = balancing.balanced(people, missing)
            self.chosen = people[:MOST_AT_ONCE]
        return self.chosen

    def get_initial(self) -> dict[str, Any]:
        last = self.subject.waves.last()
        text = last.text if last else f"We would like to hear you at “{self.subject.title}”."
        return {"people": [one.pk for one in self.choose()], "text": text}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        choices = [(one.pk, f"{one.contact.name}, {one.organisation.name}") for one in self.choose()]
        form.fields["people"].choices = choices
        form.fields["people"].widget.choices = choices
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_sector: dict[str, list[Any]] = {}
        for one in self.choose():
            by_sector.setdefault(one.organisation.kind.sector.name, []).append(one)
        return super().get_context_data(
            audience=self.audience,
            number=len(self.choose()),
            fitting=self.fitting,
            by_sector=[(name, len(people)) for name, people in sorted(by_sector.items())],
            preview=invitees.preview(self.subject),
            crumbs=[*staff_crumbs(self.subject), ("Invitations", self.get_success_url())],
            **kwargs,
        )

    def act(self, form: forms.InviteForm) -> None:
        wanted = set(form.cleaned_data["people"])
        people = [one for one in self.choose() if one.pk in wanted]
        words = segments.words(self.audience.definition())
        wave = lifecycle.invite(
            self.subject.pk, people, audience=words, text=form.cleaned_data["text"], actor=self.request.user
        )
        number = wave.invitees.count()
        messages.success(self.request, f"{number} {'person is' if number == 1 else 'people are'} being asked.")

    def get_success_url(self) -> str:
        return reverse("events:invitations", args=[self.subject.public_id])


class InviteAgain(AsksFirst, OfStaffEvent, ActionView):
    access = rules.can_run
    form_class = django_forms.Form
    action = "Write to them once more"

    def question(self) -> str:
        number = queries.unanswered_invitations(self.subject).count()
        return f"Write again to {number} {'person who has' if number == 1 else 'people who have'} not answered?"

    def consequence(self) -> str:
        return "Nobody who accepted, declined, booked or was written to today gets a message."

    def act(self, form: Any) -> None:
        told = lifecycle.invite_again(self.subject.pk, actor=self.request.user)
        messages.success(self.request, f"{told} {'person is' if told == 1 else 'people are'} being written to.")

    def get_success_url(self) -> str:
        return reverse("events:invitations", args=[self.subject.public_id])


class TakeBack(AsksFirst, OfStaffEvent, ActionView):
    """One invitation that nobody has answered is taken back."""

    access = rules.can_run
    form_class = django_forms.Form
    action = "Take it back"
    is_danger = True

    def get_invitee(self) -> Invitee:
        return get_object_or_404(Invitee, event=self.subject, public_id=self.kwargs["invitee_id"])

    def question(self) -> str:
        return f"Take back the invitation of {self.get_invitee().name}?"

    def consequence(self) -> str:
        return "Its link opens nothing any more. They are told nothing, and are not asked again."

    def act(self, form: Any) -> None:
        lifecycle.take_back(self.get_invitee().pk, actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("events:invitations", args=[self.subject.public_id])
