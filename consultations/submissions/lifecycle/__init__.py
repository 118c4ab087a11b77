"""Every change of a submission's state: lock the row, move, save, record. Each may be called twice."""

from consultations.submissions.lifecycle.intake import accept_typed_in, hand_over, send_back
from consultations.submissions.lifecycle.judging import accept, mark_duplicate, reject, restore
from consultations.submissions.lifecycle.returning import reopen, withdraw
from consultations.submissions.lifecycle.sending import asks_for_files, freeze, lacking, submit

__all__ = [
    "accept",
    "accept_typed_in",
    "asks_for_files",
    "freeze",
    "hand_over",
    "lacking",
    "mark_duplicate",
    "reject",
    "reopen",
    "restore",
    "send_back",
    "submit",
    "withdraw",
]
