"""Every change of an invitation's state, each with its moment and its cause.

`mark_started`, `mark_responded` and `mark_unanswered` are called by submissions; each may be called twice. What an
organisation sends concerns every invitation of that organisation, so that nobody there is asked again.
`message_event` is called by messaging when it learns what became of a message.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from consultations.invitations import deadlines
from consultations.invitations.emails import invite_rule
from consultations.invitations.models import Invitation, InvitationChange
from consultations.programme.models import Consultation
from engagement.audit import trail
from engagement.core.errors import Refused
from engagement.messaging.models import OutgoingMessage
from engagement.stakeholders.models import Contact, Organisation

State = Invitation.State
Cause = InvitationChange.Cause
BATCH = 500
UNREACHED = [State.QUEUED, State.SENT, State.BOUNCED]


# --- told by submissions --------------------------------------------------------------------------------


def mark_started(
    consultation: Consultation,
    organisation: Organisation | None = None,
    user: Any = None,
    now: datetime | None = None,
) -> None:
    """Somebody began to write: for the organisation, or for themselves when there is none.

    A colleague who passed the invitation on stays as they are; they did, so that somebody else begins.
    """
    before = [*UNREACHED, State.DELIVERED, State.OPENED, State.DECLINED, State.EXPIRED]
    rows = _concerned(consultation, organisation, user)
    if organisation is None or user is None:
        _move_all(rows, [*before, State.DELEGATED], State.STARTED, Cause.BEGUN, now, actor=user)
        return
    own = _is_theirs(user)
    _move_all(rows.filter(own), [*before, State.DELEGATED], State.STARTED, Cause.BEGUN, now, actor=user)
    _move_all(rows, before, State.STARTED, Cause.COLLEAGUE_BEGAN, now, actor=user)


def mark_responded(
    consultation: Consultation,
    organisation: Organisation | None = None,
    user: Any = None,
    now: datetime | None = None,
) -> None:
    """An answer came in: no invitation of this organisation (or of this person) is waiting any more."""
    before = [state for state in State if state not in {State.RESPONDED, State.CANCELLED}]
    _move_all(_concerned(consultation, organisation, user), before, State.RESPONDED, Cause.ANSWERED, now, actor=user)


def mark_unanswered(
    consultation: Consultation,
    organisation: Organisation | None = None,
    user: Any = None,
    now: datetime | None = None,
) -> None:
    """The answer was withdrawn or taken back for a change: the invitations wait again. Who had no view, or had passed
    it on, stands there again."""
    rows = _concerned(consultation, organisation, user)
    earlier = _states_before(rows.filter(state=State.RESPONDED), State.RESPONDED)
    for state in (State.DECLINED, State.DELEGATED):
        keys = [key for key, before in earlier.items() if before == state]
        if keys:
            # Their moment stays the one at which they said so.
            _move_all(rows.filter(pk__in=keys), [State.RESPONDED], state, Cause.TAKEN_BACK, now, is_again=True)
    _move_all(rows, [State.RESPONDED], State.STARTED, Cause.TAKEN_BACK, now)


# --- told by messaging ----------------------------------------------------------------------------------


def message_event(message: OutgoingMessage, event: str) -> None:
    """What became of a message, as the mail server or the mailbox says; named in settings.MESSAGE_EVENTS.

    `event` is "sent", "delivered" or "bounced"; others, and messages about something else, change nothing. May come
    twice, late, and in any order: what was learnt already is not undone.
    """
    if message.about_kind != Invitation._meta.label_lower:
        return
    first = Invitation.objects.filter(pk=message.about_key).select_related("consultation").first()
    if first is None:
        return
    # A person who was invited for two organisations, and two who share a mailbox, get one message.
    rows = Invitation.objects.filter(consultation=first.consultation).filter(
        Q(contact=first.contact_id) | Q(contact__email__iexact=message.to_email)
    )
    if event == "bounced":
        _move_all(
            rows, [State.QUEUED, State.SENT, State.DELIVERED], State.BOUNCED, Cause.CAME_BACK, text=message.reason
        )
    elif message.rule == invite_rule(first.consultation_id):
        if event == "sent":
            _move_all(rows, [State.QUEUED], State.SENT, Cause.TAKEN, message.sent_at)
        elif event == "delivered":
            _move_all(rows, [State.QUEUED, State.SENT], State.DELIVERED, Cause.ARRIVED)


def mark_sent(now: datetime | None = None) -> int:
    """Bring queued invitations up to date with their messages: sent, or bounced. Returns how many moved."""
    moved = 0
    queued = Invitation.objects.filter(state=State.QUEUED).order_by("pk")
    for consultation_id in list(queued.order_by().values_list("consultation", flat=True).distinct()):
        messages = OutgoingMessage.objects.filter(rule=invite_rule(consultation_id))
        mine = queued.filter(consultation=consultation_id)
        for state, outcome, cause in (
            (OutgoingMessage.State.SENT, State.SENT, Cause.TAKEN),
            (OutgoingMessage.State.FAILED, State.BOUNCED, Cause.CAME_BACK),
        ):
            contacts = [int(key) for key in messages.filter(state=state).values_list("recipient", flat=True)]
            for some in _batches(contacts):
                moved += _move_all(mine.filter(contact__in=some), [State.QUEUED], outcome, cause, now)
    return moved


# --- done by the invited person -------------------------------------------------------------------------


def open_link(invitation_id: int, *, now: datetime | None = None) -> None:
    """The invited person went on from the link. Who had no view, or had passed it on, takes it up again."""
    rows = Invitation.objects.filter(pk=invitation_id)
    _move_all(rows, [*UNREACHED, State.DELIVERED, State.DELEGATED], State.OPENED, Cause.FOLLOWED, now)
    _move_all(rows, [State.DECLINED], State.OPENED, Cause.CHANGED_MIND, now)


@transaction.atomic
def decline(invitation_id: int, *, reason: str, now: datetime | None = None) -> Invitation:
    """The invited person has no view, and says so; reminders to them end. Declining again changes the reason."""
    invitation = locked(invitation_id)
    if invitation.state == State.RESPONDED:
        raise Refused(gettext("An answer to this consultation has reached us already, so there is nothing to decline."))
    refuse_after_close(invitation, now)
    reason = reason.strip()
    if invitation.state != State.DECLINED or invitation.declined_reason != reason:
        invitation.declined_reason = reason
        invitation.save(update_fields=["declined_reason", "updated_at"])
        move(invitation, State.DECLINED, Cause.NO_VIEW, now=now, text=reason)
        trail.record("invitation.declined", subject=invitation, scope=invitation.consultation.reference)
    return invitation


@transaction.atomic
def change_mind(invitation_id: int, *, now: datetime | None = None) -> Invitation:
    """Who had no view wants to answer after all; twice changes nothing."""
    invitation = locked(invitation_id)
    if invitation.state == State.DECLINED:
        refuse_after_close(invitation, now)
        move(invitation, State.OPENED, Cause.CHANGED_MIND, now=now)
        trail.record("invitation.taken_up", subject=invitation, scope=invitation.consultation.reference)
    return invitation


def refuse_after_close(invitation: Invitation, now: datetime | None = None) -> None:
    """Raise Refused when the link of this invitation is over; see `has_ended`."""
    if has_ended(invitation, now):
        raise Refused(
            gettext("This link worked until the consultation closed, so nothing can be changed here any more.")
        )


def has_ended(invitation: Invitation, now: datetime | None = None) -> bool:
    """Whether the time of the invited partner is over: their link then says so and does nothing."""
    return deadlines.is_past_close(
        invitation.consultation,
        organisation=invitation.organisation,
        user=None if invitation.organisation else invitation.contact.user,
        now=now,
    )


# --- staff ----------------------------------------------------------------------------------------------


@transaction.atomic
def cancel(invitation_id: int, *, actor: Any, now: datetime | None = None) -> Invitation:
    """Take an invitation back: nothing more is sent on account of it. What was sent stays sent."""
    invitation = locked(invitation_id)
    if invitation.state == State.CANCELLED:
        return invitation
    move(invitation, State.CANCELLED, Cause.CANCELLED, now=now, actor=actor)
    trail.record("invitation.cancelled", subject=invitation, actor=actor, scope=invitation.consultation.reference)
    return invitation


# --- the clock ------------------------------------------------------------------------------------------


def expire(now: datetime | None = None) -> int:
    """What was not even begun when its time ran out is expired, from the promised moment on; returns how many.

    A draft keeps its state: it can still be sent, late.
    """
    now = now or timezone.now()
    over = deadlines.out_of_time(Invitation.objects.filter(state__in=Invitation.NOT_STARTED), now)
    by_moment: dict[datetime, list[int]] = {}
    by_consultation: dict[Consultation, list[Invitation]] = {}
    for row in over.select_related("consultation").order_by("pk"):
        by_consultation.setdefault(row.consultation, []).append(row)
    for consultation, rows in by_consultation.items():
        own = deadlines.own_times(consultation, rows)
        for row in rows:
            by_moment.setdefault(own.get(row.pk) or consultation.closes_at or now, []).append(row.pk)
    return sum(
        _move_all(
            Invitation.objects.filter(pk__in=some), list(Invitation.NOT_STARTED), State.EXPIRED, Cause.CLOSED, moment
        )
        for moment, keys in by_moment.items()
        for some in _batches(keys)
    )


def revive(consultation: Consultation, now: datetime | None = None) -> int:
    """There is more time, for all or for some: expired invitations stand again as they stood. Returns how many."""
    now = now or timezone.now()
    rows = Invitation.objects.filter(consultation=consultation, state=State.EXPIRED)
    if consultation.closes_at is None or consultation.closes_at <= now:
        rows = deadlines.with_time_left(rows, now)
    stood: dict[State, list[int]] = {}
    for row in rows.order_by("pk"):
        reached = (State.OPENED, row.opened_at), (State.DELIVERED, row.delivered_at), (State.SENT, row.sent_at)
        stood.setdefault(next((state for state, at in reached if at), State.QUEUED), []).append(row.pk)
    return sum(
        _move_all(Invitation.objects.filter(pk__in=some), [State.EXPIRED], state, Cause.EXTENDED, now, is_again=True)
        for state, keys in stood.items()
        for some in _batches(keys)
    )


# --- how a state changes --------------------------------------------------------------------------------


def locked(invitation_id: int) -> Invitation:
    """The invitation under its lock, with all that its rules ask about."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related(
        "consultation", "contact__user", "organisation"
    )
    return rows.get(pk=invitation_id)


