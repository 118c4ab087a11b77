"""Reads of events: who sees which, the roster, what was said and by whom it may be said to be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce, Least
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from engagement.core import tokens
from engagement.core.charts import Bar, Figure
from engagement.events.models import Attendance, Event, Invitee, Need, Note, NoteAmendment, Registration
from engagement.stakeholders.models import Contact, Organisation, Sector

# Access and dietary needs are deleted this long after the end of an event.
NEEDS_KEPT = timedelta(days=14)
BOOKING_TOKEN = "events.booking"  # noqa: S105 - a purpose, no secret
NOTES_TOKEN = "events.notes"  # noqa: S105 - a purpose, no secret
NOT_ATTRIBUTED = gettext_noop("Not attributed")
NO_SECTOR = "Sector not known"


# --- events ---------------------------------------------------------------------------------------------


def visible_to(user: Any) -> QuerySet[Event]:
    """Staff see every event; everybody else sees those that were announced, whatever became of them."""
    if user.is_authenticated and user.is_active and user.is_staff_member:
        return Event.objects.all()
    return Event.objects.filter(state__in=Event.PUBLIC)


def upcoming(now: datetime | None = None) -> QuerySet[Event]:
    """Announced events that have not ended, the next one first; postponed and cancelled ones are left out."""
    ahead = Event.objects.filter(state__in=Event.AHEAD, ends_at__gt=now or timezone.now())
    return ahead.select_related("area").order_by("starts_at", "pk")


def public_events(*, q: str = "", kind: str = "", mode: str = "", area: str = "", when: str = "") -> QuerySet[Event]:
    """The public list: what is ahead, postponed dates among it, or what is past; one query."""
    now = timezone.now()
    events = Event.objects.filter(state__in=Event.PUBLIC)
    if when == "past":
        events = events.filter(ends_at__lte=now).exclude(state=Event.State.CANCELLED).order_by("-starts_at", "pk")
    else:
        events = events.filter(ends_at__gt=now, state__in=Event.AHEAD).order_by("starts_at", "pk")
    if q:
        events = events.filter(Q(title__icontains=q) | Q(venue_name__icontains=q) | Q(venue_address__icontains=q))
    for name, value in (("type", kind), ("mode", mode), ("area__code", area)):
        if value:
            events = events.filter(**{name: value})
    return events.select_related("area")


def other_dates(event: Event) -> list[Event]:
    """The next public dates of the same series."""
    if event.series_id is None:
        return []
    ahead = upcoming().filter(series=event.series_id).exclude(pk=event.pk)
    return list(ahead[:12])


def staff_events(*, when: str = "ahead", words: str = "") -> QuerySet[Event]:
    """The staff's list with numbers at hand: `booked`, `waiting`. `when` is ahead, past or all; one query."""
    events = Event.objects.annotate(
        booked=Count("registrations", filter=Q(registrations__state=Registration.State.CONFIRMED)),
        waiting=Count("registrations", filter=Q(registrations__state=Registration.State.WAITING)),
    )
    if words:
        events = events.filter(
            Q(title__icontains=words) | Q(venue_name__icontains=words) | Q(context_title__icontains=words)
        )
    if when == "ahead":
        return events.filter(ends_at__gt=timezone.now()).exclude(state="cancelled").order_by("starts_at", "pk")
    if when == "past":
        events = events.filter(ends_at__lte=timezone.now())
    return events.order_by("-starts_at", "pk")


def booking_to_close(now: datetime) -> QuerySet[Event]:
    """Events whose booking is open past its moment."""
    last = Least(Coalesce(F("booking_closes_at"), F("starts_at")), F("starts_at"))
    return Event.objects.filter(state=Event.State.BOOKING).annotate(last=last).filter(last__lte=now).order_by("pk")


# --- bookings -------------------------------------------------------------------------------------------


def booking_token(registration: Registration) -> str:
    return tokens.sign(BOOKING_TOKEN, str(registration.public_id))


