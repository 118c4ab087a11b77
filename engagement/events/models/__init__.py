"""Engagement events: places that are held, people who came, and what was said at the tables."""

from engagement.events.models.attendance import Attendance
from engagement.events.models.notes import Note, NoteAmendment
from engagement.events.models.occasion import Event, Topic
from engagement.events.models.registration import Registration, RegistrationQuerySet

__all__ = ["Attendance", "Event", "Note", "NoteAmendment", "Registration", "RegistrationQuerySet", "Topic"]
