"""Everything that changes invitations and reminders besides a state; states are in `lifecycle`."""

from consultations.invitations.actions.inviting import (
    Changed,
    Invited,
    invite,
    invite_shown,
    send_again,
    why_not_invite,
)
from consultations.invitations.actions.plan import make_plan, restart_step, save_step, stop_step

__all__ = [
    "Changed",
    "Invited",
    "invite",
    "invite_shown",
    "make_plan",
    "restart_step",
    "save_step",
    "send_again",
    "stop_step",
    "why_not_invite",
]
