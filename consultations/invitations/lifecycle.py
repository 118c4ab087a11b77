"""Every change of an invitation's state.

`mark_started`, `mark_responded` and `mark_unanswered` are called by submissions; each may be called twice. What an
organisation sends concerns every invitation of that organisation, so that nobody there is asked again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from consultations.invitations.emails import invite_rule
from consultations.invitations.models import Invitation
from consultations.programme.models import Consultation
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Organisation

State = Invitation.State
BATCH = 500


def mark_started(
    consultation: Consultation,
    organisation: Organisation | None = None,
    user: Any = None,
    now: datetime | None = None,
) -> None:
    """Somebody began to write: for the organisation, or for themselves when there is none."""
    before = [State.QUEUED, State.SENT, State.BOUNCED, State.OPENED, State.DECLINED]
    _move_all(_concerned(consultation, organisation, user), before, State.STARTED, now)


def mark_responded(
    consultation: Consultation,
    organisation: Organisation | None = None,
    user: Any = None,
    now: datetime | None = None,
) -> None:
    """An answer came in: no invitation of this organisation (or of this person) is waiting any more."""
    before = [State.QUEUED, State.SENT, State.BOUNCED, State.OPENED, State.STARTED, State.DECLINED]
    _move_all(_concerned(consultation, organisation, user), before, State.RESPONDED, now)


def mark_unanswered(
    consultation: Consultation,
    organisation: Organisation | None = None,
    user: Any = None,
    now: datetime | None = None,
) -> None:
    """The answer was withdrawn or taken back for a change: the invitations wait again."""
    _move_all(_concerned(consultation, organisation, user), [State.RESPONDED], State.STARTED, now)


def mark_sent(now: datetime | None = None) -> int:
    """Bring queued invitations up to date with their messages: sent, or bounced. Returns how many moved."""
    moved = 0
    queued = Invitation.objects.filter(state=State.QUEUED).order_by("pk")
    for consultation_id in list(queued.order_by().values_list("consultation", flat=True).distinct()):
        messages = OutgoingMessage.objects.filter(rule=invite_rule(consultation_id))
        mine = queued.filter(consultation=consultation_id)
        for state, outcome in ((OutgoingMessage.State.SENT, State.SENT), (OutgoingMessage.State.FAILED, State.BOUNCED)):
            contacts = [int(key) for key in messages.filter(state=state).values_list("recipient", flat=True)]
            for start in range(0, len(contacts), BATCH):
                moved += _move_all(
                    mine.filter(contact__in=contacts[start : start + BATCH]), [State.QUEUED], outcome, now
                )
    return moved


def open_link(invitation_id: int, *, now: datetime | None = None) -> None:
    """The invited person went on from the link."""
    _move_all(Invitation.objects.filter(pk=invitation_id), [State.QUEUED, State.SENT, State.BOUNCED], State.OPENED, now)


@transaction.atomic
def decline(invitation_id: int, *, reason: str, now: datetime | None = None) -> Invitation:
    """The invited person has no view, and says so; reminders to them end. Declining again changes the reason."""
    invitation = _locked(invitation_id)
    if invitation.state == State.RESPONDED:
        raise Refused(gettext("An answer to this consultation has reached us already, so there is nothing to decline."))
    if invitation.state != State.DECLINED:
        invitation.move_to(State.DECLINED)
        invitation.declined_at = now or timezone.now()
    invitation.declined_reason = reason.strip()
    invitation.save(update_fields=["state", "declined_at", "declined_reason", "updated_at"])
    trail.record("invitation.declined", subject=invitation, scope=invitation.consultation.reference)
    return invitation


@transaction.atomic
def cancel(invitation_id: int, *, actor: Any, now: datetime | None = None) -> Invitation:
    """Take an invitation back: nothing more is sent on account of it. What was sent stays sent."""
    invitation = _locked(invitation_id)
    if invitation.state == State.CANCELLED:
        return invitation
    invitation.move_to(State.CANCELLED)
    invitation.cancelled_at = now or timezone.now()
    invitation.save(update_fields=["state", "cancelled_at", "updated_at"])
    trail.record("invitation.cancelled", subject=invitation, actor=actor, scope=invitation.consultation.reference)
    return invitation


def _locked(invitation_id: int) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related(
        "consultation", "contact__user", "organisation"
    )
    return rows.get(pk=invitation_id)


def _concerned(consultation: Consultation, organisation: Organisation | None, user: Any) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(consultation=consultation)
    if organisation is not None:
        return rows.filter(organisation=organisation)
    if user is None:
        return rows.none()
    return rows.filter(Q(contact__user=user) | Q(contact__email__iexact=user.email), organisation=None)


def _move_all(rows: QuerySet[Invitation], before: list[State], after: State, now: datetime | None) -> int:
    """Move those of `rows` that are in one of the states; one statement, so that two callers cannot both do it."""
    now = now or timezone.now()
    keys = rows.filter(state__in=before).order_by().values("pk")
    return Invitation.objects.filter(pk__in=keys, state__in=before).update(
        **{"state": after, f"{after.value}_at": now, "updated_at": timezone.now()}
    )
