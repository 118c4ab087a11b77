"""The sign on every page of staff that nothing is sent at the moment."""

from __future__ import annotations

from django import template
from django.core.cache import cache

from engagement.messaging.line import SIGN

register = template.Library()


@register.simple_tag
def why_stopped() -> str:
    """Why sending is stopped; empty while it is on. Asks the cache, which every look for due messages refreshes."""
    return str(cache.get(SIGN) or "")
