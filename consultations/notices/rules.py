"""Who may do what with the plan of a consultation; the subject is the Consultation."""

from consultations.programme.rules import runs, works_on
from engagement.accounts.rules import is_staff_member
from engagement.core.access import anyone

__all__ = ["anyone", "can_plan", "can_read_plan", "is_staff_member"]

can_read_plan = works_on
can_plan = runs