def notes_token(registration: Registration) -> str:
    return tokens.sign(NOTES_TOKEN, str(registration.public_id))


def booking_url(registration: Registration) -> str:
    """The address for messages at which a person sees and gives up their place."""
    return settings.SITE_URL + reverse("events:booking", args=[booking_token(registration)])


def unanswered_invitations(event: Event) -> QuerySet[Invitee]:
    """Who was asked and has neither answered nor booked in another way: those to remind."""
    booked = Registration.objects.filter(event=event).live().values("email_key")
    return Invitee.objects.filter(event=event, state=Invitee.State.PENDING).exclude(email_key__in=booked).order_by("pk")


def by_token(purpose: str, token: str) -> Registration:
    """The booking that a signed link is about; Http404 when the link was not made by us for this purpose."""
    public_id = tokens.read(purpose, token)
    found = Registration.objects.filter(public_id=public_id).select_related("event").first() if public_id else None
    if found is None:
        raise Http404("This link belongs to no booking.")
    return found


def answers_of(registration: Registration) -> list[tuple[str, str]]:
    """What they answered to the event's own questions, and what they agreed to, in words."""
    said = registration.answers
    found = []
    for question in registration.event.questions.all():
        answer = said.get(str(question.public_id))
        if answer is not None:
            found.append((question.text, ", ".join(answer) if isinstance(answer, list) else str(answer)))
    for consent in registration.consents.select_related("text").order_by("pk"):
        found.append((f"Agreed (version {consent.text.version})", consent.text.text))
    return found


def place_in_queue(registration: Registration) -> int | None:
    """1 for the first of those who wait; None for everybody else."""
    if registration.state != Registration.State.WAITING:
        return None
    before = Q(event_id=registration.event_id, queue_number__lte=registration.queue_number)
    return Registration.objects.queue().filter(before).count()


def party_names(registration: Registration) -> list[str]:
    """Who comes with the person who booked for others; empty for everybody else."""
    if registration.party_id is None:
        return []
    people = list(Registration.objects.live().filter(party=registration.party_id).order_by("pk"))
    return [person.name for person in people[1:]] if people and people[0].pk == registration.pk else []


def party_of(registration: Registration) -> list[str]:
    """Everybody else of the same party who still comes or waits."""
    if registration.party_id is None:
        return []
    others = Registration.objects.live().filter(party=registration.party_id).exclude(pk=registration.pk)
    return list(others.order_by("pk").values_list("name", flat=True))


def known_contact(email: str) -> Contact | None:
    """The contact of the register with this address."""
    return Contact.objects.filter(email__iexact=email.strip()).first()


def known_organisation(contact: Contact | None, name: str) -> Organisation | None:
    """The organisation that a known contact speaks for: the one they named, or the only one they belong to.

    A name alone is no proof: who is not in the register is matched to no organisation.
    """
    if contact is None:
        return None
    today = timezone.localdate()
    current = Q(memberships__until_on=None) | Q(memberships__until_on__gte=today)
    own = Organisation.objects.filter(current, memberships__contact=contact, closed_at=None).order_by("pk")
    found = {organisation.name.casefold(): organisation for organisation in own.distinct()}
    if named := found.get(name.strip().casefold()):
        return named
    return next(iter(found.values())) if len(found) == 1 else None


# --- roster and attendance ------------------------------------------------------------------------------


def roster(event: Event, *, words: str = "", sector: str = "", attendance: str = "", state: str = "") -> Any:
    """People of an event by name. `state` is a registration state, empty for those expected; one query.

    `attendance` is an Attendance status or “unmarked”. Needs are deferred: ask `needs_of` for them.
    """
    people = Registration.objects.filter(event=event, state=state or Registration.State.CONFIRMED)
    if words:
        people = people.filter(
            Q(name__icontains=words) | Q(organisation_name__icontains=words) | Q(email__icontains=words)
        )
    if sector:
        people = people.filter(kind__sector__code=sector)
    if attendance == "unmarked":
        people = people.filter(attendance=None)
    elif attendance:
        people = people.filter(attendance__status=attendance)
    order = ("queue_number", "pk") if state == Registration.State.WAITING else ("name", "pk")
    return people.select_related("kind__sector", "organisation", "attendance").defer(*NEEDS).order_by(*order)


