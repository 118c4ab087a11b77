"""What every page and message knows about the site itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site_facts() -> dict[str, str]:
    """Name, address and keeper of this installation, for templates rendered with or without a request."""
    return {
        "name": settings.SITE_NAME,
        "organisation": settings.ORGANISATION_NAME,
        "contact_email": settings.CONTACT_EMAIL,
        "url": settings.SITE_URL,
    }


def site(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Context processor: `site.name`, `site.organisation`, `site.contact_email`, `site.url`."""
    return {"site": site_facts()}
