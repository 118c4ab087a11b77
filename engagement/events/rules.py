"""Who may do what with events. Bookings need no account: a signed link says which one is meant."""

from typing import Any

from engagement.accounts.rules import is_engagement_staff, is_staff_member
from engagement.core.access import rule
from engagement.events.models import Note

can_read = is_staff_member
can_run = is_engagement_staff
# Access and dietary needs are for those who run the event, not for everybody who works here.
sees_needs = is_engagement_staff


@rule
def wrote_it(user: Any, note: Note) -> bool:
    return note.written_by_id is not None and note.written_by_id == user.pk


# Nobody approves their own work.
can_agree = is_engagement_staff & ~wrote_it
