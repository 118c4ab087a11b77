"""How allauth meets our house: our words, and a plain answer when the mail server is down."""

from __future__ import annotations

import base64
import hashlib
import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as request_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from engagement.accounts import actions
from engagement.accounts.models import User
from engagement.core import languages

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's defaults, in our words.

    Codes and links for signing in go straight to the mail server instead of through the outbox: somebody is waiting
    for them, and an hour later they are worth nothing.
    """

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account is closed."),
        "cannot_remove_primary_email": gettext_lazy(
            "This is the address that we write to. Choose another one for that first."
        ),
        "duplicate_email": gettext_lazy("This address is yours already."),
        "email_password_mismatch": gettext_lazy("That address and that password do not belong together."),
        "email_taken": gettext_lazy("This address cannot be used. Choose another one."),
        "enter_current_password": gettext_lazy("That is not your present password."),
        "incorrect_code": gettext_lazy("That is not the code that we sent. Look at the last message that we sent."),
        "incorrect_password": gettext_lazy("That is not your password."),
        "invalid_or_expired_key": gettext_lazy("This link no longer works. Ask for a new one."),
        "invalid_login": gettext_lazy("Write an e-mail address like name@example.org."),
        "invalid_password_reset": gettext_lazy("This link no longer works. Ask for a new one."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait five minutes, then try again."),
        "unverified_primary_email": gettext_lazy(
            "Prove first that this address is yours, with the code that we sent to it."
        ),
        "rate_limited": gettext_lazy("Too many attempts in a short time. Wait a few minutes, then try again."),
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Somebody signed up: their name comes from the form."""
        user.name = form.cleaned_data.get("name", "")
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, and remember the language that was chosen in this browser before."""
        super().login(request, user)
        if chosen := languages.chosen_in(request):
            actions.choose_language(user, chosen)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send at once. A mail server that does not answer ends the request with a page that says so."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            logger.exception("A message for signing in could not be handed over")
            page = render(request_context.request, "accounts/no_mail.html", status=503)
            raise ImmediateHttpResponse(page) from error


class SecondStepAdapter(DefaultMFAAdapter):
    """allauth's defaults for the second step, in our words, with secrets that a copy of the database does not tell.

    They are encrypted under SECRET_KEY; those written under SECRET_KEY_FALLBACKS can still be read.
    """

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "That is not the present code. Wait for the next one in your app, then enter that."
        ),
        "unverified_email": gettext_lazy("Prove first that your e-mail address is yours."),
    }

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return _lock().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """The secret as the app on the telephone has it."""
        return _lock().decrypt(encrypted_text.encode("ascii")).decode()


def _lock() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_stretched(key)) for key in keys])


def _stretched(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"soundings.second-step:" + key.encode()).digest())
