"""Who may do what with events. Bookings need no account: a signed link says which one is meant."""

from typing import Any

from engagement.accounts.rules import is_engagement_staff, is_staff_member
from engagement.core.access import rule
from engagement.events.models import Event, Note

can_read = is_staff_member
can_run = is_engagement_staff


@rule
def keeps_needs(user: Any, event: Event | None) -> bool:
    """Whether they are one of the few of this event: who made it, and whom its keepers list names."""
    if event is None:
        return False
    return event.created_by_id == user.pk or event.keepers.filter(pk=user.pk).exists()


# Access and dietary needs are for the few who see to them at this event, not for everybody who works here.
sees_needs = is_engagement_staff & keeps_needs


@rule
def wrote_it(user: Any, note: Note) -> bool:
    return note.written_by_id is not None and note.written_by_id == user.pk


# Nobody approves their own work.
can_agree = is_engagement_staff & ~wrote_it
