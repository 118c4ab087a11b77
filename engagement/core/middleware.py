"""What every answer of the site has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from engagement.core import languages
from engagement.core.access import anyone


class LanguageMiddleware:
    """Each page in the language of who reads it; pages on which staff work are in English.

    What somebody chose in this browser goes before what their account says, and that before what the browser asks
    for. Staff read in their language what everybody may read, and everything else in English: it is written in one
    language, and a page half in another helps nobody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # What was spoken before comes back afterwards: a thread serves other people too.
        with translation.override(translation.get_language()):
            _speak(request, languages.of_request(request))
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if len(languages.offered()) < 2 or translation.get_language() == languages.SOURCE:
            return
        is_public = getattr(getattr(view, "view_class", None), "access", None) is anyone
        if not is_public and getattr(request.user, "is_staff_member", False):
            _speak(request, languages.SOURCE)


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language


class PrivatePagesMiddleware:
    """Pages made for a signed-in person are kept by nobody on the way, nor shown by "back" after signing out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response


class WholeAddressesMiddleware:
    """An address with a NUL in it is refused here, once for every page: PostgreSQL takes no such text.

    Forms refuse the character in what is sent, field by field; filters and parts of the path are read without one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL.")
        return self.get_response(request)
