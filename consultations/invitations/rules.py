"""Who may do what with invitations; the subject is the Consultation, for the invited person the Invitation."""

from typing import Any

from consultations.invitations.models import Invitation
from consultations.programme.rules import runs, works_on
from engagement.core.access import anyone, rule

__all__ = ["anyone", "can_invite", "can_pass_on", "can_read_ledger"]

can_read_ledger = works_on
can_invite = runs


@rule
def can_pass_on(user: Any, invitation: Invitation) -> bool:
    """The invited person themselves, signed in: whoever passes it on gives a colleague a place in the organisation."""
    if user.pk is None:
        return False
    contact = invitation.contact
    return user.pk == contact.user_id or user.email.lower() == contact.email.lower()
