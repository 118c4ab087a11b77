"""Pages for what went wrong. Each says what happened and what to do; none needs the request's body."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.views.decorators.cache import never_cache

logger = logging.getLogger("soundings.errors")

# Fields whose value is never shown again.
SECRET_WORDS = ("csrf", "password", "passwd", "secret", "token", "code", "otp", "next", "captcha")
MOST_FIELDS = 200
LAST_RESORT = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Something broke</title></head>
<body><main><h1>Something broke on our side</h1>
<p>Nothing of what you did is at fault. Try again in a few minutes. Reference: {reference}</p></main></body></html>
"""


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A page with a reference that stands in the log too; it comes even when the database is away."""
    reference = secrets.token_hex(4)
    logger.error("Reference %s: %s %s failed", reference, request.method, request.path)
    try:
        return render(request, "500.html", {"reference": reference}, status=500)
    except Exception:  # noqa: BLE001 - whatever broke the page may break this one too
        return HttpResponse(LAST_RESORT.format(reference=reference), status=500)


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came too late, or without its cookie: nothing is done, and what was typed is given back."""
    return render(request, "core/form_expired.html", {"typed": typed_texts(request)}, status=403)


def typed_texts(request: HttpRequest) -> list[tuple[str, str]]:
    """(name, value) of the texts in the posted form, without secrets; empty when the form cannot be read."""
    try:
        fields = list(request.POST.lists())[:MOST_FIELDS]
    except (SuspiciousOperation, UnreadablePostError, ValueError):
        return []
    return [
        (name.replace("_", " ").replace("-", " ").capitalize(), value)
        for name, values in fields
        for value in values
        if value.strip() and not any(word in name.lower() for word in SECRET_WORDS)
    ]
