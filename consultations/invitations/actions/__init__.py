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
from consultations.invitations.actions.moretime import end_more_time, give_more_time, why_no_more_time
from consultations.invitations.actions.passing import pass_on, take_back

__all__ = [
    "Changed",
    "Invited",
    "cancel_many",
    "cancellable",
    "end_more_time",
    "give_more_time",
    "invite",
    "invite_shown",
    "mark_of",
    "note",
    "pass_on",
    "send_again",
    "send_many_again",
    "sendable",
    "take_back",
    "why_no_more_time",
    "why_not_invite",
]