NEEDS = ("access_needs", "dietary_needs")


def needs_of(event: Event) -> QuerySet[Registration]:
    """Expected people who told us of access or dietary needs, for those who may know."""
    without = Q(access_needs="", dietary_needs="")
    return Registration.objects.filter(event=event).confirmed().exclude(without).order_by("name", "pk")


def need_tasks(event: Event) -> QuerySet[Need]:
    """What has to be done so that people can take part, the most urgent first; for those who may know."""
    live = Need.objects.filter(registration__event=event, registration__state__in=Registration.LIVE)
    return live.select_related("registration", "owner").order_by("due_on", "registration__name", "pk")


def needs_counts(event: Event) -> dict[str, int]:
    """What others see of needs: how many people told us of any, and how many tasks are not settled; two queries."""
    told = ~Q(access_needs="", dietary_needs="") | Q(pk__in=Need.objects.values("registration"))
    settled = [Need.State.ARRANGED, Need.State.NOT_POSSIBLE]
    return {
        "people": Registration.objects.filter(event=event).live().filter(told).count(),
        "open": need_tasks(event).exclude(state__in=settled).count(),
    }


def diets(event: Event) -> list[tuple[str, int]]:
    """Dietary needs with how many people have each, for the caterer; no name."""
    counted: dict[str, int] = {}
    for text in needs_of(event).exclude(dietary_needs="").values_list("dietary_needs", flat=True):
        key = text.strip().casefold()
        counted[key] = counted.get(key, 0) + 1
    return sorted(((key[:1].upper() + key[1:], number) for key, number in counted.items()), key=lambda one: -one[1])


def attendance_counts(event: Event) -> dict[str, int]:
    """People expected, and how many of them came, did not come, sent apologies or are unmarked; one query."""
    counted = {status: Count("pk", filter=Q(attendance__status=status)) for status in Attendance.Status.values}
    expected = Registration.objects.filter(event=event).confirmed()
    return expected.aggregate(
        expected=Count("pk"),
        unmarked=Count("pk", filter=Q(attendance=None)),
        walk_ins=Count("pk", filter=Q(source=Registration.Source.WALK_IN)),
        **counted,
    )


def _came(event: Event) -> QuerySet[Registration]:
    return Registration.objects.filter(event=event, attendance__status=Attendance.Status.ATTENDED).confirmed()


def shares(event: Event) -> list[dict[str, Any]]:
    """What each sector holds, waits for and was meant to have: for the staff's page of places; three queries."""
    rows = {row.sector_id: row for row in event.allocations.all()}
    people = (
        Registration.objects.filter(event=event)
        .values("kind__sector")
        .annotate(
            held=Count("pk", filter=Q(state__in=Registration.HOLDING)),
            waiting=Count("pk", filter=Q(state=Registration.State.WAITING)),
        )
        .order_by()
    )
    counted: dict[Any, Any] = {row["kind__sector"]: row for row in people}
    found = []
    for pk, name in [*Sector.objects.values_list("pk", "name"), (None, NO_SECTOR)]:
        row = rows.get(pk or 0)
        numbers = counted.get(pk, {"held": 0, "waiting": 0})
        if row or numbers["held"] or numbers["waiting"]:
            kept = row.kept_free if row else 0
            found.append(
                {"name": name, "held": numbers["held"], "waiting": numbers["waiting"], "row": row, "kept": kept}
            )
    return found


def attendees(event: Event) -> QuerySet[Registration]:
    """Those who came and can be written to."""
    return _came(event).exclude(email="").order_by("pk")


