"""Signed tokens for links in messages: one purpose each, tied to one value, with an age limit where given."""

from __future__ import annotations

from django.core import signing


def sign(purpose: str, value: str) -> str:
    """A URL-safe token that carries `value` and is worth nothing for any other purpose."""
    return signing.dumps(value, salt=f"soundings.{purpose}")


def read(purpose: str, token: str, *, max_age_seconds: int | None = None) -> str | None:
    """The value inside a token made for this purpose, or None when it is false, foreign or too old."""
    try:
        return signing.loads(token, salt=f"soundings.{purpose}", max_age=max_age_seconds)
    except signing.BadSignature:
        return None
