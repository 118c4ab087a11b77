"""The people who work for the partnership of the demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from engagement.accounts import actions
from engagement.accounts.models import User

PASSWORD = "every-voice-2019"  # noqa: S105 - printed for whoever tries the demonstration
ADMINISTRATOR, SECOND_ADMINISTRATOR = "ruth.abbotson@soundings.example", "neil.corvane@soundings.example"
ENGAGEMENT, SECOND_ENGAGEMENT = "priya.alderwick@soundings.example", "owen.haltwick@soundings.example"
OFFICER, SECOND_OFFICER = "margaret.denwick@soundings.example", "samir.elswicker@soundings.example"
# Address, name, role.
STAFF = [
    (ADMINISTRATOR, "Ruth Abbotson", "administrator"),
    (SECOND_ADMINISTRATOR, "Neil Corvane", "administrator"),
    (ENGAGEMENT, "Priya Alderwick", "engagement"),
    (SECOND_ENGAGEMENT, "Owen Haltwick", "engagement"),
    (OFFICER, "Margaret Denwick", "officer"),
    (SECOND_OFFICER, "Samir Elswicker", "officer"),
]


@dataclass(frozen=True)
class Staff:
    """Two of each, so that nobody has to approve their own work."""

    administrator: User
    second_administrator: User
    engagement: User
    second_engagement: User
    officer: User
    second_officer: User


def make_staff() -> Staff:
    """The six accounts. They have the printed password only where the demonstration runs, never on a real site."""
    password = make_password(PASSWORD) if has_password() else make_password(None)
    people = []
    for email, name, role in STAFF:
        user = actions.ensure_user(email, name)
        user.password = password
        user.save(update_fields=["password"])
        EmailAddress.objects.filter(user=user).update(verified=True)
        people.append(actions.set_staff_role(user.pk, role, actor=None))
    return Staff(*people)


def has_password() -> bool:
    """A password that is printed in a file opens nothing where real people's answers may lie."""
    return bool(settings.MAIL_CATCHER or settings.DEBUG)
