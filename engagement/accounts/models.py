"""Who can sign in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from engagement.core.models import Addressable


class UserManager(BaseUserManager["User"]):
    """Accounts are found by e-mail address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password it signs in by a code sent to its address."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(Addressable, AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. What they may do in a consultation or an organisation is said there."""

    class StaffRole(models.TextChoices):
        NONE = "", "Partner"
        ENGAGEMENT = "engagement", "Engagement staff"
        OFFICER = "officer", "Officer"
        ADMINISTRATOR = "administrator", "Administrator"

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField("name", max_length=150, blank=True)
    staff_role = models.CharField("role", max_length=20, choices=StaffRole.choices, blank=True, default=StaffRole.NONE)
    # The language that this person chose for pages and messages, a code of settings.LANGUAGES; empty for no choice.
    language = models.CharField(max_length=10, blank=True, default="")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    # Raised by one to end every session of this account at once; part of what a session is checked against.
    session_round = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_address"),
            models.CheckConstraint(
                condition=models.Q(staff_role__in=["", "engagement", "officer", "administrator"]),
                name="staff_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff_member(self) -> bool:
        """Whether this person works for the partnership rather than for a partner."""
        return bool(self.staff_role)

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be this account's: changes with the password and with `session_round`."""
        return self._in_this_round(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the secrets that are being replaced."""
        for fallback in super().get_session_auth_fallback_hash():
            yield self._in_this_round(fallback)

    def _in_this_round(self, session_hash: str) -> str:
        return hashlib.sha256(f"{session_hash}:{self.session_round}".encode()).hexdigest()
