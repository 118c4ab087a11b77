"""Who may do what with invitations; the subject is the Consultation."""

from consultations.programme.rules import runs, works_on
from engagement.core.access import anyone

__all__ = ["anyone", "can_invite", "can_read_ledger"]

can_read_ledger = works_on
can_invite = runs
