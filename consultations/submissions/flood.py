"""Protection of pages that are open to everybody, without asking anybody else: limits for each network address and
each consultation, a field that only programs fill in, and a least time between opening a form and sending it.

No network address is kept; see `engagement.core.limits`.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop

from consultations.programme.models import Consultation
from engagement.core import limits, tokens
from engagement.core.errors import Refused
from engagement.core.limits import Limit

STAMP = "submissions.start"
# Nobody reads the page and fills it in within two seconds; a form that lay open for a day is asked for again.
LEAST_SECONDS, MOST_SECONDS = 2, 24 * 3600
# What only programs fill in.
TRAP = "website"


# A room full of people at an event shares one network.
STARTS = Limit(
    "start",
    most=150,
    seconds=3600,
    refusal=gettext_noop(
        "Many responses were started from your network within the hour. Wait an hour, or sign in to respond."
    ),
)
WRONG_LINKS = Limit(
    "wrong-link",
    most=20,
    seconds=600,
    refusal=gettext_noop(
        "Too many links that do not work were tried from your network. Wait ten minutes, then try again."
    ),
)
MAILS = Limit(
    "mail",
    most=50,
    seconds=3600,
    refusal=gettext_noop(
        "Many messages were asked for from your network within the hour. Copy the link instead, or wait an hour."
    ),
)


def refuse_beyond(limit: Limit, request: HttpRequest) -> None:
    """Raises Refused when this network address has used the limit up."""
    limits.refuse_beyond(limit, limits.network_of(request))


def count(limit: Limit, request: HttpRequest) -> None:
    """One more from this network address."""
    limits.count(limit, limits.network_of(request))


def refuse_full(consultation: Consultation) -> None:
    """Raises Refused when more responses without an account were started today than an honest day brings."""
    if cache.get(_day(consultation), 0) >= settings.OPEN_STARTS_A_DAY:
        raise Refused(
            gettext(
                "More responses than usual were started today, so we take no more without an account until tomorrow. "
                "Sign in to respond, or come back tomorrow."
            )
        )


def count_start(consultation: Consultation) -> None:
    """One more response without an account was started today."""
    cache.set(_day(consultation), cache.get(_day(consultation), 0) + 1, timeout=2 * 24 * 3600)


def _day(consultation: Consultation) -> str:
    return f"flood:day:{consultation.pk}:{int(time.time()) // (24 * 3600)}"


# --- the form -------------------------------------------------------------------------------------------


def stamp(consultation: Consultation, *, at: float | None = None) -> str:
    """What a form carries to say when it was opened."""
    return tokens.sign(STAMP, f"{consultation.pk}:{int(time.time() if at is None else at)}")


def kept_stamp(consultation: Consultation, stamped: str) -> str:
    """What a form that comes back carries: when it was first opened, or a new stamp where that one is worth nothing."""
    return stamp(consultation) if _age(consultation, stamped) is None else stamped


def _age(consultation: Consultation, stamped: str) -> float | None:
    """Seconds since the form was opened; None for a stamp that is false, too old or of another consultation."""
    of, _, at = (tokens.read(STAMP, stamped) or "").partition(":")
    if of != str(consultation.pk) or not at.isdecimal():
        return None
    age = time.time() - int(at)
    return age if age <= MOST_SECONDS else None


def refuse_program(consultation: Consultation, *, stamped: str, trapped: str) -> None:
    """Raises Refused for a form that was sent faster than people read, or with the hidden field filled in."""
    if trapped.strip():
        raise Refused(
            gettext("A field that is to stay empty was filled in, perhaps by your browser. Send the form again.")
        )
    age = _age(consultation, stamped)
    if age is None:
        raise Refused(gettext("This page was open for a long time. Send the form again."))
    if age < LEAST_SECONDS:
        raise Refused(gettext("That was quicker than people read. Look at the page again, then send the form."))
