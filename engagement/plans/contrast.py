"""How well the colours of the layout of messages can be read: the ratio that WCAG 2.2 asks for."""

from __future__ import annotations

import re
from functools import lru_cache

from django.template.loader import get_template

LAYOUT = "emails/layout.html"
LEAST = 4.5
RULE = re.compile(r"([^{}]+)\{([^}]*)\}")
COLOUR = re.compile(r"(?<![-\w])(color|background)\s*:\s*(#[0-9a-fA-F]{6})")


def ratio(one: str, other: str) -> float:
    """The contrast of two colours like “#14283a”, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pairs(style: str) -> list[tuple[str, str, str]]:
    """(selector, text, ground) of a style sheet: each text colour, on its own ground or on that of the sheet."""
    grounds, texts = {}, {}
    for selector, body in RULE.findall(style):
        found = {name: value.lower() for name, value in COLOUR.findall(body)}
        name = selector.strip()
        if "background" in found:
            grounds[name] = found["background"]
        if "color" in found:
            texts[name] = found["color"]
    sheet = grounds.get(".sheet", "#ffffff")
    made = [(name, text, grounds.get(name, sheet)) for name, text in texts.items()]
    # The words of the sheet inherit the colour of the body.
    return [*made, (".sheet", texts.get("body", "#000000"), sheet)]


@lru_cache(maxsize=1)
def lowest() -> float:
    """The lowest contrast of any text in the layout of messages."""
    source = get_template(LAYOUT).template.source  # type: ignore[attr-defined]  # the file as it is written
    style = source.partition("<style>")[2].partition("</style>")[0]
    return min(ratio(text, ground) for _, text, ground in pairs(style))
