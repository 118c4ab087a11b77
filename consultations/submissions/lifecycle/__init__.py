"""Every change of a submission's state: lock the row, move, save, record. Each may be called twice."""

from consultations.submissions.lifecycle.acknowledging import acknowledge, decide_timing
from consultations.submissions.lifecycle.amending import amend, amend_statement
from consultations.submissions.lifecycle.approving import (
    approve,
    ask,
    enter_decision,
    need_approval,
    return_to_writers,
    take_back,
)
from consultations.submissions.lifecycle.intake import accept_typed_in, hand_over, send_back
from consultations.submissions.lifecycle.judging import accept, mark_duplicate, reject, restore
from consultations.submissions.lifecycle.lateness import decide_late, retime
from consultations.submissions.lifecycle.returning import reopen, withdraw
from consultations.submissions.lifecycle.sending import asks_for_files, freeze, lacking, submit

__all__ = [
    "accept",
    "accept_typed_in",
    "acknowledge",
    "amend",
    "amend_statement",
    "approve",
    "ask",
    "asks_for_files",
    "decide_late",
    "decide_timing",
    "enter_decision",
    "freeze",
    "hand_over",
    "lacking",
    "mark_duplicate",
    "need_approval",
    "reject",
    "reopen",
    "restore",
    "retime",
    "return_to_writers",
    "send_back",
    "submit",
    "take_back",
    "withdraw",
]
