"""The languages that people read the site in: which there are, and which one a person has chosen.

Pages for partners and the public come in every language of settings.LANGUAGES; what staff work with is in English.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

# The language that every sentence is written in.
SOURCE: str = settings.LANGUAGE_CODE


def offered() -> dict[str, str]:
    """Code to name, each name in its own language, the source first."""
    return dict(settings.LANGUAGES)


def known(code: str) -> str:
    """The code as settings spell it (“en” is “en-gb”); empty for a language that this site does not offer."""
    if code in offered():
        return code
    return next((one for one in offered() if one.partition("-")[0] == code), "")


def short(code: str) -> str:
    """The language without its country, as it stands in addresses and beside answers: “en”, “cy”."""
    return code.partition("-")[0]


def chosen_in(request: HttpRequest) -> str:
    """What was chosen in this browser; empty for no choice."""
    return known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def of_request(request: HttpRequest) -> str:
    """The language for the answer to this request: by the browser's choice, the account, what the browser asks for."""
    if len(offered()) < 2:
        return SOURCE
    return chosen_in(request) or of_person(request.user) or translation.get_language_from_request(request)


def of_person(person: object) -> str:
    """The language that an account has chosen; empty for none, and for nobody."""
    return known(getattr(person, "language", "") or "")


def for_messages(code: str) -> str:
    """The language to write to somebody in who has chosen `code`: that one where the site offers it, else the source.

    Never that of whoever caused the message.
    """
    return known(code) or SOURCE
