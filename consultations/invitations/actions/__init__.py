"""Everything that changes invitations and reminders besides a state; states are in `lifecycle`."""

from consultations.invitations.actions.again import (
    cancel_many,
    cancellable,
    mark_of,
    note,
    send_again,
    send_many_again,
    sendable,
)
from consultations.invitations.actions.inviting import Changed, Invited, invite, invite_shown, why_not_invite
from consultations.invitations.actions.passing import pass_on, take_back

__all__ = [
    "Changed",
    "Invited",
    "cancel_many",
    "cancellable",
    "invite",
    "invite_shown",
    "mark_of",
    "note",
    "pass_on",
    "send_again",
    "send_many_again",
    "sendable",
    "take_back",
    "why_not_invite",
]
