"""Who gets a place: what is kept for whom, the times of a drop-in, and places given by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse

from engagement.core.views import ActionView
from engagement.events import forms, lifecycle, queries, rules
from engagement.events.models import Registration
from engagement.events.views.people import OfPerson
from engagement.events.views.staff import OfStaffEvent, staff_crumbs


class Places(OfStaffEvent, ActionView):
    """The rules of places and what each sector has; everybody who works here may look."""

    access = rules.can_read
    changes = rules.can_run
    form_class = forms.PlacesForm
    template_name = "events/manage/places.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "event": self.subject}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            shares=queries.shares(self.subject), crumbs=staff_crumbs(self.subject), **kwargs
        )

    def act(self, form: forms.PlacesForm) -> None:
        lifecycle.share_out(self.subject.pk, form.rules(), form.allocations(), actor=self.request.user)
        messages.success(self.request, "Saved. Whoever waited and may have a place now has it.")

    def get_success_url(self) -> str:
        return reverse("events:places", args=[self.subject.public_id])


class Times(OfStaffEvent, ActionView):
    access = rules.can_run
    form_class = forms.TimesForm
    template_name = "events/manage/times.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "event": self.subject}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slots = list(self.subject.slots.all())
        return super().get_context_data(slots=slots, crumbs=staff_crumbs(self.subject), **kwargs)

    def act(self, form: forms.TimesForm) -> None:
        lifecycle.set_slots(self.subject.pk, form.slots(), actor=self.request.user)
        messages.success(self.request, "The times are saved.")

    def get_success_url(self) -> str:
        return reverse("events:times", args=[self.subject.public_id])


class GiveByHand(OfPerson, ActionView):
    """A place out of turn, with the reason."""

    access = rules.can_run
    form_class = forms.ByHandForm
    template_name = "events/manage/give_by_hand.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.get_person()
        if person.state != Registration.State.WAITING:
            raise Http404("This person does not wait.")
        return super().get_context_data(person=person, position=queries.place_in_queue(person), **kwargs)

    def act(self, form: Any) -> None:
        person = lifecycle.give_by_hand(self.get_person().pk, form.cleaned_data["reason"], actor=self.request.user)
        is_offer = person.state == Registration.State.OFFERED
        messages.success(self.request, f"{person.name} {'is offered' if is_offer else 'has'} a place.")

    def get_success_url(self) -> str:
        return reverse("events:person", args=[self.subject.public_id, self.kwargs["person_id"]])


class HandOnPerson(OfPerson, ActionView):
    """Somebody else of the organisation comes instead."""

    access = rules.can_run
    form_class = forms.HandOnForm
    template_name = "events/manage/hand_on.html"
    stand_in: Registration

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.get_person()
        if person.state not in Registration.LIVE:
            raise Http404("This booking was given up already.")
        return super().get_context_data(person=person, **kwargs)

    def act(self, form: Any) -> None:
        self.stand_in = lifecycle.hand_on(self.get_person().pk, **form.cleaned_data, actor=self.request.user)
        messages.success(self.request, f"{self.stand_in.name} comes instead. Both are being told.")

    def get_success_url(self) -> str:
        return reverse("events:person", args=[self.subject.public_id, self.stand_in.public_id])
