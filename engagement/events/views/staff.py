"""Events for staff: the list, setting one up, its states and its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from engagement.core.views import ActionView, ListPage, PageView
from engagement.events import actions, arranging, forms, kinds, lifecycle, queries, rules
from engagement.events.models import Event
from engagement.events.views import checklist


def staff_crumbs(event: Event | None = None) -> list[tuple[str, str]]:
    crumbs = [("Events", reverse("events:staff_list"))]
    if event is not None:
        crumbs.append((event.title, reverse("events:staff_event", args=[event.public_id])))
    return crumbs


class OfStaffEvent:
    """A staff page about one event."""

    subject: Event
    nav_current = "events:staff_list"

    def get_subject(self) -> Event:
        events = queries.visible_to(self.request.user).select_related("area")  # type: ignore[attr-defined]
        return get_object_or_404(events, public_id=self.kwargs["public_id"])  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("crumbs", staff_crumbs(self.subject))
        return super().get_context_data(  # type: ignore[misc]
            event=self.subject,
            nav_current=self.nav_current,
            can_run=rules.can_run(self.request.user),  # type: ignore[attr-defined]
            **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse("events:staff_event", args=[self.subject.public_id])


class StaffList(ListPage):
    access = rules.can_read
    template_name = "events/manage/list.html"

    def get_queryset(self) -> Any:
        self.filter = forms.EventFilter(self.request.GET or None)
        chosen = self.filter.cleaned_data if self.filter.is_bound and self.filter.is_valid() else {}
        return queries.staff_events(when=chosen.get("when") or "ahead", words=chosen.get("q", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            filter=self.filter, can_run=rules.can_run(self.request.user), is_filtered=bool(self.request.GET), **kwargs
        )


class CreateEvent(ActionView):
    creates_once = True
    access = rules.can_run
    form_class = forms.EventForm
    template_name = "events/manage/edit.html"
    event: Event

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.kind()}

    def kind(self) -> str:
        """The kind of event that was chosen before; empty asks for everything."""
        kind = self.request.GET.get("kind", "")
        return kind if kind in kinds.NEEDS else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = dict(Event.Type.choices).get(self.kind(), "event").lower()
        return super().get_context_data(
            event=None, heading=f"New {label}", action="Save the draft", crumbs=staff_crumbs(), **kwargs
        )

    def act(self, form: forms.EventForm) -> None:
        self.event = actions.create_event(form.values(), actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("events:topics", args=[self.event.public_id])


class EditEvent(OfStaffEvent, ActionView):
    access = rules.can_run
    form_class = forms.EventForm
    template_name = "events/manage/edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        # Changed into another kind, the form asks for everything.
        kind = self.request.POST.get("type", self.subject.type)
        kind = kind if kind == self.subject.type else ""
        return {**super().get_form_kwargs(), "event": self.subject, "kind": kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = self.subject.registrations.live().count() if self.subject.is_ahead else 0
        return super().get_context_data(heading="Change the event", action="Save", people=people, **kwargs)

    def act(self, form: forms.EventForm) -> None:
        before = self.subject.schedule_revision
        event = actions.change_event(self.subject.pk, form.values(), actor=self.request.user)
        is_news = event.schedule_revision != before and event.is_ahead
        text = "Saved. Everybody who booked is being told what changed." if is_news else "Saved."
        messages.success(self.request, text)


class CopyEvent(OfStaffEvent, ActionView):
    creates_once = True
    access = rules.can_run
    form_class = forms.EventForm
    template_name = "events/manage/edit.html"
    copy: Event

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = {**super().get_form_kwargs(), "event": self.subject}
        # The date is what differs, so it has to be entered.
        kwargs["initial"] = {"day": None, "booking_closes_on": None}
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = f"Copy of “{self.subject.title}”"
        return super().get_context_data(heading=heading, action="Save the draft", people=0, **kwargs)

    def act(self, form: forms.EventForm) -> None:
        self.copy = arranging.copy_event(self.subject.pk, form.values(), actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("events:staff_event", args=[self.copy.public_id])


class EditTopics(OfStaffEvent, ActionView):
    access = rules.can_run
    form_class = forms.TopicsForm
    template_name = "events/manage/topics.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "topics": list(self.subject.topics.all())}

    def act(self, form: forms.TopicsForm) -> None:
        actions.set_topics(self.subject.pk, form.titles(), form.cleaned_data["new"], actor=self.request.user)


@dataclass(frozen=True)
class Move:
    """A button of the event's page: where it leads, what it asks, what it does."""

    name: str
    to: str
    button: str
    title: str
    text: str
    act: Callable[..., Any]
    asks_why: bool = False


