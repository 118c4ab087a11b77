"""What must be true of the settings before the site starts; `check` names each fault in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

LOCAL = {"127.0.0.1", "localhost", "::1"}


@register(Tags.security, deploy=True)
def real_site_is_safe(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """An installation that others reach uses HTTPS, hides error details and sends mail."""
    if urlsplit(settings.SITE_URL).hostname in LOCAL:
        return []
    found: list[CheckMessage] = []
    if not settings.SECURE:
        found.append(Error("SITE_URL begins with http:, so passwords would travel in the open.", id="soundings.E001"))
    if settings.DEBUG:
        found.append(Error("DEBUG is on, so everybody would see the details of errors.", id="soundings.E002"))
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        found.append(Error("EMAIL_URL is empty, so invitations and codes would reach nobody.", id="soundings.E003"))
    if settings.MAIL_CATCHER:
        found.append(Error("MAIL_CATCHER is on, so everybody could read the messages.", id="soundings.E005"))
    if not settings.REDIS_URL:
        found.append(
            checks.Warning(
                "REDIS_URL is empty, so no worker of another process hears of new work.", id="soundings.W001"
            )
        )
    return found


@register(Tags.compatibility)
def named_functions_exist(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Functions that the settings name as text can be imported."""
    found: list[CheckMessage] = []
    named = [(f"MESSAGE_CHECKS[{name!r}]", path) for name, path in settings.MESSAGE_CHECKS.items()]
    named += [("MERGE_CHECKS", path) for path in settings.MERGE_CHECKS]
    for name, path in named:
        try:
            import_string(path)
        except ImportError as error:
            found.append(Error(f"{name} names “{path}”: {error}.", id="soundings.E004"))
    return found
