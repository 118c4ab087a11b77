"""Accounts, for pages and tasks."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from engagement.accounts.models import User


def visible_to(user: Any) -> QuerySet[User]:
    """The accounts that exist for this person: all for administrators, their own for others."""
    if not user.is_authenticated or not user.is_active:
        return User.objects.none()
    return User.objects.all() if user.staff_role == User.StaffRole.ADMINISTRATOR else User.objects.filter(pk=user.pk)


def people(*, text: str = "", who: str = "") -> QuerySet[User]:
    """Accounts with whether a second step is set up: staff, one role, partners, or those that are closed."""
    rows = User.objects.filter(is_active=who != "closed")
    if who == "partners":
        rows = rows.filter(staff_role="")
    elif who in User.StaffRole.values and who:
        rows = rows.filter(staff_role=who)
    elif who != "closed":
        rows = rows.exclude(staff_role="")
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return with_second_step(rows).order_by("name", "email", "pk")


def with_second_step(rows: QuerySet[User]) -> QuerySet[User]:
    """The same accounts, each with `has_second_step`."""
    return rows.annotate(has_second_step=Exists(_apps().filter(user=OuterRef("pk"))))


def lacks_second_step(user: Any) -> bool:
    """Whether this is a member of staff who signs in without a second step; their pages offer it."""
    return user.is_authenticated and user.is_staff_member and not _apps().filter(user=user).exists()


def has_second_step(user: User) -> bool:
    """Whether the account asks for a code from an app at sign-in."""
    return _apps().filter(user=user).exists()


def _apps() -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(type=Authenticator.Type.TOTP)
