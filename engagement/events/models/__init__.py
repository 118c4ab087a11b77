"""Engagement events: places that are held, people who came, and what was said at the tables."""

from engagement.events.models.attendance import Attendance
from engagement.events.models.day import EntryCode, Scan
from engagement.events.models.notes import Note, NoteAmendment
from engagement.events.models.occasion import Event, Topic
from engagement.events.models.places import Allocation, Party, Slot
from engagement.events.models.planning import EventStep
from engagement.events.models.registration import Registration, RegistrationQuerySet

__all__ = [
    "Allocation",
    "Attendance",
    "EntryCode",
    "Event",
    "EventStep",
    "Note",
    "NoteAmendment",
    "Party",
    "Registration",
    "RegistrationQuerySet",
    "Scan",
    "Slot",
    "Topic",
]
