"""Who may do what with a piece of evidence. Whether it exists for somebody is decided by `queries.visible_to`."""

from typing import Any

from consultations.evidence import queries
from consultations.evidence.models import EvidenceItem
from consultations.programme.models import Assignment
from engagement.accounts.models import User
from engagement.accounts.rules import is_administrator, is_staff_member
from engagement.core.access import rule

__all__ = ["can_catalogue", "can_fetch", "can_list", "can_read"]

can_list = is_staff_member
# The scope has been asked.
can_read = is_staff_member


@rule
def came_to_them(user: Any, item: EvidenceItem) -> bool:
    """An officer of a consultation that it came to."""
    if user.staff_role != User.StaffRole.OFFICER:
        return False
    made = Assignment.objects.filter(user=user, role=Assignment.Role.OFFICER)
    return queries.sources_of(item).filter(document__submission__consultation__in=made.values("consultation")).exists()


can_catalogue = is_administrator | (is_staff_member & came_to_them)
can_fetch = is_staff_member
