"""Which words a message has: those of its consultation, else those of the site, else the usual ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from engagement.core import languages
from engagement.plans.models import Wording
from engagement.plans.placeholders import Editable, as_html, editables, filled

OWN = "plans/email/own"


def own_words(template: str, context: Mapping[str, Any], scope: str) -> tuple[str, dict[str, Any]] | None:
    """The template and context that say it in staff's own words, in the language that is active; None for the usual.

    Asked by `messaging.rendering` for every message; a kind that nobody may reword costs no query.
    """
    editable = editables().get(template)
    if editable is None:
        return None
    wording = current(template, scope, languages.for_messages(translation.get_language() or ""))
    return said(editable, wording.subject, wording.body, context) if wording is not None else None


def said(editable: Editable, subject: str, body: str, context: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The template and context that say a subject and a text with the values of this context."""
    values = editable.values(context)
    return OWN, {
        "unsubscribe_url": context.get("unsubscribe_url", ""),
        "own_subject": filled(subject, values),
        "own_text": filled(body, values),
        "own_html": as_html(body, editable, values),
    }


def current(template: str, scope: str, language: str) -> Wording | None:
    """The own words that hold for this consultation (empty scope: the site), or None where the usual ones do."""
    rows = Wording.objects.filter(template=template, scope__in={"", scope}, language=language, is_current=True).exclude(
        body=""
    )
    return max(rows, key=lambda wording: bool(wording.scope), default=None)
