"""What staff may put into the words of a message: a closed list of names in double braces, replaced as plain text.

Nothing here evaluates anything. A name is looked up in the list of its kind of message and replaced by its text;
whatever else stands between braces stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.html import escape
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe

from engagement.plans.models import LONGEST_SUBJECT

LONGEST_BODY = 10_000
TOKEN = re.compile(r"\{\{ ?([a-z_]+) ?\}\}")
# Anything that looks like one, or like a command of a template.
BRACES = re.compile(r"\{\{.*?\}\}|\{\{|\}\}|\{%.*?%\}|\{%|%\}")
# What a reader's program would make a link of.
ADDRESS = re.compile(
    r"(?i)\b(?:[a-z][a-z0-9+.-]*://|(?:mailto|javascript|data|vbscript|file|ftp|tel|sms|blob):)[^\s<>\"]*"
)
TRAILING = ".,;:!?)’”"


@dataclass(frozen=True)
class Token:
    """One name and the text that takes its place, from what the message knows."""

    name: str
    meaning: str
    value: Callable[[Mapping[str, Any]], Any]
    is_link: bool = False
    # A message without it would be worth nothing.
    is_needed: bool = False


@dataclass(frozen=True)
class Editable:
    """A kind of message whose words staff may change."""

    template: str
    label: str
    tokens: tuple[Token, ...]
    # A context whose values are found nowhere else in the text, from which the usual words are told with names.
    stand_in: Callable[[], Mapping[str, Any]]
    # A context of real data for a consultation (empty reference: for the site), or None where there is none yet.
    real: Callable[[str], Mapping[str, Any] | None]

    @property
    def code(self) -> str:
        """What stands for it in addresses."""
        return self.template.replace("/email/", "-").replace("_", "-")

    def token(self, name: str) -> Token | None:
        return next((token for token in self.tokens if token.name == name), None)

    def values(self, context: Mapping[str, Any]) -> dict[str, str]:
        """The text of each name."""
        return {token.name: str(token.value(context)) for token in self.tokens}


@lru_cache(maxsize=1)
def editables() -> dict[str, Editable]:
    """Every kind of message whose words may be changed, by its template; see settings.MESSAGE_WORDS."""
    return {one.template: one for name in settings.MESSAGE_WORDS for one in import_string(name)}


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with known names replaced, once each: a value that holds braces stays as it is."""
    return TOKEN.sub(lambda found: values.get(found[1], found[0]), text)


def as_html(text: str, editable: Editable, values: Mapping[str, str]) -> SafeString:
    """The text as paragraphs of HTML. Everything is escaped; links are made of link names and of typed addresses."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    made = []
    for paragraph in paragraphs:
        lines = [_line(line, editable, values) for line in paragraph.splitlines()]
        made.append(f"<p>{'<br>'.join(lines)}</p>")
    return mark_safe("\n".join(made))


def _line(line: str, editable: Editable, values: Mapping[str, str]) -> str:
    parts: list[str] = []
    at = 0
    for found in TOKEN.finditer(line):
        parts.append(_linked(line[at : found.start()]))
        token = editable.token(found[1])
        if token is None:
            parts.append(escape(found[0]))
        else:
            value = escape(values[token.name])
            parts.append(f'<a href="{value}">{value}</a>' if token.is_link else value)
        at = found.end()
    return "".join([*parts, _linked(line[at:])])


def _linked(text: str) -> str:
    parts: list[str] = []
    at = 0
    for found in ADDRESS.finditer(text):
        address = found[0].rstrip(TRAILING)
        if why_not_link(address):
            continue
        parts.append(escape(text[at : found.start()]))
        shown = address.removeprefix("mailto:")
        parts.append(f'<a href="{escape(address)}">{escape(shown)}</a>')
        at = found.start() + len(address)
    return "".join([*parts, escape(text[at:])])


# --- checks ---------------------------------------------------------------------------------------------


def why_not_link(address: str) -> str:
    """What is wrong with a typed address, as a sentence; empty when it may stand in a message."""
    parts = urlsplit(address) if _can_be_split(address) else None
    if parts is not None and parts.scheme.lower() == "mailto":
        try:
            validate_email(parts.path)
        except ValidationError:
            return f"“{address}” does not hold a whole e-mail address."
        return "" if not parts.query else f"“{address}”: write the e-mail address alone, without a subject or text."
    if parts is None or parts.scheme.lower() not in {"http", "https"}:
        return f"“{address}” is no web address. Links begin with https://, http:// or mailto:."
    host = parts.hostname or ""
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host) or ("." not in host and host != "localhost"):
        return f"“{address}” does not name a site after “//”."
    if "@" in parts.netloc:
        return f"“{address}” hides its site behind an “@”. Write the address without it."
    return ""


def _can_be_split(address: str) -> bool:
    try:
        return urlsplit(address).port is None or True
    except ValueError:
        return False


def why_not_subject(subject: str, editable: Editable) -> list[str]:
    """What is wrong with a subject, in sentences."""
    if not subject.strip():
        return ["Write a subject."]
    said = []
    if any(not character.isprintable() for character in subject):
        said.append("The subject must be one line, without line breaks or invisible characters.")
    if len(subject) > LONGEST_SUBJECT:
        said.append(f"The subject has {len(subject)} characters. The most is {LONGEST_SUBJECT}.")
    said += _why_not_names(subject, editable)
    links = {token.name for token in editable.tokens if token.is_link}
    if named := sorted(links & set(TOKEN.findall(subject))):
        said.append(f"A link cannot stand in the subject: {{{{{named[0]}}}}}.")
    return said


def why_not_body(body: str, editable: Editable) -> list[str]:
    """What is wrong with a text, in sentences."""
    if not body.strip():
        return ["Write the text."]
    said = []
    if len(body) > LONGEST_BODY:
        said.append(f"The text has {len(body)} characters. The most is {LONGEST_BODY}.")
    if any(not character.isprintable() and character not in "\n\t" for character in body.replace("\r\n", "\n")):
        said.append("The text holds invisible characters. Type it anew instead of pasting it.")
    said += _why_not_names(body, editable)
    for found in ADDRESS.finditer(TOKEN.sub("", body)):
        if reason := why_not_link(found[0].rstrip(TRAILING)):
            said.append(reason)
    named = set(TOKEN.findall(body))
    for token in editable.tokens:
        if token.is_needed and token.name not in named:
            said.append(f"The text must hold {{{{{token.name}}}}}: {token.meaning[0].lower()}{token.meaning[1:]}.")
    return said


def _why_not_names(text: str, editable: Editable) -> list[str]:
    said = []
    known = {token.name for token in editable.tokens}
    for found in BRACES.finditer(text):
        whole = TOKEN.fullmatch(found[0])
        if whole is None or whole[1] not in known:
            said.append(f"“{found[0][:60]}” is not one of the names that this message knows. Choose from the list.")
    return said
