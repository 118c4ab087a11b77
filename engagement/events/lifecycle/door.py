"""Who comes without booking."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import queries
from engagement.events.lifecycle.locking import lock
from engagement.events.models import Attendance, Event, Registration
from engagement.messaging.models import address_hash
from engagement.stakeholders.models import Kind


@transaction.atomic
def walk_in(
    event_id: int,
    *,
    name: str,
    email: str = "",
    organisation_name: str = "",
    kind: Kind | None = None,
    at: datetime | None = None,
    device: str = "",
    actor: Any = None,
) -> Registration:
    """Record somebody who came without booking as present.

    Software does not turn people away at the door, and it does not rewrite what was promised either: a walk-in
    stands outside of `taken`, so the capacity keeps its meaning, no booking is touched, and taking a mistaken
    walk-in out frees no place. Who had booked is marked as present; who was waiting leaves the queue. `at` is when
    they came, where `device` said so later.
    """
    event = lock(event_id)
    if not (event.is_ahead or event.is_over):
        raise Refused(
            gettext("This event is “%(state)s”, so nobody can come in.") % {"state": event.get_state_display().lower()}
        )
    key = address_hash(email) if email else uuid.uuid4().hex
    registration = event.registrations.live().filter(email_key=key).first()
    if registration is None:
        contact = queries.known_contact(email) if email else None
        organisation = queries.known_organisation(contact, organisation_name)
        registration = Registration.objects.create(
            event=event,
            contact=contact,
            organisation=organisation,
            organisation_name=organisation_name,
            kind=organisation.kind if organisation else kind,
            name=name,
            email=email,
            email_key=key,
            state=Registration.State.CONFIRMED,
            confirmed_at=timezone.now(),
            source=Registration.Source.WALK_IN,
        )
    elif registration.state == Registration.State.OFFERED:
        # Who stands in the room has taken the offer up, and keeps the chair that it held.
        registration.move_to(Registration.State.CONFIRMED)
        registration.confirmed_at = timezone.now()
        registration.offer_expires_at = None
        registration.save(update_fields=["state", "confirmed_at", "offer_expires_at", "updated_at"])
    elif registration.state == Registration.State.WAITING:
        registration.move_to(Registration.State.CONFIRMED)
        registration.confirmed_at = timezone.now()
        registration.source = Registration.Source.WALK_IN
        registration.save(update_fields=["state", "confirmed_at", "source", "updated_at"])
    facts = {"status": Attendance.Status.ATTENDED, "marked_by": actor}
    came_in = {"known_by": Attendance.Known.DOOR, "arrived_at": at or now_if_on(event), "device": device[:40]}
    attendance = Attendance.objects.filter(registration=registration).first()
    if attendance is None or attendance.status != Attendance.Status.ATTENDED:
        facts.update(came_in, left_at=None)
    Attendance.objects.update_or_create(registration=registration, defaults=facts)
    trail.record(
        "registration.walked_in", subject=registration, actor=actor, scope=event.context_reference, event=event.pk
    )
    return registration


def now_if_on(event: Event) -> datetime | None:
    """This moment while the event is on; who is entered afterwards came at a time that nobody noted."""
    now = timezone.now()
    return now if now <= event.ends_at else None
