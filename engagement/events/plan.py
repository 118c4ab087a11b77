"""What an event says by the clock: how to get there, whether people still come, thanks, and a nudge to write it up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from engagement.accounts.models import User
from engagement.events import afterwards, invitees, queries
from engagement.events.models import Attendance, Event, EventStep, Invitee, Registration
from engagement.messaging.models import OutgoingMessage
from engagement.plans import planner
from engagement.plans.steps import Anchor, Kind, LeftOut, Person, Plan

DEFAULT_TIME = time(9)
# Nobody is reminded of something that they were asked less than this before.
LEAST_GAP = timedelta(hours=20)
# Steps are looked at until the last of the usual ones after the end has passed.
LOOKED_AT = timedelta(days=120)
Category = OutgoingMessage.Category


def _page(name: str, *args: Any) -> str:
    return settings.SITE_URL + reverse(name, args=args)


@dataclass(frozen=True)
class ToBooked(Kind):
    """A message to people who booked; the event must be in one of `states` when it leaves."""

    states: tuple[str, ...] = Event.AHEAD
    # Of those who come, those whose attendance was noted so; empty: everybody with a place.
    attendance: str = ""
    # Whether who heard of a new date after the moment of the step has heard enough.
    skips_after_news: bool = False

    def rule(self, step: EventStep) -> str:  # type: ignore[override]
        return f"events.{self.code}:{step.event_id}"

    def audience(self, step: EventStep) -> QuerySet[Registration]:
        """The bookings that this step concerns as things stand now."""
        rows = Registration.objects.filter(event=step.event_id).confirmed().exclude(email="")
        if self.attendance:
            return rows.filter(attendance__status=self.attendance).order_by("name", "pk")
        return rows.exclude(source=Registration.Source.WALK_IN).order_by("name", "pk")

    def people(  # type: ignore[override]
        self, step: EventStep, due_at: datetime, *, changed_since: datetime | None = None
    ) -> Iterator[Person]:
        if self._heard_since(step.event, due_at):
            return
        rows = self.audience(step)
        if not self.catches_up and not self.attendance:
            rows = rows.filter(confirmed_at__lt=due_at)
        for registration in rows.iterator(chunk_size=2000):
            yield as_person(registration)

    def _heard_since(self, event: Event, due_at: datetime) -> bool:
        return self.skips_after_news and event.rescheduled_at is not None and event.rescheduled_at >= due_at

    def left_out(self, step: EventStep, due_at: datetime) -> list[LeftOut]:  # type: ignore[override]
        rows = step.event.registrations.live().select_related("attendance").order_by("name", "pk")
        if self._heard_since(step.event, due_at):
            return [LeftOut(one.name, "Just heard that the event was moved.") for one in rows]
        reached = {person.key for person in self.people(step, due_at)}
        return [LeftOut(one.name, self._why_left_out(one)) for one in rows if str(one.public_id) not in reached]

    def _why_left_out(self, registration: Registration) -> str:
        if not registration.email:
            return "Left no address."
        if registration.state != Registration.State.CONFIRMED:
            return f"{registration.get_state_display()}."
        if self.attendance:
            noted = getattr(registration, "attendance", None)
            return f"{noted.get_status_display()}." if noted else "Nobody has noted yet whether they came."
        if registration.source == Registration.Source.WALK_IN:
            return "Came without booking."
        return "Booked after the moment of this step."

    def facts(self, step: EventStep, person: Person, due_at: datetime) -> dict[str, Any]:  # type: ignore[override]
        event = step.event
        return {
            "event": event,
            "event_url": _page("events:event", event.slug),
            # What the text says about the link to join depends on when it leaves, not on when it is written.
            "link_words": "due" if due_at >= event.joining_at else "later",
        }

    def addresses(self, step: EventStep, person: Person) -> dict[str, str]:  # type: ignore[override]
        assert isinstance(person.about, Registration)
        token = queries.booking_token(person.about)
        found = {"booking_url": _page("events:booking", token), "give_up_url": _page("events:give_up", token)}
        if "feedback_url" in self.links:
            found["feedback_url"] = _page("events:feedback", afterwards.feedback_token(person.about))
        return found

    def why_not(self, step: EventStep, message: OutgoingMessage) -> str:  # type: ignore[override]
        event = step.event
        if event.state not in self.states:
            return f"The event is “{event.get_state_display()}”."
        registration = Registration.objects.filter(public_id=message.recipient).first()
        if registration is None:
            return "The booking no longer exists."
        if registration.state != Registration.State.CONFIRMED:
            return "The person has no place any more."
        if not self.audience(step).filter(pk=registration.pk).exists():
            return f"This step is for {self.whom}, which no longer fits {registration.name}."
        if not self.attendance and event.has_begun:
            return "The event has begun."
        return ""

    def expires_at(self, step: EventStep, due_at: datetime) -> datetime | None:  # type: ignore[override]
        return due_at + self.life if self.attendance else step.event.starts_at


@dataclass(frozen=True)
class ToInvited(Kind):
    """To those who were asked to an event and have neither answered nor booked."""

    def rule(self, step: EventStep) -> str:  # type: ignore[override]
        return f"events.{self.code}:{step.event_id}"

    def people(  # type: ignore[override]
        self, step: EventStep, due_at: datetime, *, changed_since: datetime | None = None
    ) -> Iterator[Person]:
        for invitee in queries.unanswered_invitations(step.event).filter(sent_at__lte=due_at - LEAST_GAP):
            yield Person(
                key=str(invitee.public_id),
                email=invitee.email,
                name=invitee.name,
                language=invitee.language,
                note=invitee.get_state_display().lower(),
                about=invitee,
            )

    def left_out(self, step: EventStep, due_at: datetime) -> list[LeftOut]:  # type: ignore[override]
        reached = {person.key for person in self.people(step, due_at)}
        said = []
        for invitee in step.event.invitees.order_by("name", "pk"):
            if str(invitee.public_id) not in reached:
                waits = invitee.state == Invitee.State.PENDING
                reason = "Has booked, or was asked after this step." if waits else f"{invitee.get_state_display()}."
                said.append(LeftOut(invitee.name, reason))
        return said

    def facts(self, step: EventStep, person: Person, due_at: datetime) -> dict[str, Any]:  # type: ignore[override]
        return {"event": step.event, "event_url": _page("events:event", step.event.slug)}

    def addresses(self, step: EventStep, person: Person) -> dict[str, str]:  # type: ignore[override]
        assert isinstance(person.about, Invitee)
        return {"invitation_url": _page("events:invited", invitees.token_of(person.about))}

    def why_not(self, step: EventStep, message: OutgoingMessage) -> str:  # type: ignore[override]
        event = step.event
        if event.state not in Event.AHEAD or event.last_booking_at <= timezone.now():
            return f"The event is “{event.get_state_display()}”, or its booking has closed."
        if not queries.unanswered_invitations(event).filter(public_id=message.recipient).exists():
            return "They have answered, or the invitation was taken back."
        return ""

    def expires_at(self, step: EventStep, due_at: datetime) -> datetime | None:  # type: ignore[override]
        return step.event.last_booking_at


@dataclass(frozen=True)
class ToOrganiser(Kind):
    """A nudge to whoever set the event up, while it is not written up."""

    def rule(self, step: EventStep) -> str:  # type: ignore[override]
        return f"events.{self.code}:{step.event_id}"

    def people(  # type: ignore[override]
        self, step: EventStep, due_at: datetime, *, changed_since: datetime | None = None
    ) -> Iterator[Person]:
        if self._is_done(step.event):
            return
        for user in organisers(step.event):
            yield Person(
                key=f"user:{user.pk}", email=user.email, name=str(user), note=user.get_staff_role_display(), about=user
            )

    def left_out(self, step: EventStep, due_at: datetime) -> list[LeftOut]:  # type: ignore[override]
        return [LeftOut("Nobody", "The event is written up or called off.")] if self._is_done(step.event) else []

    def _is_done(self, event: Event) -> bool:
        return event.state in {Event.State.WRITTEN_UP, Event.State.CANCELLED, Event.State.POSTPONED, Event.State.DRAFT}

    def facts(self, step: EventStep, person: Person, due_at: datetime) -> dict[str, Any]:  # type: ignore[override]
        return {"event": step.event, "manage_url": _page("events:write_up", step.event.public_id), "days": step.days}

    def why_not(self, step: EventStep, message: OutgoingMessage) -> str:  # type: ignore[override]
        if self._is_done(step.event):
            return f"The event is “{step.event.get_state_display()}”."
        if message.recipient not in {f"user:{user.pk}" for user in organisers(step.event)}:
            return "They do not run events any more."
        return ""


def organisers(event: Event) -> list[User]:
    """Whoever set the event up; where they have left, everybody who runs events."""
    staff = User.objects.filter(is_active=True, staff_role__in=["engagement", "administrator"])
    own = list(staff.filter(pk=event.created_by_id)) if event.created_by_id else []
    return own or list(staff.filter(staff_role="engagement").order_by("pk"))


def as_person(registration: Registration) -> Person:
    return Person(
        key=str(registration.public_id),
        email=registration.email,
        name=registration.name,
        organisation=registration.organisation_name,
        language=registration.language,
        note=registration.get_state_display().lower(),
        about=registration,
    )


def _to_booked(code: str, label: str, whom: str, stops: str, **more: Any) -> ToBooked:
    values = {"links": ("booking_url", "give_up_url"), "anchors": ("starts",), **more}
    return ToBooked(
        code=code, label=label, whom=whom, stops=stops, template=f"events/email/{code}", check="events.step", **values
    )


PLACE = "people with a place"
GONE = "It stops for whoever gives up the place, and when the event is called off."
KINDS: tuple[Kind, ...] = (
    ToInvited(
        code="unanswered", label="Invited and not answered", whom="invited people who have not answered",
        stops="It stops for whoever accepts, declines or books.", template="events/email/unanswered",
        anchors=("starts",), category=Category.EVENT, usual=(("starts", -14),), check="events.step",
        links=("invitation_url",),
    ),
    _to_booked(
        "joining", "Joining instructions", PLACE, f"{GONE} Who books later gets it at once.",
        usual=(("starts", -7),), catches_up=True, category=Category.TRANSACTIONAL, priority=4,
    ),
    _to_booked(
        "confirm", "Do you still come?", PLACE, f"{GONE} “I cannot come” frees the place for the next in the queue.",
        usual=(("starts", -3),), category=Category.EVENT, skips_after_news=True,
    ),
    _to_booked(
        "reminder", "Reminder", PLACE, GONE, usual=(("starts", -1),), category=Category.EVENT, skips_after_news=True,
    ),
    _to_booked(
        "thanks", "Thank-you to those who came", "people who came", "It goes once.",
        anchors=("ends",), usual=(("ends", 1),), category=Category.EVENT, attendance=Attendance.Status.ATTENDED,
        states=Event.OVER, again_when_moved=False, life=timedelta(days=7), links=("feedback_url",),
    ),
    _to_booked(
        "missed", "Sorry we missed you", "people who had a place and did not come", "It goes once.",
        anchors=("ends",), usual=(("ends", 1),), category=Category.EVENT, attendance=Attendance.Status.ABSENT,
        states=Event.OVER, again_when_moved=False, life=timedelta(days=7),
    ),
    ToOrganiser(
        code="write_up", label="Write it up", whom="whoever set the event up",
        stops="It stops when the event is written up.", template="events/manage/email/write_up", anchors=("ends",),
        category=Category.TRANSACTIONAL, usual=(("ends", 7), ("ends", 21)), check="events.step",
    ),
)  # fmt: skip
PLAN = Plan(
    kinds={kind.code: kind for kind in KINDS},
    anchors={
        anchor.code: anchor for anchor in (Anchor("starts", "the event"), Anchor("ends", "the end", is_beginning=True))
    },
)


def usual_steps(event: Event) -> list[EventStep]:
    """The steps of a plan that nobody made."""
    return [
        EventStep(
            event=event,
            kind=kind.code,
            anchor=anchor,
            days=days,
            local_time=DEFAULT_TIME,
            again_when_moved=kind.again_when_moved,
        )
        for kind in KINDS
        for anchor, days in kind.usual
    ]


def add_usual_steps(event: Event) -> int:
    """Add what a usual plan holds and this one lacks; returns how many."""
    held = set(EventStep.objects.filter(event=event).values_list("kind", "anchor", "days"))
    lacking = [one for one in usual_steps(event) if (one.kind, one.anchor, one.days) not in held]
    EventStep.objects.bulk_create(lacking, ignore_conflicts=True)
    return len(lacking)


def steps_of(event: Event) -> list[EventStep]:
    """The whole plan in order of time."""
    found = []
    for step in EventStep.objects.filter(event=event):
        step.event = event
        found.append(step)
    return sorted(found, key=lambda step: (PLAN.due_at(step) or event.starts_at, step.pk))


def live_steps(now: datetime) -> QuerySet[EventStep]:
    """The steps that the clock looks at: those of events that were announced and are not long over."""
    rows = EventStep.objects.filter(stopped_at=None, event__ends_at__gt=now - LOOKED_AT)
    return rows.exclude(event__state__in=["draft", "cancelled"]).select_related("event").order_by("pk")


def write_due(now: datetime | None = None) -> int:
    """Write what falls due within a week; returns how many messages were new. See `engagement.plans.planner`."""
    now = now or timezone.now()
    for event in Event.objects.filter(state__in=Event.AHEAD, starts_at__gt=now, steps__isnull=True).order_by("pk"):
        add_usual_steps(event)
    return planner.write_due(PLAN, live_steps(now), now)


def why_not(message: OutgoingMessage) -> str:
    """Why this message of a plan is no longer wanted, as a sentence for staff; empty while it is."""
    step = EventStep.objects.filter(pk=planner.step_key(message)).select_related("event").first()
    return planner.why_not(PLAN, step, message)