def attendance_by_sector(event: Event) -> Figure:
    """People who came, by the sector of their organisation or the one they gave."""
    rows = (
        _came(event)
        .values("kind__sector__name", "kind__sector__order")
        .annotate(people=Count("pk"))
        .order_by(F("kind__sector__order").asc(nulls_last=True), "kind__sector__name")
    )
    bars = [Bar(row["kind__sector__name"] or NO_SECTOR, row["people"]) for row in rows]
    return Figure("Attendance by sector", "people", sum(bar.value or 0 for bar in bars), bars, base_note="who came")


def attendance_by_organisation(event: Event) -> Figure:
    """People who came, by organisation: the register's name where we know it, else the one they gave."""
    counted: dict[str, int] = {}
    spelt: dict[str, str] = {}
    for registered, typed in _came(event).order_by("pk").values_list("organisation__name", "organisation_name"):
        name = (registered or typed).strip() or "For themselves"
        key = name.casefold()
        spelt.setdefault(key, name)
        counted[key] = counted.get(key, 0) + 1
    order = sorted(counted, key=lambda key: (-counted[key], key))
    bars = [Bar(spelt[key], counted[key]) for key in order]
    return Figure("Attendance by organisation", "people", sum(counted.values()), bars, base_note="who came")


# --- notes ----------------------------------------------------------------------------------------------


def notes_of(event: Event) -> QuerySet[Note]:
    """Every note of the event by topic, with its amendments at hand: a fixed number of queries."""
    amendments = Prefetch("amendments", NoteAmendment.objects.order_by("pk"))
    notes = Note.objects.filter(event=event).select_related("topic", "written_by", "agreed_by")
    return notes.prefetch_related("organisations", "pictures", amendments).order_by(
        F("topic__order").asc(nulls_last=True), F("topic_id").asc(nulls_last=True), "table_name", "pk"
    )


def circulated_notes(event: Event) -> QuerySet[Note]:
    """What those who came may read: everything that was circulated to them."""
    return notes_of(event).filter(circulated_at__isnull=False)


def agreed_notes(event_ids: Iterable[int]) -> QuerySet[Note]:
    """The notes that are evidence: agreed ones of these events, with event, topic and organisations at hand.

    Organisations are there to count whom we heard. What names a speaker goes through `attribution`.
    """
    notes = Note.objects.filter(event_id__in=event_ids, state=Note.State.AGREED).select_related("event", "topic")
    return notes.prefetch_related("organisations").order_by("event__starts_at", "event_id", "pk")


def attribution(note: Note) -> str:
    """Who may be said to have said so: names of organisations, or “Not attributed”. The only way to name them."""
    if not note.is_attributable:
        return NOT_ATTRIBUTED
    names = sorted(organisation.name for organisation in note.organisations.all())
    return ", ".join(names) or NOT_ATTRIBUTED


def heard_organisations(event: Event) -> QuerySet[Organisation]:
    """Organisations of the register with somebody booked or present: those a note can name."""
    there = Registration.objects.filter(event=event).confirmed().values("organisation")
    return Organisation.objects.filter(pk__in=there).order_by("name", "pk")


def table_names(event: Event) -> list[str]:
    """The tables that the event has or that notes were written at; two queries."""
    written = Note.objects.filter(event=event).exclude(table_name="").values_list("table_name", flat=True).distinct()
    return list(dict.fromkeys([*event.tables.values_list("name", flat=True), *written.order_by("table_name")]))


def questions_asked(event: Event) -> list[str]:
    """The questions that notes of this event answer so far."""
    asked = Note.objects.filter(event=event).exclude(question="").order_by("question")
    return list(asked.values_list("question", flat=True).distinct())


def notes_progress(event: Event) -> dict[str, int]:
    """How many notes are in which state, and how many amendments wait for a decision; two queries."""
    states = {state: Count("pk", filter=Q(state=state)) for state in Note.State.values}
    counts = Note.objects.filter(event=event).aggregate(notes=Count("pk"), **states)
    waiting = NoteAmendment.objects.filter(note__event=event, state=NoteAmendment.State.PROPOSED)
    return {**counts, "proposed": waiting.count()}
