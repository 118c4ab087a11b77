"""Who came in and went out, as the devices at the door report it: each report counts once, however often it comes.

A report is a fact from the past: it may come hours late, after a newer one, or from a device whose clock was wrong.
So attendance is worked out anew from all of them: the first “in” is when somebody arrived, and they have left when the
last report says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.core.templatetags.ui import clock
from engagement.events import codes, presence
from engagement.events.lifecycle import door
from engagement.events.models import Attendance, Event, Registration, Scan
from engagement.stakeholders.models import Kind

Known, Status, Answer = Attendance.Known, Attendance.Status, Scan.Answer
# A device's time that lies further before the event than this is no time at all.
EARLIEST = timedelta(hours=12)
OFF = (Event.State.DRAFT, Event.State.POSTPONED, Event.State.CANCELLED)


@dataclass(frozen=True)
class Report:
    """What a device saw. `person` is the public id of a booking, `code` what a QR said; a walk-in has a name."""

    scan_id: uuid.UUID
    kind: str
    at: datetime
    person: uuid.UUID | None = None
    code: str = ""
    name: str = ""
    email: str = ""
    organisation_name: str = ""
    kind_of_partner: Kind | None = None


@transaction.atomic
def report(event_id: int, what: Report, *, device: str = "", actor: Any) -> Scan:
    """Write the report down and do what it says; one that was sent before changes nothing and gives the same answer.

    A report that cannot be followed is kept too, refused, with a sentence for the people at the door.
    """
    event = Event.objects.get(pk=event_id)
    values = {
        "event": event,
        "kind": what.kind,
        "at": _plausible(what.at, event),
        "device": device[:40],
        "scanned_by": actor,
        "answer": Answer.REFUSED,
    }
    scan, is_new = Scan.objects.get_or_create(scan_id=what.scan_id, defaults=values)
    if not is_new:
        return scan
    try:
        with transaction.atomic():
            scan.answer, scan.words = _follow(scan, what, actor)
    except Refused as refused:
        scan.answer, scan.words = Answer.REFUSED, refused.message
    scan.words = scan.words[:200]
    scan.save(update_fields=["registration", "answer", "words"])
    return scan


def _plausible(at: datetime, event: Event) -> datetime:
    """The moment of a report, never in the future and never long before the event, whatever the device said."""
    now = timezone.now()
    return now if at > now or at < event.starts_at - EARLIEST else at


def _follow(scan: Scan, what: Report, actor: Any) -> tuple[str, str]:
    event = scan.event
    if event.state in OFF:
        raise Refused(f"This event is “{event.get_state_display().lower()}”, so nobody can be marked.")
    if not event.day_has_come:
        raise Refused("The event is on a later day.")
    if what.kind == Scan.Kind.WALK_IN:
        return _walk_in(scan, what, actor)
    known_by = Known.CODE if what.code else Known.NAME
    registration = _found(event, what)
    scan.registration = registration
    if registration.state != Registration.State.CONFIRMED:
        state = registration.get_state_display().lower()
        raise Refused(f"has no place ({state}). If they are here, enter them as a walk-in.")
    if what.kind == Scan.Kind.OUT:
        return _leave(registration, scan, known_by)
    return _arrive(registration, scan, known_by)


def _found(event: Event, what: Report) -> Registration:
    """The booking that is meant, locked; raises Refused with what to do."""
    own = Registration.objects.select_for_update(of=("self",)).filter(event=event)
    if what.person is not None:
        found = own.filter(public_id=what.person).first()
        if found is None:
            raise Refused("This person is not among those who booked. Search for the name, or enter a walk-in.")
        return found
    entry_code = codes.find(what.code)
    if entry_code is None:
        raise Refused("We made no such code. Search for the name instead.")
    if entry_code.registration.event_id != event.pk:
        raise Refused(f"This code is for another event: {entry_code.registration.event.title}.")
    if entry_code.revoked_at is not None:
        raise Refused("This code was taken back. Search for the name instead.")
    return own.get(pk=entry_code.registration_id)


def _arrive(registration: Registration, scan: Scan, known_by: str) -> tuple[str, str]:
    before = Attendance.objects.filter(registration=registration).first()
    after = _settle(registration, scan, known_by)
    if before is None:
        return Answer.DONE, "is in."
    if before.status != Status.ATTENDED:
        return Answer.DONE, f"is in; was marked “{before.get_status_display().lower()}”."
    if before.left_at is not None and after.left_at is None:
        return Answer.DONE, "is back."
    if before.arrived_at is None:
        return Answer.ALREADY, "was marked as here already."
    by = f" by {before.device}" if before.device else ""
    return Answer.ALREADY, f"was in already at {clock(before.arrived_at)}{by}."


def _leave(registration: Registration, scan: Scan, known_by: str) -> tuple[str, str]:
    before = Attendance.objects.filter(registration=registration).first()
    after = _settle(registration, scan, known_by)
    if after.left_at is None:
        return Answer.ALREADY, "came in again after that."
    if before is not None and before.left_at == after.left_at:
        return Answer.ALREADY, f"had left already at {clock(before.left_at)}."
    trail.record(
        "attendance.left", subject=registration, actor=scan.scanned_by, scope=scan.event.context_reference,
        event=scan.event_id,
    )  # fmt: skip
    return Answer.DONE, f"left at {clock(after.left_at)}."


def _settle(registration: Registration, scan: Scan, known_by: str) -> Attendance:
    """Attendance as all reports together say it, this one among them. Who leaves was here, seen coming or not."""
    others = Scan.objects.filter(registration=registration).exclude(answer=Answer.REFUSED).exclude(pk=scan.pk)
    seen = [*others.values_list("kind", "at"), (scan.kind, scan.at)]
    outs = [at for kind, at in seen if kind == Scan.Kind.OUT]
    ins = [at for kind, at in seen if kind != Scan.Kind.OUT]
    has_left = outs and (not ins or max(outs) >= max(ins))
    moments = {"arrived_at": min(ins, default=None), "left_at": max(outs) if has_left else None}
    attendance = Attendance.objects.filter(registration=registration).first()
    if attendance is not None and attendance.status == Status.ATTENDED:
        if scan.at == moments["arrived_at"]:
            attendance.device = scan.device
        attendance.arrived_at, attendance.left_at = moments["arrived_at"], moments["left_at"]
        attendance.save(update_fields=["arrived_at", "left_at", "device", "updated_at"])
        return attendance
    facts = {"status": Status.ATTENDED, "known_by": known_by, "marked_by": scan.scanned_by, "device": scan.device}
    attendance, _ = Attendance.objects.update_or_create(registration=registration, defaults={**facts, **moments})
    trail.record(
        "attendance.marked", subject=registration, actor=scan.scanned_by, scope=scan.event.context_reference,
        status=Status.ATTENDED, event=scan.event_id,
    )  # fmt: skip
    return attendance


def _walk_in(scan: Scan, what: Report, actor: Any) -> tuple[str, str]:
    """Let them in: nobody is refused at the door by software. Beyond the room's places it says so."""
    if not what.name.strip():
        raise Refused("A walk-in needs a name.")
    event = scan.event
    scan.registration = door.walk_in(
        event.pk,
        name=what.name.strip()[:150],
        email=what.email.strip(),
        organisation_name=what.organisation_name.strip()[:200],
        kind=what.kind_of_partner,
        at=scan.at,
        device=scan.device,
        actor=actor,
    )
    words = "is in."
    if over := presence.counts(event)["over"]:
        words += f" The room has {event.capacity} places and now {over} more people than that."
    return Answer.DONE, words


@transaction.atomic
def take_list(event_id: int, ticked: Iterable[int], *, ticked_came: bool, actor: Any) -> tuple[int, int]:
    """Take over a printed list: of those not marked yet, the ticked ones came and the others did not, or the reverse.

    `ticked` are keys of bookings. Returns how many came and how many did not. Raises Refused before the event begins.
    """
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    if not event.has_begun:
        raise Refused("The event has not begun, so nobody came and nobody is absent yet.")
    chosen = set(ticked)
    rest = list(event.registrations.confirmed().filter(attendance=None).order_by("pk"))
    rows = [
        Attendance(
            registration=person,
            status=Status.ATTENDED if (person.pk in chosen) == ticked_came else Status.ABSENT,
            known_by=Known.LIST,
            marked_by=actor,
        )
        for person in rest
    ]
    Attendance.objects.bulk_create(rows, ignore_conflicts=True)
    came = sum(row.status == Status.ATTENDED for row in rows)
    trail.record(
        "attendance.listed",
        subject=event,
        actor=actor,
        scope=event.context_reference,
        came=came,
        absent=len(rows) - came,
    )
    return came, len(rows) - came
