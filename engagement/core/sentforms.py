"""The same form sent twice creates once: a double click, a reload, a network that answers late.

A page that creates something carries a value made by chance. Whoever sends it first writes a row under it in the
transaction of the act itself; whoever sends the same again waits for that transaction at the row's key and is led to
what was created. Should the act fail, the row is gone with it, and the form can be sent again. What counts as the same
is the value *and* what was filled in: somebody who goes back, changes the title and sends again wants another one.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from engagement.core.models import SentForm

FIELD = "form_key"
# Nobody sends a form again after so long; then the rows go.
KEPT = timedelta(days=1)


def new_key() -> str:
    """The value of a form that is shown."""
    return secrets.token_urlsafe(16)


def mark_of(request: HttpRequest) -> str:
    """What makes this sending the same as another: who, where, the form's value and all that was filled in.

    Empty for a form without the value, such as one that a program sends.
    """
    if not request.POST.get(FIELD):
        return ""
    user: Any = request.user
    who = f"user {user.pk}" if user.is_authenticated else f"session {request.session.session_key}"
    filled = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    files = sorted((name, [(one.name, one.size) for one in found]) for name, found in request.FILES.lists())
    return hashlib.sha256(repr((who, request.path, filled, files)).encode()).hexdigest()


def landing(mark: str) -> str:
    """Where this form led when it was sent before; empty when it was not, or its act has not ended yet."""
    row = SentForm.objects.filter(mark=mark).first() if mark else None
    return row.landing if row else ""


def claim(mark: str) -> bool:
    """Be the one who acts on this form; False when another was, whose transaction has ended by now.

    Call it in a transaction, act in it, and end with `landed`.
    """
    try:
        with transaction.atomic():
            SentForm.objects.create(mark=mark)
    except IntegrityError:
        return False
    return True


def landed(mark: str, address: str) -> None:
    """Remember where the form led."""
    SentForm.objects.filter(mark=mark).update(landing=address[:500])


def forget() -> int:
    """Delete what is older than a day; returns how many."""
    return SentForm.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
