"""Whose a message is: every move is an UPDATE that names the state and the owner it expects.

When it changes no row, somebody else has the message and this process lets go. The two statements of every message
that is sent, its attempt mark and its result, are written out below: each is one round trip, certain when it returns.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from engagement.messaging import faults, hours
from engagement.messaging.models import OutgoingMessage, Step
from engagement.messaging.transports import ANSWER_SECONDS

State = OutgoingMessage.State
AT_ONCE = 20
# How long a claimed row stays with a process that shows no sign of life; nothing was handed over yet.
CLAIM_LEASE = timedelta(seconds=30)
# Longer than the server may take to answer, with room for a slow machine.
SENDING_LEASE = timedelta(seconds=3 * ANSWER_SECONDS)
LOST = "The process that was sending it ended before the mail server’s answer was written down."
ONCE_MORE = (
    "It may or may not have arrived, and it matters more that it does: it is sent once more, as the same message."
)
ONCE_MORE_AFTER = timedelta(minutes=1)

_TABLE = OutgoingMessage._meta.db_table
_MARK = f"""UPDATE {_TABLE} SET state = 'sending', attempts = attempts + 1, lease_until = %s, updated_at = %s
    WHERE id = %s AND state = 'claimed' AND owner = %s"""  # noqa: S608 - the name of our own table
# A late answer of the same owner also settles what was taken for uncertain meanwhile.
_SENT = f"""UPDATE {_TABLE} SET state = 'sent', sent_at = %s, updated_at = %s, lease_until = NULL, reason = ''
    WHERE id = %s AND state IN ('sending', 'uncertain') AND owner = %s"""  # noqa: S608 - the name of our own table


@transaction.atomic
def claim(owner: str) -> list[OutgoingMessage]:
    """Up to 20 due rows, the most urgent first, which nobody else gets until the lease is over."""
    now = timezone.now()
    due = (
        OutgoingMessage.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), state=State.PLANNED, due_at__lte=now)
        .filter(hours.may_leave(now))
        .select_for_update(skip_locked=True)
        .order_by("priority", "due_at", "pk")[:AT_ONCE]
    )
    batch = list(due)
    if not batch:
        return []
    keys = [message.pk for message in batch]
    lease = now + CLAIM_LEASE
    taken = OutgoingMessage.objects.filter(pk__in=keys, state=State.PLANNED).update(
        state=State.CLAIMED, owner=owner, lease_until=lease, updated_at=now
    )
    faults.fault("in claim")
    if taken != len(batch):
        # Only where the database has no row locks and was changed from outside; what is ours says the owner.
        ours = OutgoingMessage.objects.filter(pk__in=keys, state=State.CLAIMED, owner=owner)
        return list(ours.order_by("priority", "due_at", "pk"))
    for message in batch:
        message.state, message.owner, message.lease_until = State.CLAIMED, owner, lease
    return batch


def let_go(owner: str) -> None:
    """Give back what was claimed and not tried."""
    OutgoingMessage.objects.filter(state=State.CLAIMED, owner=owner).update(
        state=State.PLANNED, owner="", lease_until=None, updated_at=timezone.now()
    )


def mark(key: int, owner: str) -> bool:
    """Write down that the message is about to leave; only when True is returned may it."""
    now = timezone.now()
    return _execute(_MARK, [now + SENDING_LEASE, now], key, owner)


def sent(key: int, owner: str, now: datetime) -> bool:
    """Write down that the mail server took the message."""
    return _execute(_SENT, [now, now], key, owner)


def _execute(sql: str, moments: list[datetime], key: int, owner: str) -> bool:
    values = [connection.ops.adapt_datetimefield_value(moment) for moment in moments]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, key, owner])
        return bool(cursor.rowcount)


def move(
    key: int,
    states: set[State],
    holder: str | None,
    *,
    step: str = "",
    lease_is_over_at: datetime | None = None,
    **fields: object,
) -> bool:
    """Change one row if it still is in one of `states`, belongs to `holder` (or to anybody, for None), and, where
    asked, has outlived its lease. False means that somebody else has it by now."""
    rows = OutgoingMessage.objects.filter(pk=key, state__in=states)
    if holder is not None:
        rows = rows.filter(owner=holder)
    if lease_is_over_at is not None:
        rows = rows.filter(lease_until__lt=lease_is_over_at)
    with transaction.atomic():
        moved = rows.update(**{"lease_until": None, "updated_at": timezone.now(), **fields})
        if moved and step:
            Step.objects.create(message_id=key, text=step[:300])
    return bool(moved)


def reap(now: datetime) -> int:
    """Rows whose process is gone: those not tried become due again, those on their way become uncertain. Returns how
    many did."""
    left = OutgoingMessage.objects.filter(state__in=[State.CLAIMED, State.SENDING], lease_until__lt=now)
    lost = 0
    for message in left.only("pk", "state", "on_uncertain", "resent_at"):
        if message.state == State.CLAIMED:
            move(message.pk, {State.CLAIMED}, None, lease_is_over_at=now, state=State.PLANNED, owner="")
        else:
            lost += leave_uncertain(message, None, LOST, lease_is_over_at=now)
    return lost


def leave_uncertain(
    message: OutgoingMessage, holder: str | None, reason: str, *, lease_is_over_at: datetime | None = None
) -> bool:
    """Nobody knows whether it arrived: it waits for staff, or, where that was chosen for it, is sent once more."""
    now = timezone.now()
    fields: dict[str, object] = {"state": State.UNCERTAIN, "reason": reason[:300]}
    step = reason
    if message.on_uncertain == OutgoingMessage.Policy.RESEND_ONCE and message.resent_at is None:
        fields = {"state": State.PLANNED, "owner": "", "resent_at": now, "retry_at": now + ONCE_MORE_AFTER}
        step = f"{reason[:150]} {ONCE_MORE}"
        fields["reason"] = step[:300]
    return move(message.pk, {State.SENDING}, holder, lease_is_over_at=lease_is_over_at, step=step, **fields)
