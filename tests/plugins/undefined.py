"""Notices undefined template variables: pages behave as in production, and the test fails afterwards."""

from __future__ import annotations

import sys
from pathlib import Path

from django.template.context import BaseContext

found: list[str] = []


def _template_name() -> str | None:
    """The template being rendered, or None when it belongs to an installed package."""
    frame = sys._getframe(2)
    while frame is not None:
        context = frame.f_locals.get("context")
        if isinstance(context, BaseContext) and getattr(context, "render_context", None) is not None:
            template = context.render_context.template
            name = str(getattr(getattr(template, "origin", None), "name", "") or "")
            if "site-packages" in Path(name).parts:
                return None
            return name.rpartition("/templates/")[2] or name
        frame = frame.f_back
    return "a template"


class RecordsUndefined(str):
    """Stands as Django's `string_if_invalid`: formats to nothing, and writes down which name was undefined."""

    __slots__ = ()

    def __mod__(self, variable: object) -> str:
        if (template := _template_name()) is not None:
            found.append(f"“{variable}” in {template}")
        return ""


def take() -> list[str]:
    """What was noticed since the last call."""
    taken = list(dict.fromkeys(found))
    found.clear()
    return taken
