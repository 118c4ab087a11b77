"""The day of an event and what came after it: devices at the door, opinions, a write-up; and who is early today."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from engagement.events import codes, lifecycle, queries
from engagement.events.models import Attendance, Event, Note, Scan

# Of those who came, how many answer the two questions.
ANSWERING = 0.6
OPINIONS = [5, 5, 4, 4, 4, 3, 2]
REMARKS = [
    "More time at the tables and fewer slides.",
    "Start after ten, so that people from up the valley can come by bus.",
    "Send the questions beforehand.",
    "It was good to be asked before it is decided.",
]
INTRODUCTION = (
    "Partners from business, education and the community sat at tables of eight, one theme at a time. These are the "
    "points that those who were there agreed; who said so is named only where they wanted to be."
)
NEXT_STEPS = "The points are evidence for the strategy beside the written answers. The board sees both in the summer."
QUESTIONS = ["What holds the area back?", "What should be done first?"]


def scan_some(rng: random.Random, event: Event, came: list[Attendance], *, device: str, actor: Any) -> None:
    """Say of some who came that a device at the door let them in, and that a few left early."""
    some = rng.sample(came, max(1, len(came) * 2 // 3))
    scans, rows = [], []
    for number, attendance in enumerate(some):
        at = event.starts_at - timedelta(minutes=18) + timedelta(seconds=41 * number)
        attendance.arrived_at, attendance.known_by, attendance.device = at, Attendance.Known.CODE, device
        if number % 9 == 8:
            attendance.left_at = event.ends_at - timedelta(minutes=35)
            scans.append((attendance, Scan.Kind.OUT, attendance.left_at))
        scans.append((attendance, Scan.Kind.IN, at))
        rows.append(attendance)
    Attendance.objects.bulk_update(rows, ["arrived_at", "left_at", "known_by", "device"])
    Scan.objects.bulk_create(
        Scan(
            scan_id=uuid.UUID(int=rng.getrandbits(128), version=4),
            event=event,
            registration=attendance.registration,
            kind=kind,
            at=at,
            device=device,
            scanned_by=actor,
            answer=Scan.Answer.DONE,
            words="is in." if kind == Scan.Kind.IN else "left early.",
        )
        for attendance, kind, at in scans
    )


def word_some(rng: random.Random, event: Event) -> None:
    """Some points are quotations, and most answer one of the questions at the tables."""
    notes = list(event.notes.order_by("pk"))
    for number, note in enumerate(notes):
        note.question = QUESTIONS[number % 2] if number % 3 else ""
        note.wording = Note.Wording.QUOTE if rng.random() < 0.25 else Note.Wording.PARAPHRASE
    Note.objects.bulk_update(notes, ["question", "wording"])


def give_opinions(rng: random.Random, event: Event) -> None:
    """What those who came thought of it, as the two questions ask it."""
    people = list(queries.attendees(event))
    remarks = rng.sample(REMARKS, len(REMARKS) - 1)
    for registration in rng.sample(people, int(len(people) * ANSWERING)):
        words = remarks.pop() if remarks and rng.random() < 0.3 else ""
        lifecycle.give_feedback(registration, usefulness=rng.choice(OPINIONS), words=words)


def publish(event: Event, actor: Any) -> None:
    """Let everybody read what was said."""
    lifecycle.save_write_up(event.pk, introduction=INTRODUCTION, next_steps=NEXT_STEPS, actor=actor)
    lifecycle.publish_write_up(event.pk, actor=actor)


def amend_late(event: Event, actor: Any) -> None:
    """A proposal that came late and was taken up; the note is still to be agreed."""
    note = event.notes.filter(state=Note.State.CIRCULATED, amendments=None).order_by("-pk").first()
    person = queries.attendees(event).order_by("-pk").first()
    if note is not None and person is not None:
        text = f"{note.text} That was said of the last two years."
        amendment = lifecycle.propose(note.pk, text, author_name=person.name, registration=person)
        lifecycle.accept(amendment.pk, actor=actor)


def let_first_in(event: Event, actor: Any, *, number: int = 3) -> None:
    """The first who are early, let in by their codes; the others are still to come."""
    for registration in event.registrations.confirmed().order_by("pk")[:number]:
        seen = lifecycle.Report(
            scan_id=uuid.uuid4(), kind=Scan.Kind.IN, at=timezone.now(), code=codes.issue(registration)
        )
        lifecycle.report(event.pk, seen, device="Front door", actor=actor)
