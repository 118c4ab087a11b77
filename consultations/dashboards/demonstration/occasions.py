"""Twelve events: who booked, who came, what was said at the tables and what became of the notes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from consultations.dashboards.demonstration import doors
from consultations.dashboards.demonstration.call import Call
from consultations.dashboards.demonstration.clock import Agenda, local
from consultations.dashboards.demonstration.names import FIRST_NAMES, LAST_NAMES
from consultations.dashboards.demonstration.partners import Cast
from consultations.dashboards.demonstration.register import Body
from consultations.dashboards.demonstration.voices import Speech, Voice
from consultations.programme import actions as programme
from engagement.audit import trail
from engagement.events import actions, lifecycle
from engagement.events.forms import CONSENT_VERSION
from engagement.events.models import Attendance, Event, Note, Registration
from engagement.messaging.models import address_hash
from engagement.stakeholders.models import Area, Contact, Kind, Organisation

ACCESS = "Step-free from the street, lift to every floor, hearing loop in the large room. Two parking bays by the door."
DESCRIPTION = (
    "Tables of eight, one theme at a time, with a note taker at each. What is said goes into the evidence once those "
    "who were there have seen and agreed the notes."
)
NEEDS = ["Step-free way to the table", "A seat near the screen", "British Sign Language interpreter", "Large print"]
DIETS = ["Vegan", "No nuts", "Halal", "No gluten"]
# Of an event with too few places, how many are given one by one.
ONE_BY_ONE = 4
# Name, address, organisation, and the kind for somebody whom the register does not know.
Seat = tuple[str, str, str, Kind | None]
POINTS = ["strength", "barrier", "barrier", "proposal", "proposal", "evidence", "question"]
DISPUTES = [
    "The college says that the course ran with nine, not four.",
    "Our table spoke of the whole valley, not of one town.",
    "The operator was not in the room and would see it otherwise.",
]


@dataclass(frozen=True)
class Occasion:
    """One event: what it is, and how it went."""

    title: str
    type: str
    day: date
    hour: int
    hours: float
    area: str
    venue: str
    places: int
    came: int
    notes: int
    themes: tuple[str, ...]
    waiting: int = 0
    mode: str = "in_person"
    # How far its notes got: written_up, circulated, held.
    until: str = "written_up"


PLACES_THEMES = ("places", "infrastructure", "people")
OCCASIONS = [
    Occasion(
        "North East Local Industrial Strategy summit", "summit", date(2018, 12, 11), 9, 6, "newcastle",
        "The Exchange Hall, Quayside", 90, 74, 52,
        ("ideas", "people", "infrastructure", "business-environment", "places"), waiting=7,
    ),
    Occasion("Round table: County Durham", "round_table", date(2019, 1, 9), 10, 3, "county-durham",
             "Miners' Institute, Bishop Auckland", 28, 24, 18, PLACES_THEMES),
    Occasion("Round table: Sunderland", "round_table", date(2019, 1, 11), 10, 3, "sunderland",
             "Software Centre, Washington", 26, 22, 16, ("people", "business-environment", "places")),
    Occasion("Workshop: making and using technology", "workshop", date(2019, 1, 15), 13, 3.5, "sunderland",
             "Training Hall, Hendon", 32, 27, 21, ("ideas", "business-environment")),
    Occasion("Round table: Gateshead", "round_table", date(2019, 1, 17), 14, 3, "gateshead",
             "Old Town Hall, Gateshead", 24, 20, 15, PLACES_THEMES),
    Occasion("Webinar: skills and work", "webinar", date(2019, 1, 22), 12, 1.5, "", "", 60, 34, 19,
             ("people",), mode="online"),
    Occasion("Round table: Newcastle", "round_table", date(2019, 1, 24), 10, 3, "newcastle",
             "Library, Byker", 26, 21, 17, ("ideas", "places", "people")),
    Occasion("Round table: North Tyneside", "round_table", date(2019, 1, 29), 14, 3, "north-tyneside",
             "Fish Quay Rooms, North Shields", 22, 18, 14, ("infrastructure", "business-environment", "places")),
    Occasion("Round table: South Tyneside", "round_table", date(2019, 1, 31), 10, 3, "south-tyneside",
             "Custom House Annexe, South Shields", 20, 17, 12, ("people", "infrastructure")),
    Occasion("Workshop: clean energy", "workshop", date(2019, 2, 5), 9, 4, "northumberland",
             "Energy Centre, Blyth", 30, 25, 17, ("ideas", "infrastructure"), until="circulated"),
    Occasion("Round table: Northumberland", "round_table", date(2019, 2, 7), 11, 3, "northumberland",
             "Corn Exchange, Alnwick", 24, 14, 11, ("places", "infrastructure"), until="circulated"),
    Occasion("Drop-in for community groups", "drop_in", date(2019, 2, 13), 15, 4, "county-durham",
             "Community Hall, Peterlee", 40, 14, 8, ("places", "people"), until="held"),
]  # fmt: skip


class Occasions:
    """Holds the events of a consultation."""

    def __init__(self, rng: random.Random, speech: Speech, call: Call, cast: Cast) -> None:
        self.rng, self.speech, self.call = rng, speech, call
        # Its own, so that what is invented elsewhere stays as it is.
        self.door = random.Random(20181211)  # noqa: S311 - invents, guards nothing
        # Those who are hard to reach in writing did not come either.
        self.bodies = [body for body in [*cast.invited, *cast.others] if not body.is_thin]
        self.kinds = list(Kind.objects.select_related("sector").order_by("pk"))
        self.areas = {area.code: area for area in Area.objects.all()}
        self.staff: Any = call.staff

    def plan(self, agenda: Agenda) -> None:
        for number, occasion in enumerate(OCCASIONS):
            agenda.add(local(date(2018, 11, 21), 10, number), lambda occasion=occasion: self._prepare(agenda, occasion))  # type: ignore[misc]

    # --- before ---------------------------------------------------------------------------------------------

    def _prepare(self, agenda: Agenda, occasion: Occasion) -> None:
        event = self.create(occasion)
        opens = max(timezone.now(), local(occasion.day - timedelta(days=26), 9))
        agenda.add(opens, lambda: lifecycle.open_booking(event.pk, actor=self.staff.engagement))
        wanted = occasion.came + max(2, occasion.came // 7) + 2 + occasion.waiting
        people = self._people(occasion, wanted if occasion.waiting else min(wanted, occasion.places))
        hours = (local(occasion.day, 8) - opens).total_seconds() / 3600 - 20
        moments = sorted((opens + timedelta(hours=self.rng.uniform(1, hours))).replace(microsecond=0) for _ in people)
        # Where there are too few places, the last ones are given one by one, as on the page.
        early = occasion.places - ONE_BY_ONE if occasion.waiting else len(people)
        agenda.add(moments[early - 1], lambda: self._book_all(event, people[:early], moments[:early]))
        for moment, person in zip(moments[early:], people[early:], strict=True):
            agenda.add(moment, lambda person=person: self.book(event, *person))  # type: ignore[misc]
        agenda.add(local(occasion.day - timedelta(days=1), 14), lambda: self._give_up(event))
        agenda.add(local(occasion.day, occasion.hour, 20), lambda: self._hold(agenda, event, occasion))

    def create(self, occasion: Occasion) -> Event:
        starts = local(occasion.day, occasion.hour)
        themes = [theme for theme in self.call.fresh().themes.all() if theme.code in occasion.themes]
        values = {
            "title": occasion.title,
            "type": occasion.type,
            "mode": occasion.mode,
            "summary": "Tell us at a table what holds the area back, and what should be done first.",
            "description": DESCRIPTION,
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=occasion.hours),
            "venue_name": occasion.venue.partition(", ")[0],
            "venue_address": occasion.venue.partition(", ")[2],
            "access_information": ACCESS if occasion.venue else "",
            "joining_link": "https://meet.soundings.example/room" if occasion.mode == "online" else "",
            "area": self.areas.get(occasion.area),
            "capacity": occasion.places,
        }
        return programme.create_event(self.call.consultation, values, themes=themes, actor=self.staff.engagement)

    def _people(self, occasion: Occasion, number: int) -> list[Seat]:
        """Contacts of the register near the place, and some whom the register does not know."""
        near = [body for body in self.bodies if not occasion.area or occasion.area in body.areas]
        far = [body for body in self.bodies if body not in near]
        pool = self.rng.sample(near, len(near)) + self.rng.sample(far, len(far))
        found: dict[str, Seat] = {}
        for body in pool:
            if len(found) >= number * 0.86:
                break
            for person in body.people[: self.rng.choice([1, 1, 2])]:
                found.setdefault(person.email, (person.name, person.email, body.name, None))
        while len(found) < number:
            name = f"{self.rng.choice(FIRST_NAMES)} {self.rng.choice(LAST_NAMES)}"
            found.setdefault(name, (name, f"{slugify(name)}@post.example", "", self.rng.choice(self.kinds)))
        return list(found.values())[:number]

    def book(self, event: Event, name: str, email: str, organisation: str, kind: Kind | None) -> Registration:
        return lifecycle.register(
            event.pk,
            name=name,
            email=email,
            organisation_name=organisation,
            kind=kind,
            access_needs=self.rng.choice(NEEDS) if self.rng.random() < 0.05 else "",
            dietary_needs=self.rng.choice(DIETS) if self.rng.random() < 0.1 else "",
            consent_version=CONSENT_VERSION,
        )

    def _give_up(self, event: Event) -> None:
        """Two cannot come after all; the first of those who wait get the places."""
        held = list(event.registrations.confirmed().order_by("pk"))
        for registration in self.rng.sample(held, 2):
            lifecycle.cancel(registration.pk)

    def _book_all(self, event: Event, people: list[Seat], moments: list[datetime]) -> None:
        """Bookings that all found a place, at once and without messages."""
        contacts = {one.email: one for one in Contact.objects.filter(email__in=[email for _, email, _, _ in people])}
        named = {one.name: one for one in Organisation.objects.filter(name__in=[name for _, _, name, _ in people])}
        rows = []
        for (name, email, organisation, kind), moment in zip(people, moments, strict=True):
            body = named.get(organisation)
            rows.append(
                Registration(
                    event=event,
                    contact=contacts.get(email),
                    organisation=body,
                    organisation_name=organisation,
                    kind=body.kind if body else kind,
                    name=name,
                    email=email,
                    email_key=address_hash(email),
                    state=Registration.State.CONFIRMED,
                    consent_version=CONSENT_VERSION,
                    consented_at=moment,
                    confirmed_at=moment,
                )
            )
        Registration.objects.bulk_create(rows)
        Event.objects.filter(pk=event.pk).update(taken=len(rows))
        facts = {"event": event.pk, "source": Registration.Source.BOOKED}
        trail.record_many("registration.created", [(row, facts) for row in rows], scope=event.context_reference)

    # --- on the day and after -------------------------------------------------------------------------------

    def _hold(self, agenda: Agenda, event: Event, occasion: Occasion) -> None:
        staff = self.staff
        expected = list(event.registrations.confirmed().order_by("pk"))
        came = self.rng.sample(expected, occasion.came - 1)
        Attendance.objects.bulk_create(
            Attendance(registration=one, status=Attendance.Status.ATTENDED, marked_by=staff.engagement) for one in came
        )
        facts = {"status": Attendance.Status.ATTENDED, "event": event.pk}
        trail.record_many(
            "attendance.marked", [(one, facts) for one in came], actor=staff.engagement, scope=event.context_reference
        )
        doors.scan_some(self.door, event, list(_attended(event)), device="Front door", actor=staff.engagement)
        name = f"{self.rng.choice(FIRST_NAMES)} {self.rng.choice(LAST_NAMES)}"
        lifecycle.walk_in(event.pk, name=name, kind=self.rng.choice(self.kinds), actor=staff.engagement)
        lifecycle.mark_held(event.pk, actor=staff.engagement)
        actions.mark_rest_absent(event.pk, actor=staff.engagement)
        agenda.add(local(occasion.day + timedelta(days=1), 11), lambda: self._write(agenda, event, occasion))

    def _write(self, agenda: Agenda, event: Event, occasion: Occasion) -> None:
        topics = list(event.topics.order_by("order", "pk"))
        codes = {theme.name: theme.code for theme in self.call.consultation.themes.all()}
        there = self._bodies_there(event)
        notes, named = [], []
        for number in range(occasion.notes):
            body, topic = self.rng.choice(there), topics[number % len(topics)]
            voice = Voice(body.kind, "", occasion.area or body.area)
            notes.append(
                Note(
                    event=event,
                    topic=topic,
                    table_name=f"Table {number % max(2, occasion.came // 8) + 1}",
                    point=self.rng.choice(POINTS),
                    text=self.speech.say(voice, about=codes[topic.title], least=1, most=2).text,
                    people_count=self.rng.choice([None, 1, 2, 3, 5]),
                    is_attributable=self.rng.random() < 0.4,
                    written_by=self.staff.engagement if number % 2 else self.staff.second_engagement,
                )
            )
            # Most points are nobody's in particular.
            named.append(self.rng.sample(there, min(len(there), self.rng.choice([0, 0, 0, 1, 1, 2]))))
        Note.objects.bulk_create(notes)
        Note.organisations.through.objects.bulk_create(
            Note.organisations.through(note=note, organisation=body.row)
            for note, bodies in zip(notes, named, strict=True)
            for body in bodies
        )
        for writer in (self.staff.engagement, self.staff.second_engagement):
            written = [(event, {"note": note.pk}) for note in notes if note.written_by == writer]
            trail.record_many("note.written", written, actor=writer, scope=event.context_reference)
        doors.word_some(self.door, event)
        if occasion.until != "held":
            agenda.add(local(occasion.day + timedelta(days=3), 20), lambda: doors.give_opinions(self.door, event))
            self._plan_agreement(agenda, event, occasion)

    def _plan_agreement(self, agenda: Agenda, event: Event, occasion: Occasion) -> None:
        """Notes of the last events went to those who were there; the others were agreed at the table."""
        if occasion.until == "circulated":
            later = local(occasion.day + timedelta(days=4), 15)
            agenda.add(later, lambda: lifecycle.circulate(event.pk, actor=self.staff.engagement))
            agenda.add(local(occasion.day + timedelta(days=9), 10), lambda: self._amend(event))
            late = local(occasion.day + timedelta(days=13), 9)
            agenda.add(late, lambda: doors.amend_late(event, self.staff.engagement))
        agenda.add(local(occasion.day + timedelta(days=12), 16), lambda: self._agree(event, occasion))

    def _bodies_there(self, event: Event) -> list[Body]:
        came = set(
            event.registrations.filter(attendance__status="attended", organisation__isnull=False).values_list(
                "organisation__name", flat=True
            )
        )
        return [body for body in self.bodies if body.name in came]

    def _amend(self, event: Event) -> None:
        """Some who were there put a point differently; one of them is taken up, one is not, one waits."""
        notes = list(event.notes.filter(state=Note.State.CIRCULATED).order_by("pk")[:3])
        people = list(event.registrations.filter(attendance__status="attended").exclude(email="").order_by("pk")[:3])
        for place, (note, person) in enumerate(zip(notes, people, strict=False)):
            text = f"{note.text} This holds for small organisations above all."
            amendment = lifecycle.propose(note.pk, text, author_name=person.name, registration=person)
            if place == 0:
                lifecycle.accept(amendment.pk, actor=self.staff.engagement)
                self.speech.extend(note.text, text)
            elif place == 1:
                lifecycle.decline(amendment.pk, actor=self.staff.engagement)

    def _agree(self, event: Event, occasion: Occasion) -> None:
        """Everybody agrees what others wrote; a few points stay disputed, some wait where the event is recent."""
        staff = self.staff
        if occasion.until == "circulated":
            some = event.notes.filter(state=Note.State.CIRCULATED).exclude(amendments__state="proposed")
            for note, reason in zip(some.order_by("-pk"), DISPUTES[event.pk % 2 :: 2], strict=False):
                lifecycle.dispute(note.pk, reason, actor=staff.engagement)
        ready = event.notes.filter(state__in=["draft", "circulated", "amended"]).exclude(amendments__state="proposed")
        for writer, reader in (
            (staff.engagement, staff.second_engagement),
            (staff.second_engagement, staff.engagement),
        ):
            notes = list(ready.filter(written_by=writer).order_by("pk"))
            self._agree_some(event, notes[:4] if occasion.until == "circulated" else notes, reader)
        if occasion.until == "written_up":
            lifecycle.write_up(event.pk, actor=staff.engagement)
            doors.publish(event, staff.engagement)

    def _agree_some(self, event: Event, notes: list[Note], reader: Any) -> None:
        """What `agree_all` does, for the notes of one writer and all at once."""
        Note.objects.filter(pk__in=[note.pk for note in notes]).update(
            state=Note.State.AGREED, agreed_by=reader, agreed_at=timezone.now(), updated_at=timezone.now()
        )
        agreed: list[tuple[Note, dict[str, Any]]] = [(note, {}) for note in notes]
        trail.record_many("note.agreed", agreed, actor=reader, scope=event.context_reference)


def _attended(event: Event) -> QuerySet[Attendance]:
    came = Attendance.objects.filter(registration__event=event, status=Attendance.Status.ATTENDED)
    return came.select_related("registration").order_by("pk")
