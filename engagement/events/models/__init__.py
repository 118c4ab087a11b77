"""Engagement events: places that are held, people who came, and what was said at the tables."""

from engagement.events.models.afterwards import Feedback, WriteUp
from engagement.events.models.agenda import AgendaItem, Apart, Seat, Table
from engagement.events.models.attendance import Attendance
from engagement.events.models.day import EntryCode, Scan
from engagement.events.models.invitees import Invitee, Wave
from engagement.events.models.needs import Need
from engagement.events.models.notes import Note, NoteAmendment, NotePicture
from engagement.events.models.occasion import Event, Series, Topic
from engagement.events.models.places import Allocation, Party, Slot
from engagement.events.models.planning import EventStep
from engagement.events.models.questions import Consent, ConsentText, Question
from engagement.events.models.registration import Registration, RegistrationQuerySet
from engagement.events.models.venues import Venue

__all__ = [
    "AgendaItem",
    "Allocation",
    "Apart",
    "Attendance",
    "Consent",
    "ConsentText",
    "EntryCode",
    "Event",
    "EventStep",
    "Feedback",
    "Invitee",
    "Need",
    "Note",
    "NoteAmendment",
    "NotePicture",
    "Party",
    "Question",
    "Registration",
    "RegistrationQuerySet",
    "Scan",
    "Seat",
    "Series",
    "Slot",
    "Table",
    "Topic",
    "Venue",
    "Wave",
    "WriteUp",
]