def move(
    invitation: Invitation,
    state: str,
    cause: str,
    *,
    now: datetime | None = None,
    actor: Any = None,
    text: str = "",
    passed_to: Contact | None = None,
) -> None:
    """Change the state of one invitation that the caller has locked, with its moment and its cause."""
    now = now or timezone.now()
    if invitation.state != state:
        invitation.move_to(state)
        invitation.since = now
        named = ["state", "since", "updated_at"]
        if state != State.QUEUED:
            setattr(invitation, f"{State(state).value}_at", now)
            named.append(f"{State(state).value}_at")
        invitation.save(update_fields=named)
    InvitationChange.objects.create(
        invitation=invitation, at=now, state=state, cause=cause, actor=actor, text=text, passed_to=passed_to
    )


def _concerned(consultation: Consultation, organisation: Organisation | None, user: Any) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(consultation=consultation)
    if organisation is not None:
        return rows.filter(organisation=organisation)
    if user is None:
        return rows.none()
    return rows.filter(_is_theirs(user), organisation=None)


def _is_theirs(user: Any) -> Q:
    return Q(contact__user=user) | Q(contact__email__iexact=user.email)


@transaction.atomic
def _move_all(
    rows: QuerySet[Invitation],
    before: list[Any],
    after: State,
    cause: str,
    now: datetime | None = None,
    *,
    actor: Any = None,
    text: str = "",
    is_again: bool = False,
) -> int:
    """Move those of `rows` that are in one of the states, under their locks, so that two callers cannot both do it.

    `is_again`: they stand again where they stood, so the moment of that state stays the first one.
    """
    now = now or timezone.now()
    held = list(rows.filter(state__in=before).select_for_update(of=("self",)).order_by("pk").only("pk"))
    if not held:
        return 0
    moment = {} if is_again or after == State.QUEUED else {f"{State(after).value}_at": now}
    keys = [row.pk for row in held]
    Invitation.objects.filter(pk__in=keys).update(
        **{"state": after, "since": now, "updated_at": timezone.now(), **moment}
    )
    InvitationChange.objects.bulk_create(
        [InvitationChange(invitation_id=key, at=now, state=after, cause=cause, actor=actor, text=text) for key in keys],
        batch_size=BATCH,
    )
    return len(keys)


def _states_before(rows: QuerySet[Invitation], state: str) -> dict[int, str]:
    """The state in which each of the invitations stood before the present one, from its history."""
    earlier = InvitationChange.objects.filter(invitation__in=rows).exclude(state=state).exclude(cause=Cause.NOTE)
    return dict(earlier.order_by("at", "pk").values_list("invitation", "state"))


def _batches(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
