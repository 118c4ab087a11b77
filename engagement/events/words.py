"""The messages of events whose words staff may change, and the names that each knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.urls import reverse

from engagement.core.templatetags.ui import clock, moment
from engagement.events import plan, queries
from engagement.events.models import Event, EventStep, Registration
from engagement.plans.placeholders import Editable, Token
from engagement.plans.steps import Writer

Context = Mapping[str, Any]
BEGINS, ENDS = datetime(1987, 6, 5, 8, 27, tzinfo=UTC), datetime(1987, 6, 5, 9, 41, tzinfo=UTC)
EVENT_PAGE, BOOKING = "https://example.org/⟦event⟧", "https://example.org/⟦booking⟧"
GIVE_UP, FEEDBACK = "https://example.org/⟦give-up⟧", "https://example.org/⟦feedback⟧"


def _event() -> Event:
    return Event(
        title="⟦title⟧",
        slug="stand-in",
        starts_at=BEGINS,
        ends_at=ENDS,
        venue_name="⟦place⟧",
        access_information="⟦access⟧",
        joining_link="",
        state=Event.State.BOOKING,
    )


def _stand_in() -> Context:
    return {
        "event": _event(),
        "registration": SimpleNamespace(name="⟦name⟧", state="confirmed"),
        "name": "⟦name⟧",
        "organisation": "⟦organisation⟧",
        "added": "⟦added⟧",
        "event_url": EVENT_PAGE,
        "booking_url": BOOKING,
        "give_up_url": GIVE_UP,
        "feedback_url": FEEDBACK,
        "invitation_url": "https://example.org/⟦invitation⟧",
        "link_words": "later",
        "was_waiting": False,
        "party": [],
        "position": 4711,
    }


def _of_step(code: str) -> Callable[[str], Context | None]:
    """The context of the first step of this kind that has a recipient now."""

    def find(scope: str) -> Context | None:
        steps = EventStep.objects.filter(kind=code).select_related("event").order_by("-event__starts_at", "pk")
        if scope:
            steps = steps.filter(event__context_reference=scope)
        for step in steps[:20]:
            kind, due = plan.PLAN.kind(step), plan.PLAN.due_at(step)
            person = next(iter(kind.people(step, due)), None) if due else None
            if person is not None and due is not None:
                return Writer(kind, step, due).context(person)
        return None

    return find


def _of_booking(scope: str) -> Context | None:
    rows = Registration.objects.filter(state=Registration.State.CONFIRMED).exclude(email="").select_related("event")
    found = (rows.filter(event__context_reference=scope) if scope else rows).order_by("-pk").first()
    if found is None:
        return None
    return {
        **_stand_in(),
        "event": found.event,
        "registration": found,
        "booking_url": queries.booking_url(found),
        "event_url": settings.SITE_URL + reverse("events:event", args=[found.event.slug]),
        "position": 1,
    }


def _own_name(context: Context) -> Any:
    return context["registration"].name if "registration" in context else context["name"]


def _when(context: Context) -> str:
    return moment(context["event"].starts_at)


NAME = Token("name", "The name of the person", _own_name)
TITLE = Token("title", "The title of the event", lambda context: context["event"].title)
WHEN = Token("begins", "When it begins", _when)
ENDS_AT = Token("ends", "The time at which it ends", lambda context: clock(context["event"].ends_at))
PLACE = Token("place", "Where it is", lambda context: context["event"].place)
ACCESS = Token("access", "Getting in and around", lambda context: context["event"].access_information)
ADDED = Token("added", "What the step of the plan adds", lambda context: context["added"])
PAGE = Token("event_link", "The link to the event", lambda context: context["event_url"], True)
OWN = Token("place_link", "The link to their place", lambda context: context["booking_url"], True, True)
CANNOT = Token("cannot_come_link", "The link to give up the place", lambda context: context["give_up_url"], True, True)
SEEN = Token("place_link", "The link to their place", lambda context: context["booking_url"], True)
TWO = Token("feedback_link", "The link to the two questions", lambda context: context["feedback_url"], True, True)
INVITED = Token("answer_link", "The link to answer", lambda context: context["invitation_url"], True, True)
NUMBER = Token("number", "The number on the waiting list", lambda context: context["position"])
ABOUT = (NAME, TITLE, WHEN, ENDS_AT, PLACE, ACCESS, PAGE)


def _planned(code: str, label: str, *tokens: Token) -> Editable:
    return Editable(f"events/email/{code}", label, (*ABOUT, ADDED, *tokens), _without_booking, _of_step(code))


def _without_booking() -> Context:
    return {name: value for name, value in _stand_in().items() if name != "registration"}


EDITABLE: tuple[Editable, ...] = (
    Editable("events/email/confirmed", "Confirmation of a place", (*ABOUT, OWN), _stand_in, _of_booking),
    Editable("events/email/waiting", "Place on the waiting list", (*ABOUT, NUMBER, OWN), _stand_in, _of_booking),
    Editable("events/email/moved", "Time or place has changed", (*ABOUT, OWN), _stand_in, _of_booking),
    _planned("unanswered", "Invited and not answered", INVITED),
    _planned("joining", "Joining instructions", OWN),
    _planned("confirm", "Do you still come?", CANNOT, SEEN),
    _planned("reminder", "Reminder of an event", OWN),
    _planned("thanks", "Thank-you to those who came", TWO),
    _planned("missed", "Sorry we missed you"),
)
