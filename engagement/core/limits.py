"""How often something may be asked for within a while, for pages that are open to everybody.

Whoever asks is known by a text, such as a network address or a mailbox. It is never kept: it is counted under a keyed
hash whose key is made by chance, lives for one period and is then thrown away, so that an old count leads to nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext

from engagement.core.errors import Refused


@dataclass(frozen=True)
class Limit:
    """So many within one period of so many seconds, for each that is counted; `refusal` is the sentence beyond it."""

    name: str
    most: int
    seconds: int
    refusal: str


def network_of(request: HttpRequest) -> str:
    """The network address that a request came from, as the proxy in front says it."""
    return str(get_adapter().get_client_ip(request))


def refuse_beyond(limit: Limit, who: str) -> None:
    """Raises Refused when `who` has used the limit up."""
    if cache.get(_place(limit, who), 0) >= limit.most:
        raise Refused(gettext(limit.refusal))


def count(limit: Limit, who: str) -> None:
    """One more for `who`."""
    place = _place(limit, who)
    if not cache.add(place, 1, timeout=2 * limit.seconds):
        try:
            cache.incr(place)
        except ValueError:  # it went between the two
            cache.set(place, 1, timeout=2 * limit.seconds)


def _place(limit: Limit, who: str) -> str:
    period = int(time.time()) // limit.seconds
    key = hmac.new(_salt(limit, period), who.encode(), hashlib.sha256).hexdigest()
    return f"flood:{limit.name}:{key[:32]}"


def _salt(limit: Limit, period: int) -> bytes:
    """The key of this period; that of the one before is overwritten by it."""
    name = f"flood:{limit.name}:salt"
    kept = cache.get(name)
    if kept is None or kept[0] != period:
        cache.set(name, (period, secrets.token_hex(16)), timeout=2 * limit.seconds)
        kept = cache.get(name)
    return str(kept[1]).encode()
