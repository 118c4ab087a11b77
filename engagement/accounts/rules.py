"""Who somebody is, as far as the whole site is concerned. Administrators pass every staff rule."""

from typing import Any

from engagement.accounts.models import User
from engagement.core.access import rule, signed_in

__all__ = ["is_administrator", "is_engagement_staff", "is_officer", "is_staff_member", "signed_in"]


def _role(user: Any) -> str:
    return user.staff_role if user.is_authenticated and user.is_active else ""


@rule
def is_administrator(user: Any, subject: Any) -> bool:
    return _role(user) == User.StaffRole.ADMINISTRATOR


@rule
def is_engagement_staff(user: Any, subject: Any) -> bool:
    return _role(user) in {User.StaffRole.ENGAGEMENT, User.StaffRole.ADMINISTRATOR}


@rule
def is_officer(user: Any, subject: Any) -> bool:
    return _role(user) in {User.StaffRole.OFFICER, User.StaffRole.ADMINISTRATOR}


@rule
def is_staff_member(user: Any, subject: Any) -> bool:
    return bool(_role(user))
