"""A message's three templates become its subject, its text and its HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import css_inline
from django.template import Context
from django.template.loader import get_template

from engagement.core.context import site_facts

LONGEST_SUBJECT = 250
MANY_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
# Nothing is fetched: styles come from the message's own <style> element.
INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


class Rendered(NamedTuple):
    """A message as it will leave."""

    subject: str
    text: str
    html: str


def render(template: str, context: Mapping[str, Any]) -> Rendered:
    """Render `<template>.subject.txt`, `.txt` and `.html`; `site` is in the context of each.

    Plain text is not escaped. The subject is one line of at most 250 characters. Raises TemplateDoesNotExist
    when one of the three is missing.
    """
    subject = " ".join(_plain(f"{template}.subject.txt", context).split())
    text = MANY_EMPTY_LINES.sub("\n\n", _plain(f"{template}.txt", context)).strip() + "\n"
    html = get_template(f"{template}.html").render({"site": site_facts(), "subject": subject, **context})
    return Rendered(subject[:LONGEST_SUBJECT], text, INLINER.inline(html))


def _plain(name: str, context: Mapping[str, Any]) -> str:
    template = get_template(name).template  # type: ignore[attr-defined]  # only the engine's own can be left unescaped
    return str(template.render(Context({"site": site_facts(), **context}, autoescape=False)))
