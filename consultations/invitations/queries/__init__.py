"""Whom we asked and what became of it; whom we could ask."""

from consultations.invitations.queries.ledger import (
    GROUPS,
    by_public_id,
    group_counts,
    last_messages,
    ledger,
    visible_to,
)
from consultations.invitations.queries.whom import (
    Candidate,
    LeftOut,
    Pair,
    Seen,
    Selection,
    answered_organisations,
    read_marks,
    selection,
    stopped_contacts,
)

__all__ = [
    "GROUPS",
    "Candidate",
    "LeftOut",
    "Pair",
    "Seen",
    "Selection",
    "answered_organisations",
    "by_public_id",
    "group_counts",
    "last_messages",
    "ledger",
    "read_marks",
    "selection",
    "stopped_contacts",
    "visible_to",
]
