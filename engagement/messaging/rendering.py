"""A message's three templates become its subject, its text and its HTML.

Where staff have put words of their own in place of a template's, those are taken; see settings.OWN_WORDS. A message
to many is rendered once as a `Stencil`, with marks where personal things stand, and filled in for each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import css_inline
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.html import escape
from django.utils.module_loading import import_string

from engagement.core.context import site_facts

LONGEST_SUBJECT = 250
MANY_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
# Nothing is fetched: styles come from the message's own <style> element.
INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
# Around the name of what is filled in later: characters that nobody writes and no template makes.
OPENS, CLOSES = "\ue000", "\ue001"
MARK = re.compile(f"{OPENS}([a-z_]+){CLOSES}")


class Rendered(NamedTuple):
    """A message as it will leave."""

    subject: str
    text: str
    html: str


class Stencil(NamedTuple):
    """A message with marks where personal things stand."""

    subject: str
    text: str
    html: str

    def filled(self, values: Mapping[str, str]) -> Rendered:
        """The message with the values in place of their marks, each exactly once: what a value holds is left as it is.

        Raises KeyError for a mark without a value.
        """
        subject = MARK.sub(lambda found: values[found[1]], self.subject)
        text = MARK.sub(lambda found: values[found[1]], self.text)
        html = MARK.sub(lambda found: escape(values[found[1]]), self.html)
        return _finished(subject, text, html)


def mark(name: str) -> str:
    """What stands for a personal thing in a stencil."""
    return f"{OPENS}{name}{CLOSES}"


def stencil(
    template: str, context: Mapping[str, Any], *, language: str, scope: str = "", category: str = ""
) -> Stencil:
    """Render once for many: `context` holds marks in place of what is personal. `unsubscribe_url` is one of them for
    every category that can be stopped."""
    url = mark("unsubscribe_url") if category != "transactional" else ""
    with translation.override(language):
        return Stencil(*_rendered(template, {"unsubscribe_url": url, **context}, scope))


def render(template: str, context: Mapping[str, Any], *, scope: str = "") -> Rendered:
    """Render `<template>.subject.txt`, `.txt` and `.html`, or the own words of this site or of the consultation
    `scope`; `site` is in the context of each.

    Plain text is not escaped. The subject is one line of at most 250 characters. Raises TemplateDoesNotExist
    when one of the three is missing.
    """
    return _finished(*_rendered(template, context, scope))


def render_usual(template: str, context: Mapping[str, Any]) -> Rendered:
    """The same from the templates, whatever own words there are."""
    return _finished(*_from_templates(template, {"unsubscribe_url": "", **context}))


def render_words(said: tuple[str, Mapping[str, Any]]) -> Rendered:
    """Own words that hold nowhere yet, for previews."""
    return _finished(*_from_templates(*said))


def _rendered(template: str, context: Mapping[str, Any], scope: str) -> tuple[str, str, str]:
    own = import_string(settings.OWN_WORDS)(template, context, scope)
    return _from_templates(*(own or (template, context)))


def _from_templates(template: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    subject = _plain(f"{template}.subject.txt", context)
    text = _plain(f"{template}.txt", context)
    html = get_template(f"{template}.html").render({"site": site_facts(), "subject": subject, **context})
    return subject, text, INLINER.inline(html)


def _finished(subject: str, text: str, html: str) -> Rendered:
    one_line = " ".join(subject.split())[:LONGEST_SUBJECT]
    return Rendered(one_line, MANY_EMPTY_LINES.sub("\n\n", text).strip() + "\n", html)


def _plain(name: str, context: Mapping[str, Any]) -> str:
    template = get_template(name).template  # type: ignore[attr-defined]  # only the engine's own can be left unescaped
    return str(template.render(Context({"site": site_facts(), **context}, autoescape=False)))
