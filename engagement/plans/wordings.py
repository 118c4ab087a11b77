"""Which words a message has: those of its consultation, else those of the site, else the usual ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from engagement.core import languages
from engagement.messaging.rendering import render_usual
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


def usual(editable: Editable, language: str) -> tuple[str, str]:
    """The usual subject and text of a kind of message in a language, with names where its values stand."""
    context = editable.stand_in()
    with translation.override(language):
        rendered = render_usual(editable.template, context)
        values = {name: value for name, value in editable.values(context).items() if value.strip()}
    subject, text = rendered.subject, rendered.text.rpartition("\n--\n")[0]
    for name, value in sorted(values.items(), key=lambda item: -len(item[1])):
        subject, text = subject.replace(value, f"{{{{{name}}}}}"), text.replace(value, f"{{{{{name}}}}}")
    return subject, text.strip()


def latest(scope: str = "") -> dict[tuple[str, str], Wording]:
    """The version that holds for this consultation or for the site alone, by template and language; one query."""
    rows = Wording.objects.filter(scope=scope, is_current=True).select_related("author")
    return {(wording.template, wording.language): wording for wording in rows}


def current(template: str, scope: str, language: str) -> Wording | None:
    """The own words that hold for this consultation (empty scope: the site), or None where the usual ones do."""
    rows = Wording.objects.filter(template=template, scope__in={"", scope}, language=language, is_current=True).exclude(
        body=""
    )
    return max(rows, key=lambda wording: bool(wording.scope), default=None)