MOVES = {
    move.name: move
    for move in (
        Move(
            "announce",
            "announced",
            "Announce",
            "Announce this event?",
            "Everybody can see it. Booking stays closed until you open it.",
            lifecycle.announce,
        ),
        Move(
            "open",
            "booking",
            "Open booking",
            "Open booking?",
            "Everybody can see the event and book a place.",
            lifecycle.open_booking,
        ),
        Move(
            "close",
            "booking_closed",
            "Close booking",
            "Close booking?",
            "Nobody can book any more. People keep their places; one that frees still goes to the waiting list.",
            lifecycle.close_booking,
        ),
        Move(
            "held",
            "held",
            "Mark as held",
            "Did the event take place?",
            "You can then complete attendance and circulate the notes.",
            lifecycle.mark_held,
        ),
        Move(
            "write-up",
            "written_up",
            "Mark as written up",
            "Are the notes complete?",
            "Every note is agreed or disputed, and no more will come.",
            lifecycle.write_up,
        ),
        Move(
            "postpone",
            "postponed",
            "Postpone",
            "Postpone this event?",
            "Everybody who booked is told at once, and the event leaves their calendars. They keep their places.",
            lifecycle.postpone,
            asks_why=True,
        ),
        Move(
            "cancel",
            "cancelled",
            "Cancel the event",
            "Cancel this event?",
            "Everybody who booked is told at once, and the event leaves their calendars. This cannot be undone.",
            lifecycle.cancel_event,
            asks_why=True,
        ),
    )
}


def possible_moves(event: Event) -> list[Move]:
    """The buttons of an event as it is now."""
    now = [move for move in MOVES.values() if event.may_move_to(move.to)]
    return [move for move in now if event.has_begun or move.name != "held"]


class ChangeState(OfStaffEvent, ActionView):
    access = rules.can_run
    template_name = "events/manage/move.html"

    def get_move(self) -> Move:
        if self.kwargs["move"] not in MOVES:
            raise Http404("There is no such step.")
        return MOVES[self.kwargs["move"]]

    def get_form_class(self) -> Any:
        return forms.ReasonForm if self.get_move().asks_why else django_forms.Form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = self.subject.registrations.live().count()
        return super().get_context_data(move=self.get_move(), people=people, **kwargs)

    def act(self, form: Any) -> None:
        move = self.get_move()
        reason = [form.cleaned_data["reason"]] if move.asks_why else []
        event = move.act(self.subject.pk, *reason, actor=self.request.user)
        messages.success(self.request, f"“{event.title}” is now “{event.get_state_display().lower()}”.")


class StaffEvent(OfStaffEvent, PageView):
    access = rules.can_read
    template_name = "events/manage/event.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, user = self.subject, self.request.user
        counts, notes = queries.attendance_counts(event), queries.notes_progress(event)
        topics = list(event.topics.all())
        sees_needs = rules.sees_needs(user, event)
        waiting = event.registrations.queue().count()
        return super().get_context_data(
            crumbs=staff_crumbs(),
            counts=counts,
            notes=notes,
            topics=topics,
            waiting=waiting,
            moves=possible_moves(event) if rules.can_run(user) else [],
            sees_needs=sees_needs,
            needs=queries.needs_counts(event),
            checklist=checklist.of(event, counts=counts, notes=notes, topics=len(topics)),
            capacity_words=f"of {event.capacity}",
            expected_words=f"of {counts['expected']} expected",
            is_day=event.has_begun or counts["attended"] > 0,
            by_sector=queries.attendance_by_sector(event) if counts["attended"] else None,
            by_organisation=queries.attendance_by_organisation(event) if counts["attended"] else None,
            **kwargs,
        )
