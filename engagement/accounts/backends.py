"""Who is signed in: allauth decides that, a prepared query finds the account again on each page."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend

from engagement.accounts.models import User
from engagement.core.prepared import Given, Prepared

_USER: Prepared[User] = Prepared(lambda: User.objects.filter(pk=Given("pk")))


class AuthenticationBackend(AllauthBackend):
    """allauth's own, except for how the account of a session is found."""

    def get_user(self, user_id: Any) -> User | None:
        user = _USER.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
