"""What an event is made of: its kind, its venue, its agenda, its tables and its other dates."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from engagement.core.views import ActionView, ListPage, PageView
from engagement.events import arranging, forms, kinds, recurrence, rules
from engagement.events.models import Event, Venue
from engagement.events.views.staff import OfStaffEvent, staff_crumbs

# Rows for new tables on a page.
ROOM_FOR = 4
MOST_ROOM = 30


class ChooseKind(PageView):
    """Which kind of event it is to be; the form that follows asks what that kind needs."""

    access = rules.can_run
    template_name = "events/manage/choose_kind.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = [(value, label, kinds.NEEDS[value].hint) for value, label in Event.Type.choices]
        return super().get_context_data(kinds=chosen, crumbs=staff_crumbs(), **kwargs)


class Agenda(OfStaffEvent, ActionView):
    access = rules.can_run
    form_class = forms.AgendaForm
    template_name = "events/manage/agenda.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "event": self.subject}

    def act(self, form: forms.AgendaForm) -> None:
        arranging.set_agenda(self.subject.pk, form.cleaned_data["lines"], actor=self.request.user)
        messages.success(self.request, "The agenda is saved.")


class Tables(OfStaffEvent, ActionView):
    access = rules.can_run
    form_class = forms.TablesForm
    template_name = "events/manage/tables.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = self.request.GET.get("more", "") or self.request.POST.get("more", "")
        more = min(int(asked), MOST_ROOM) if asked.isdigit() and len(asked) < 4 else ROOM_FOR
        self.more = more
        return {**super().get_form_kwargs(), "event": self.subject, "more": more}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "more": self.more, "even_more": min(self.more + 8, MOST_ROOM)}

    def act(self, form: forms.TablesForm) -> None:
        arranging.set_tables(self.subject.pk, form.tables(), actor=self.request.user)
        messages.success(self.request, "The tables are saved.")

    def get_success_url(self) -> str:
        return reverse("events:seating", args=[self.subject.public_id])


class Repeat(OfStaffEvent, ActionView):
    """More dates of the same event; nothing is public before each draft is announced."""

    creates_once = True
    access = rules.can_run
    form_class = forms.RepeatForm
    template_name = "events/manage/repeat.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "event": self.subject}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        series = self.subject.series
        dates = list(series.events.order_by("starts_at", "pk")) if series else []
        return super().get_context_data(dates=dates, **kwargs)

    def act(self, form: forms.RepeatForm) -> None:
        rhythm = recurrence.RHYTHMS[form.cleaned_data["rhythm"]].partition(" (")[0].lower()
        made = arranging.repeat(self.subject.pk, rhythm, form.moments(), actor=self.request.user)
        noun = "draft was" if len(made) == 1 else "drafts were"
        messages.success(self.request, f"{len(made)} {noun} made. Announce each when it is ready.")

    def get_success_url(self) -> str:
        return reverse("events:repeat", args=[self.subject.public_id])


class Venues(ListPage):
    access = rules.can_read
    template_name = "events/manage/venues.html"

    def get_queryset(self) -> Any:
        return Venue.objects.select_related("area").order_by("name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = staff_crumbs()
        return super().get_context_data(can_run=rules.can_run(self.request.user), crumbs=crumbs, **kwargs)


class NewVenue(ActionView):
    creates_once = True
    access = rules.can_run
    form_class = forms.VenueForm
    template_name = "events/manage/venue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(venue=None, crumbs=venue_crumbs(), **kwargs)

    def act(self, form: forms.VenueForm) -> None:
        arranging.keep_venue(self.subject, form.values(), actor=self.request.user)
        messages.success(self.request, "The venue is saved.")

    def get_success_url(self) -> str:
        return reverse("events:venues")


class EditVenue(NewVenue):
    creates_once = False
    access = rules.can_run

    def get_subject(self) -> Venue:
        return get_object_or_404(Venue, public_id=self.kwargs["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "venue": self.subject}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "venue": self.subject}


def venue_crumbs() -> list[tuple[str, str]]:
    return [*staff_crumbs(), ("Venues", reverse("events:venues"))]
