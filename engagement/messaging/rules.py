"""Who may read messages. This app stands below the accounts, so it reads the role as it is stored."""

from typing import Any

from engagement.core.access import anyone, rule

__all__ = ["anyone", "looks_after_messages"]


@rule
def looks_after_messages(user: Any, subject: Any) -> bool:
    """Engagement staff and administrators."""
    return bool(user.is_authenticated and user.is_active and user.staff_role in {"engagement", "administrator"})
