"""What was said: written, circulated to those who came, amended, agreed by a second person, or disputed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import emails, queries
from engagement.events.lifecycle import places
from engagement.events.models import Event, Note, NoteAmendment, Registration

UNSETTLED = (Note.State.DRAFT, Note.State.CIRCULATED, Note.State.AMENDED)


def lock(note_id: int) -> Note:
    return Note.objects.select_for_update(of=("self",)).get(pk=note_id)


@transaction.atomic
def circulate(event_id: int, *, actor: Any = None) -> int:
    """Send those who came a link to the notes; returns to how many. Drafts become circulated.

    Raises Refused before the event was held, without a new note, and with nobody to send them to.
    """
    event = places.lock(event_id)
    if event.state not in {Event.State.HELD, Event.State.CIRCULATED}:
        raise Refused("Notes are circulated after the event was held.")
    drafts = list(event.notes.filter(state=Note.State.DRAFT).order_by("pk"))
    if not drafts:
        raise Refused("There is no new note to circulate.")
    people = list(queries.attendees(event))
    if not people:
        raise Refused("Nobody with an e-mail address is marked as having come. Mark attendance first.")
    now = timezone.now()
    for note in drafts:
        note.move_to(Note.State.CIRCULATED)
        note.circulated_at = now
        note.save(update_fields=["state", "circulated_at", "updated_at"])
    if event.state == Event.State.HELD:
        event.move_to(Event.State.CIRCULATED)
        event.save(update_fields=["state", "updated_at"])
    for registration in people:
        registration.event = event
        emails.notes(registration, round_key=str(drafts[0].pk))
    trail.record(
        "notes.circulated",
        subject=event,
        actor=actor,
        scope=event.context_reference,
        notes=len(drafts),
        people=len(people),
    )
    return len(people)


@transaction.atomic
def propose(
    note_id: int, text: str, *, author_name: str, registration: Registration | None = None, actor: Any = None
) -> NoteAmendment:
    """Keep how somebody who was there would put it. The same words by the same person are kept once."""
    note = lock(note_id)
    if note.state == Note.State.AGREED:
        raise Refused("This note is agreed, so it does not change any more.")
    if not text.strip():
        raise Refused("Write how the note should read.", field="text")
    if text.strip() == note.text.strip():
        raise Refused("This is what the note says already. Change the words to propose an amendment.", field="text")
    amendment, is_new = NoteAmendment.objects.get_or_create(
        note=note,
        text=text.strip(),
        author_name=author_name,
        registration=registration,
        state=NoteAmendment.State.PROPOSED,
    )
    if is_new:
        trail.record("amendment.proposed", subject=note, actor=actor, amendment=amendment.pk)
    return amendment


@transaction.atomic
def accept(amendment_id: int, *, actor: Any) -> NoteAmendment:
    """Let the note say what was proposed; what it said before is kept with the amendment."""
    note, amendment = _undecided(amendment_id)
    amendment.text_before = note.text
    _decide(amendment, NoteAmendment.State.ACCEPTED, actor)
    if note.state in {Note.State.CIRCULATED, Note.State.DISPUTED}:
        note.move_to(Note.State.AMENDED)
    note.text = amendment.text
    note.dispute = ""
    note.save(update_fields=["text", "state", "dispute", "updated_at"])
    trail.record("amendment.accepted", subject=note, actor=actor, amendment=amendment.pk)
    return amendment


@transaction.atomic
def decline(amendment_id: int, *, actor: Any) -> NoteAmendment:
    """Leave the note as it is; the amendment stays readable with its author."""
    note, amendment = _undecided(amendment_id)
    _decide(amendment, NoteAmendment.State.DECLINED, actor)
    trail.record("amendment.declined", subject=note, actor=actor, amendment=amendment.pk)
    return amendment


def _undecided(amendment_id: int) -> tuple[Note, NoteAmendment]:
    note = lock(NoteAmendment.objects.values_list("note_id", flat=True).get(pk=amendment_id))
    if note.state == Note.State.AGREED:
        raise Refused("This note is agreed, so it does not change any more.")
    return note, NoteAmendment.objects.get(pk=amendment_id)


def _decide(amendment: NoteAmendment, state: str, actor: Any) -> None:
    amendment.move_to(state)
    amendment.decided_by = actor
    amendment.decided_at = timezone.now()
    amendment.save()


@transaction.atomic
def agree(note_id: int, *, actor: Any) -> Note:
    """Make the note evidence. Raises Refused for its own author and while an amendment waits for a decision."""
    note = lock(note_id)
    if note.written_by_id == actor.pk:
        raise Refused("You wrote this note, so somebody else agrees it.")
    if note.amendments.filter(state=NoteAmendment.State.PROPOSED).exists():
        raise Refused("An amendment to this note is proposed. Accept or decline it first.")
    note.move_to(Note.State.AGREED)
    note.agreed_by = actor
    note.agreed_at = timezone.now()
    note.dispute = ""
    note.save(update_fields=["state", "agreed_by", "agreed_at", "dispute", "updated_at"])
    trail.record("note.agreed", subject=note, actor=actor)
    return note


@transaction.atomic
def agree_all(event_id: int, *, actor: Any) -> int:
    """Agree every note of the event that others wrote, that was circulated and that nobody wants to amend."""
    places.lock(event_id)
    proposed = NoteAmendment.objects.filter(state=NoteAmendment.State.PROPOSED).values("note")
    ready = Note.objects.filter(event_id=event_id, state__in=[Note.State.CIRCULATED, Note.State.AMENDED])
    ids = list(ready.exclude(written_by=actor).exclude(pk__in=proposed).order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise Refused("There is no note that you can agree: others' notes, circulated, without an open amendment.")
    for note_id in ids:
        agree(note_id, actor=actor)
    return len(ids)


@transaction.atomic
def dispute(note_id: int, reason: str, *, actor: Any) -> Note:
    """Mark the note as disputed with what is disputed; it is no evidence unless it is agreed later."""
    note = lock(note_id)
    if not reason.strip():
        raise Refused("Say what is disputed.", field="reason")
    note.move_to(Note.State.DISPUTED)
    note.dispute = reason.strip()
    note.save(update_fields=["state", "dispute", "updated_at"])
    trail.record("note.disputed", subject=note, actor=actor)
    return note
