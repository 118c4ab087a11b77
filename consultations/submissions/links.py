"""Private return links: how somebody without an account comes back to what they wrote.

The link carries a token of 28 letters (126 bits); the table holds its fingerprint only. Opening the link puts the
token into a cookie of the browser, so that no address after it carries the token. A link opens one submission and
signs nobody in.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from consultations.submissions.models import Submission
from consultations.submissions.references import LETTERS

LENGTH, GROUP = 28, 4


class LinkHolder(AnonymousUser):
    """Whoever came by a return link: nobody with an account, with a part in one submission and in nothing else."""

    def __init__(self, submission: Submission) -> None:
        super().__init__()
        self.submission = submission

    @property
    def link_of(self) -> int:
        """The key of the submission that the link opens; rules ask for it."""
        return self.submission.pk


def new() -> str:
    """A token as people copy it: seven groups of four, with no letter that is taken for another."""
    return grouped("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))


def grouped(text: str) -> str:
    """The token in what somebody typed, written as `new` writes it."""
    letters = typed(text)
    return "-".join(letters[place : place + GROUP] for place in range(0, len(letters), GROUP))


def typed(text: str) -> str:
    """The token in what somebody typed or pasted: the code with or without hyphens, or the whole link."""
    last = text.strip().rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"[^A-Z0-9]", "", last.upper())[: LENGTH * 2]


def key_of(token: str) -> str:
    """The fingerprint under which the table knows a token."""
    return hashlib.sha256(typed(token).encode()).hexdigest()


def url_of(token: str) -> str:
    """Where the link leads; built from the configured address, never from a request."""
    return settings.SITE_URL + reverse("submissions:return_link", args=[token])


def find(token: str) -> Submission | None:
    """The submission that the token opens, with its consultation; None for a wrong or worn-out one."""
    if len(typed(token)) != LENGTH:
        return None
    rows = Submission.objects.select_related("consultation", "organisation", "kind__sector")
    return rows.filter(link_key=key_of(token)).first()


# --- the browser ----------------------------------------------------------------------------------------


def cookie_name() -> str:
    return "__Host-return" if settings.SECURE else "return"


def token_in(request: HttpRequest) -> str:
    """The token that this browser was given by a link; empty without one."""
    return request.COOKIES.get(cookie_name(), "")


def opened(request: HttpRequest, public_id: Any) -> Submission | None:
    """This submission, when the browser's token opens it."""
    token = token_in(request)
    found = find(token) if token else None
    return found if found is not None and str(found.public_id) == str(public_id) else None


def remember(response: HttpResponseBase, token: str) -> None:
    """Let this browser open the submission until it is closed."""
    response.set_cookie(cookie_name(), token, secure=settings.SECURE, httponly=True, samesite="Lax")


def forget(response: HttpResponseBase) -> None:
    """Let this browser open nothing any more; the link itself goes on working."""
    # `delete_cookie` sets Secure by the prefix of the name, without which browsers keep a __Host- cookie.
    response.delete_cookie(cookie_name(), samesite="Lax")
