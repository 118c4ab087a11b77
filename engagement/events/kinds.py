"""What each kind of event needs: the fields that its form leaves out, and those without which booking cannot open."""

from __future__ import annotations

from dataclasses import dataclass

from engagement.events.models import Event

PLACE = ("venue", "venue_name", "venue_address", "access_information", "travel")


@dataclass(frozen=True)
class Needs:
    """Names are those of fields of `EventForm`."""

    hint: str
    hides: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    # The ways to take part that make sense; all where empty.
    modes: tuple[str, ...] = ()


NEEDS: dict[str, Needs] = {
    Event.Type.SUMMIT: Needs(
        "A long day for many: an agenda with sessions, and tables with a facilitator and a note-taker each.",
        hides=("safety_notes",),
    ),
    Event.Type.ROUND_TABLE: Needs(
        "A small, balanced group at one or a few tables: places kept by sector, people invited.",
        hides=("safety_notes",),
    ),
    Event.Type.WORKSHOP: Needs(
        "Work at tables on the themes: an agenda, tables, and people shared out to them.",
        hides=("safety_notes",),
    ),
    Event.Type.WEBINAR: Needs(
        "Online only: a link, which people with a place get shortly before.",
        hides=(*PLACE, "safety_notes", "online_capacity", "area"),
        requires=("joining_link",),
        modes=(Event.Mode.ONLINE,),
    ),
    Event.Type.DROP_IN: Needs(
        "People come when it suits them: times with places of their own, set after the draft is saved.",
        hides=("safety_notes", "online_capacity"),
        modes=(Event.Mode.IN_PERSON,),
    ),
    Event.Type.SITE_VISIT: Needs(
        "People come to a place of work: where to meet, what is dangerous there, what to wear.",
        hides=("joining_link", "online_capacity"),
        requires=("venue_name", "safety_notes"),
        modes=(Event.Mode.IN_PERSON,),
    ),
}
# What is missing, as a sentence by the field.
MISSING = {
    "joining_link": "A webinar needs the link by which people join.",
    "venue_name": "Say where people meet.",
    "safety_notes": "Say what is dangerous on the site, what to wear and what to bring.",
}


def missing(event: Event) -> str:
    """The sentence for the first thing that its kind needs and it has not; empty when nothing is missing."""
    for name in NEEDS[event.type].requires:
        if not getattr(event, name):
            return MISSING[name]
    return ""
