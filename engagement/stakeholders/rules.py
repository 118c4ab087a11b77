"""Who may do what with the register, and what a person may do for an organisation."""

from typing import Any

from engagement.accounts.rules import is_administrator, is_engagement_staff, is_staff_member
from engagement.core.access import rule
from engagement.stakeholders import queries
from engagement.stakeholders.models import Membership

__all__ = ["acts_for", "can_change_register", "can_import", "can_read_register", "is_administrator", "leads"]

# Officers read the register; engagement staff (and administrators) keep it.
can_read_register = is_staff_member
can_change_register = is_engagement_staff
can_import = is_engagement_staff


@rule
def acts_for(user: Any, organisation: Any) -> bool:
    """True for somebody who is something for this organisation today."""
    return organisation is not None and queries.organisations_of(user).filter(pk=organisation.pk).exists()


@rule
def leads(user: Any, organisation: Any) -> bool:
    """True for the organisation's lead of today."""
    if organisation is None:
        return False
    held = queries.memberships_of(user).filter(organisation=organisation, role=Membership.Role.LEAD)
    return held.exists()
