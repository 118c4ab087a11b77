"""What everybody sees: the list, an event, a booking and what its own link shows."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, gettext_noop
from django.views.generic import View

from engagement.core.access import anyone
from engagement.core.errors import Refused
from engagement.core.limits import Limit, count, network_of, refuse_beyond
from engagement.core.templatetags.ui import clock, moment
from engagement.core.views import ActionView, Guarded, ListPage, PageView
from engagement.events import calendars, codes, forms, invitees, lifecycle, queries
from engagement.events.models import Event, Invitee, Registration
from engagement.messaging.models import address_hash

# The addresses typed in this browser, by event, for the receipts.
SESSION_KEY = "events.booked"
# The last forms that this browser sent: event, form and mailbox, hashed.
SENT_KEY = "events.sent"
# What only programs fill in.
TRAP = "website"
BY_NETWORK = Limit(
    "booking",
    most=30,
    seconds=3600,
    refusal=gettext_noop(
        "Many places were booked from your network within the hour. Wait an hour, or ask the organisers to do it."
    ),
)
# Each sending of a form writes to the mailbox, so that nobody can fill somebody else's.
BY_MAILBOX = Limit(
    "booking-mailbox",
    most=6,
    seconds=3600,
    refusal=gettext_noop(
        "Several places were booked with this e-mail address within the hour. Look at the messages that we sent to it, "
        "or wait an hour."
    ),
)


class EventList(ListPage):
    access = anyone
    open_to_all = True
    template_name = "events/list.html"
    paginate_by = 20

    def get_queryset(self) -> Any:
        self.filter = forms.PublicFilter(self.request.GET)
        self.chosen = self.filter.chosen()
        return queries.public_events(**self.chosen)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(filter=self.filter, is_filtered=any(self.chosen.values()), **kwargs)


class Feed(Guarded, View):
    """The public list for calendar programs."""

    access = anyone
    open_to_all = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return calendars.file(calendars.feed(queries.upcoming()[:500]), "events", calendars.PUBLISH)


class OfEvent:
    """A page about one event that the person may see."""

    subject: Event

    def get_subject(self) -> Event:
        found = queries.visible_to(self.request.user)  # type: ignore[attr-defined]
        return get_object_or_404(found, slug=self.kwargs["slug"])  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [(gettext("Events"), reverse("events:list"))]
        if self.request.resolver_match.view_name != "events:event":  # type: ignore[attr-defined]
            crumbs.append((self.subject.title, reverse("events:event", args=[self.subject.slug])))
        return super().get_context_data(event=self.subject, crumbs=crumbs, **kwargs)  # type: ignore[misc]


class EventPage(OfEvent, PageView):
    access = anyone
    open_to_all = True
    template_name = "events/event.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agenda, topics = list(self.subject.agenda.all()), list(self.subject.topics.all())
        return super().get_context_data(
            topics=topics, agenda=agenda, others=queries.other_dates(self.subject), **kwargs
        )


class EventCalendar(OfEvent, Guarded, View):
    """One event for a calendar program, whether one has a place or not."""

    access = anyone
    open_to_all = True

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return calendars.file(calendars.feed([self.subject]), slug, calendars.PUBLISH)


class Book(OfEvent, ActionView):
    """A booking without an account. Whether an address was known is told to its mailbox only, never here."""

    access = anyone
    open_to_all = True
    form_class = forms.BookingForm
    template_name = "events/book.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "event": self.subject}

    def invitee(self) -> Invitee | None:
        """Whose invitation brought the person here: its link stands in the address, also when the form is sent."""
        found = invitees.by_token(self.request.GET.get("invitation", ""))
        if found is None or found.event_id != self.subject.pk or found.state == Invitee.State.WITHDRAWN:
            return None
        return found

    def get_initial(self) -> dict[str, Any]:
        user, invitee = self.request.user, self.invitee()
        if invitee is not None:
            body = invitee.organisation.name if invitee.organisation else ""
            return {"name": invitee.name, "email": invitee.email, "organisation_name": body, "kind": invitee.kind_id}
        return {"name": user.name, "email": user.email} if user.is_authenticated else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_shut = self.subject.by_invitation and self.invitee() is None
        return super().get_context_data(trap=TRAP, is_shut=is_shut, **kwargs)

    def act(self, form: forms.BookingForm) -> None:
        # The same form again, from a double click or after going back, is no other booking.
        sent, key = self.request.session.get(SENT_KEY, []), form.cleaned_data["form_key"]
        this = address_hash(f"{self.subject.slug} {key} {form.cleaned_data['email'].strip()}")[:16]
        if key is None or this not in sent:
            self.demand_a_person(form)
            self.request.session[SENT_KEY] = [*sent[-9:], this]
        invitee = self.invitee()
        registration = lifecycle.register(
            self.subject.pk, language=get_language() or "", is_invited=invitee is not None, **form.values()
        )
        if invitee is not None:
            lifecycle.accepted(invitee.pk, registration)
        booked = {**self.request.session.get(SESSION_KEY, {}), self.subject.slug: registration.email}
        self.request.session[SESSION_KEY] = booked

    def demand_a_person(self, form: forms.BookingForm) -> None:
        """Raises Refused for a program, and for more bookings than one network or one mailbox makes in an hour."""
        if self.request.POST.get(TRAP, "").strip():
            raise Refused(
                gettext("A field that is to stay empty was filled in, perhaps by your browser. Send the form again.")
            )
        asking = ((BY_NETWORK, network_of(self.request)), (BY_MAILBOX, address_hash(form.cleaned_data["email"])))
        for limit, who in asking:
            refuse_beyond(limit, who)
        for limit, who in asking:
            count(limit, who)

    def get_success_url(self) -> str:
        return reverse("events:booked", args=[self.subject.slug])


class Receipt(OfEvent, PageView):
    """The same words whether the booking is new or not, confirmed or waiting: the message says which."""

    access = anyone
    open_to_all = True
    template_name = "events/booked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = self.request.session.get(SESSION_KEY, {}).get(self.subject.slug, "")
        when = gettext("%(begins)s to %(ends)s") % {
            "begins": moment(self.subject.starts_at),
            "ends": clock(self.subject.ends_at),
        }
        rows = [(gettext("When"), when), (gettext("Where"), self.subject.place or self.subject.get_mode_display())]
        return super().get_context_data(address=address, rows=rows, **kwargs)


class OfBooking:
    """A page about the booking that a signed link names."""

    subject: Registration

    def get_subject(self) -> Registration:
        return queries.by_token(queries.BOOKING_TOKEN, self.kwargs["token"])  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event = self.subject.event
        crumbs = [
            (gettext("Events"), reverse("events:list")),
            (event.title, reverse("events:event", args=[event.slug])),
        ]
        kwargs.update(registration=self.subject, event=event, token=self.kwargs["token"], crumbs=crumbs)  # type: ignore[attr-defined]
        return super().get_context_data(**kwargs)  # type: ignore[misc]

    def may_give_up(self) -> bool:
        event, registration = self.subject.event, self.subject
        is_on = event.is_ahead or event.state == Event.State.POSTPONED
        return registration.state in Registration.LIVE and is_on and not event.has_begun


class Booking(OfBooking, PageView):
    access = anyone
    open_to_all = True
    template_name = "events/booking.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            position=queries.place_in_queue(self.subject),
            code=self.code(),
            may_give_up=self.may_give_up(),
            party=queries.party_names(self.subject),
            needs=list(self.subject.needs.order_by("pk")),
            **kwargs,
        )

    def code(self) -> dict[str, str] | None:
        """The code for the door, as a picture and to be read out."""
        code = codes.current(self.subject) if codes.is_for(self.subject) else ""
        return {"svg": mark_safe(codes.svg(code)), "spoken": codes.spoken(code)} if code else None


class GiveUp(OfBooking, ActionView):
    access = anyone
    open_to_all = True
    form_class = django_forms.Form
    template_name = "events/give_up.html"

    def act(self, form: django_forms.Form) -> None:
        lifecycle.cancel(self.subject.pk)

    def get_success_url(self) -> str:
        return reverse("events:booking", args=[self.kwargs["token"]])


class BookingCalendar(OfBooking, Guarded, View):
    access = anyone
    open_to_all = True

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        text, method = calendars.of_place(self.subject)
        return calendars.file(text, self.subject.event.slug, method)
