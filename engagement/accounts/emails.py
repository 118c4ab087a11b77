"""Messages about accounts that can wait a moment; codes for signing in are sent by allauth at once."""

from django.conf import settings
from django.urls import reverse

from engagement.accounts.models import User
from engagement.messaging import outbox


def staff_invitation(user: User, *, occurrence: str) -> None:
    """Tell somebody that they are on the staff now and how they sign in. It holds no secret."""
    outbox.queue(
        "accounts/email/staff_invitation",
        to=user.email,
        to_name=user.name,
        rule="accounts.staff_invitation",
        occurrence=occurrence,
        recipient=str(user.pk),
        context={
            "name": user.name,
            "role": user.get_staff_role_display().lower(),
            "sign_in_url": f"{settings.SITE_URL}{reverse('account_login')}",
            "security_url": f"{settings.SITE_URL}{reverse('accounts:profile')}",
        },
        about=user,
    )


def second_step_removed(user: User, *, occurrence: str) -> None:
    """Tell somebody that an administrator removed their second step."""
    outbox.queue(
        "accounts/email/second_step_removed",
        to=user.email,
        to_name=user.name,
        rule="accounts.second_step_removed",
        occurrence=occurrence,
        recipient=str(user.pk),
        language=user.language,
        context={"name": user.name or user.email, "security_url": f"{settings.SITE_URL}{reverse('accounts:profile')}"},
        about=user,
    )
