"""People asked to an event: sent, answered, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.events import emails, queries
from engagement.events.lifecycle.locking import lock
from engagement.events.models import Event, Invitee, Registration, Wave
from engagement.messaging.models import address_hash
from engagement.stakeholders.models import Membership


@transaction.atomic
def invite(event_id: int, people: Sequence[Membership], *, audience: str, text: str, actor: Any) -> Wave:
    """Ask these people, each for the organisation of the membership; who was asked before is not asked again.

    Raises Refused while nobody could say yes, and when there is nobody to ask.
    """
    event = lock(event_id)
    _refuse_unless_asking(event)
    asked = set(event.invitees.values_list("email_key", flat=True))
    booked = set(event.registrations.live().values_list("email_key", flat=True))
    fresh: dict[str, Membership] = {}
    for member in people:
        key = address_hash(member.contact.email)
        if key not in asked and key not in booked:
            fresh.setdefault(key, member)
    if not fresh:
        raise Refused("Everybody you chose was asked before or has a booking.")
    last = event.waves.aggregate(last=Max("number"))["last"] or 0
    wave = Wave.objects.create(event=event, number=last + 1, audience=audience[:500], text=text, sent_by=actor)
    now = timezone.now()
    rows = [
        Invitee(
            event=event,
            wave=wave,
            contact=member.contact,
            organisation=member.organisation,
            kind=member.organisation.kind,
            name=member.contact.name,
            email=member.contact.email,
            email_key=key,
            language=member.contact.user.language if member.contact.user else "",
            state=Invitee.State.PENDING,
            sent_at=now,
        )
        for key, member in fresh.items()
    ]
    for invitee in Invitee.objects.bulk_create(rows):
        invitee.event = event
        emails.invited(invitee)
    trail.record(
        "event.invited",
        subject=event,
        actor=actor,
        scope=event.context_reference,
        people=len(rows),
        wave=wave.number,
        definition=wave.audience,
    )
    return wave


def _refuse_unless_asking(event: Event) -> None:
    if not event.takes_bookings:
        raise Refused("Open booking first, so that people can say yes.")


@transaction.atomic
def invite_again(event_id: int, *, actor: Any) -> int:
    """Write once more to those who have not answered; at most once a day. Returns to how many."""
    event = lock(event_id)
    _refuse_unless_asking(event)
    today = timezone.localdate()
    silent = [one for one in queries.unanswered_invitations(event) if timezone.localdate(one.sent_at) < today]
    if not silent:
        raise Refused("Everybody has answered, or was written to today.")
    now = timezone.now()
    for invitee in silent:
        invitee.event = event
        invitee.sent_at = now
        invitee.save(update_fields=["sent_at", "updated_at"])
        emails.invited(invitee, again=True)
    trail.record("event.invited_again", subject=event, actor=actor, scope=event.context_reference, people=len(silent))
    return len(silent)


def _locked(invitee_id: int) -> Invitee:
    invitee = Invitee.objects.get(pk=invitee_id)
    event = lock(invitee.event_id)
    invitee = Invitee.objects.select_related("organisation", "kind").get(pk=invitee_id)
    invitee.event = event
    return invitee


@transaction.atomic
def accepted(invitee_id: int, registration: Registration) -> Invitee:
    """Somebody booked by their invitation. Booking again by the same link changes nothing."""
    invitee = _locked(invitee_id)
    if invitee.registration_id == registration.pk or not invitee.may_move_to(Invitee.State.ACCEPTED):
        return invitee
    if Invitee.objects.filter(registration=registration).exists():
        return invitee
    invitee.move_to(Invitee.State.ACCEPTED)
    invitee.registration = registration
    invitee.answered_at = timezone.now()
    invitee.save()
    trail.record("invitee.accepted", subject=invitee, scope=invitee.event.context_reference, event=invitee.event_id)
    return invitee


def note_answer(registration: Registration) -> None:
    """Somebody who was asked booked in another way than by their link: that is a yes too."""
    invitee = registration.event.invitees.filter(email_key=registration.email_key).first()
    if invitee is not None:
        accepted(invitee.pk, registration)


@transaction.atomic
def decline_invitation(invitee_id: int, reason: str = "", *, name: str = "", email: str = "") -> Invitee:
    """They cannot come; a substitute whom they name is asked instead, for the same organisation.

    Doing it twice changes nothing. Raises Refused for one with a booking, which they give up first.
    """
    invitee = _locked(invitee_id)
    if invitee.state == Invitee.State.DECLINED:
        return invitee
    if invitee.registration and invitee.registration.state in Registration.LIVE:
        raise Refused(gettext("You have a booking. Give it up there, or let a colleague come instead."))
    invitee.move_to(Invitee.State.DECLINED)
    invitee.reason = reason.strip()
    invitee.answered_at = timezone.now()
    invitee.save()
    trail.record("invitee.declined", subject=invitee, scope=invitee.event.context_reference, event=invitee.event_id)
    if email and invitee.event.takes_bookings:
        _ask_instead(invitee, name, email)
    return invitee


def _ask_instead(invitee: Invitee, name: str, email: str) -> None:
    """Whether the colleague was asked before is told to nobody: then there is nothing to do."""
    key = address_hash(email)
    if invitee.event.invitees.filter(email_key=key).exists():
        return
    colleague = Invitee.objects.create(
        event=invitee.event,
        wave=invitee.wave,
        organisation=invitee.organisation,
        kind=invitee.kind,
        name=name,
        email=email.strip(),
        email_key=key,
        language=invitee.language,
        state=Invitee.State.PENDING,
        sent_at=timezone.now(),
        instead_of=invitee,
    )
    emails.invited(colleague)


@transaction.atomic
def take_back(invitee_id: int, *, actor: Any) -> Invitee:
    """Take back an invitation that nobody has answered; its link then opens nothing."""
    invitee = _locked(invitee_id)
    invitee.move_to(Invitee.State.WITHDRAWN)
    invitee.save(update_fields=["state", "updated_at"])
    trail.record(
        "invitee.withdrawn", subject=invitee, actor=actor, scope=invitee.event.context_reference, event=invitee.event_id
    )
    return invitee
