"""Template tags and filters of the design system; built in, so that no template has to load them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import get_token
from django.template import Context
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from engagement.core import languages
from engagement.core.context import site_facts
from engagement.core.drawing import draw, focus_id, sentences

register = template.Library()
VOWELS = frozenset("aeiouwyâêîôûŵŷäëïöüáéíóú")

# --- words for moments and numbers ----------------------------------------------------------------------


def _clock(moment: datetime) -> str:
    """A time of day as it is said: “9am”, “11:59pm”, “midday”, “midnight”."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return gettext("midday") if moment.hour else gettext("midnight")
    hour = moment.hour % 12 or 12
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes}{pgettext('time of day', 'am') if moment.hour < 12 else pgettext('time of day', 'pm')}"


def _local(value: Any) -> Any:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def moment(value: datetime | None) -> str:
    """“Friday 8 February 2019, 11:59pm (GMT)” in the site's own zone; empty for None."""
    if not isinstance(value, datetime):
        return day(value)
    local = _local(value)
    zone = f" ({local.tzname()})" if timezone.is_aware(local) else ""
    return f"{date_format(local, 'l j F Y')}, {_clock(local)}{zone}"


@register.filter
def short_moment(value: datetime | None) -> str:
    """“8 Feb 2019, 11:59pm” for tables; empty for None."""
    if not isinstance(value, datetime):
        return day(value)
    local = _local(value)
    # A date stays on one line of a narrow column.
    return f"{date_format(local, 'j M Y')}, {_clock(local)}".replace(" ", "\u00a0").replace(",\u00a0", ", ")


@register.filter
def clock(value: datetime | None) -> str:
    """“2:02pm” in the site's own zone; empty for None."""
    return _clock(_local(value)) if isinstance(value, datetime) else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """“8 February 2019”; an instant counts as the day it is in the site's own zone; empty for None."""
    return date_format(_local(value), "j F Y") if isinstance(value, date) else ""


@register.filter
def days_left(value: datetime | date | None) -> str:
    """“12 days left”, “closes tomorrow”, “closes today” or “closed”, counted in calendar days; empty for None."""
    if not isinstance(value, date):
        return ""
    now = timezone.now()
    if isinstance(value, datetime) and value <= now:
        return gettext("closed")
    last = _local(value).date() if isinstance(value, datetime) else value
    left = (last - timezone.localdate(now)).days
    if left < 0:
        return gettext("closed")
    if left < 2:
        return gettext("closes tomorrow") if left else gettext("closes today")
    return ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}


@register.filter
def agree(number: Any, words: str) -> str:
    """The words that agree with the number: `{{ 1|agree:"person came|people came" }}` is “person came”."""
    one, _, many = words.partition("|")
    return one if str(number) == "1" else many


@register.filter
def percent(part: float | None, base: float | None = None) -> str:
    """“36%” of `base` (without one, `part` is a share from 0 to 1); a dash where there is nothing to divide.

    Never rounds something to nothing or nearly all to all: “under 1%”, “over 99%”.
    """
    if part is None or base == 0:
        return "–"
    share = 100 * float(part) / float(base) if base is not None else 100 * float(part)
    if 0 < share < 0.5:
        return gettext("under 1%%") % ()
    if 99.5 <= share < 100:
        return gettext("over 99%%") % ()
    return f"{int(share + 0.5)}%"


@register.filter
def share(part: int | None, base: int | None) -> str:
    """“27 of 74 (36%)”: a number never stands without its base."""
    if part is None or base is None:
        return "–"
    words = gettext("%(part)s of %(base)s") % {"part": part, "base": base}
    return f"{words} ({percent(part, base)})" if base else words


@register.filter
def joined(values: Iterable[Any], last: str = "") -> str:
    """“a, b and c”. Some languages say “and” in another way before a vowel."""
    words = [str(value) for value in values]
    if len(words) < 2:
        return "".join(words)
    is_vowel = words[-1][:1].lower() in VOWELS
    last = last or (pgettext("before a vowel", "and") if is_vowel else pgettext("before a consonant", "and"))
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


@register.filter
def plain(value: Any) -> str:
    """The text without the mark of its language, for places that take no HTML, such as the title of a page."""
    return str(value)


@register.filter
def lang_attribute(value: Any) -> str:
    """` lang="…"` for a text that is in another language than the page; empty for any other."""
    language = getattr(value, "lang", "")
    return format_html(' lang="{}"', language) if language else ""


@register.filter
def lookup(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """The value under `key`, or an empty text."""
    return mapping.get(key, "") if mapping else ""


# --- the site, addresses and navigation -----------------------------------------------------------------


@register.simple_tag(name="site_facts")
def site_facts_tag() -> dict[str, str]:
    """`{% site_facts as site %}` where no request is at hand, as in messages."""
    return site_facts()


def _request(context: Context) -> HttpRequest | None:
    """The request, also inside a part that was included with `only`."""
    return context.get("request") or getattr(context, "request", None)


@register.simple_tag(takes_context=True)
def csrf_field(context: Context) -> SafeString:
    """The hidden CSRF field; also works inside a part that was included with `only`."""
    request: Any = _request(context)
    if request is None:
        return SafeString("")
    # The head of every page has one form and the page another: one masked token serves both.
    if not hasattr(request, "_csrf_field"):
        request._csrf_field = format_html(
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)
        )
    return request._csrf_field


@register.simple_tag(takes_context=True)
def query_without(context: Context, *names: str) -> str:
    """The page's query string without these parameters, for the pager: `{% query_without "page" as query %}`."""
    request = _request(context)
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name in names:
        query.pop(name, None)
    return query.urlencode()


def _address(name: str, argument: Any) -> str | None:
    if argument in (None, ""):
        return _fixed_address(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
    try:
        return reverse(name, args=[argument])
    except NoReverseMatch:
        return None


@lru_cache(maxsize=500)
def _fixed_address(name: str, urlconf: str, prefix: str) -> str | None:
    """An address without arguments is the same on every page; `prefix` is where the site is mounted."""
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return None


@register.simple_tag(takes_context=True)
def other_languages(context: Context) -> list[dict[str, str]]:
    """The languages that this page can be read in besides its own: `code`, `name` in that language, and where to send
    the choice. Empty on a site with one language."""
    request = _request(context)
    back = request.get_full_path() if request is not None else "/"
    now = get_language()
    others = [(code, name) for code, name in languages.offered().items() if code != now]
    return [
        {"code": code, "name": name, "url": address, "back": back}
        for code, name in others
        if (address := _address("accounts:language", languages.short(code)))
    ]


@register.simple_tag(takes_context=True)
def nav_items(context: Context, *parts: str, of: Any = None) -> list[dict[str, str]]:
    """Navigation out of “Label|url:name” parts, each label translated and each address reversed with `of` when given.

    A part whose address does not exist is left out. The current one carries `current`: “page” on its own
    address, “true” below it. A page elsewhere names its part with the context variable `nav_current`
    (a URL name); failing that, the address above the page's is taken, and then the page's own URL namespace.
    """
    items = []
    for part in parts:
        label, _, name = part.partition("|")
        address = _address(name, of)
        if address:
            items.append({"label": gettext(label), "name": name, "url": address, "current": ""})
    current = _current(context, items)
    if current:
        current["current"] = "page" if current["url"] == _path(context) else "true"
    return items


def _path(context: Context) -> str:
    request = _request(context)
    return request.path if request is not None else ""


def _current(context: Context, items: list[dict[str, str]]) -> dict[str, str] | None:
    named = context.get("nav_current")
    for item in items:
        if named and item["name"] == named:
            return item
    path = _path(context)
    for item in items:
        if item["url"] == path:
            return item
    match = getattr(_request(context), "resolver_match", None)
    namespace = getattr(match, "namespace", "")
    below = [item for item in items if item["url"] != "/" and path.startswith(item["url"])]
    own = [item for item in items if namespace and item["name"].partition(":")[0] == namespace]
    found = [item for item in own if item in below] or below or (own if len(own) == 1 else [])
    return max(found, key=lambda item: len(item["url"]), default=None)


@register.simple_tag
def depth(done: float, total: float) -> dict[str, Any]:
    """How far a line is let down: `reached` as an SVG length, and the `marks` between up to twenty steps.

    Never less than nothing nor more than all, whatever the numbers are.
    """
    steps = int(total or 0)
    tenths = max(0, min(1000, int(1000 * (done or 0) / total))) if total else 0
    marks = [f"{1000 * step // steps / 10:g}%" for step in range(1, steps)] if 1 < steps <= 20 else []
    return {"reached": f"{tenths / 10:g}%", "marks": marks}


# --- forms ----------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def drawn_field(context: Context) -> SafeString:
    """The `field` of the context as `core.drawing` draws it, with the classes of `wrapper_class` if there are any."""
    return draw(context["field"], context.get("wrapper_class") or "")


@register.filter
def problems(form: Any) -> list[dict[str, str]]:
    """Every error of a form or formset as {"text", "target"}; `target` is empty for the form as a whole."""
    if not form or not hasattr(form, "errors"):
        return []
    if hasattr(form, "forms"):
        found = [{"text": str(text), "target": ""} for text in form.non_form_errors()]
        return found + [problem for part in form.forms for problem in problems(part)]
    found = [{"text": str(text), "target": ""} for text in form.errors.get(NON_FIELD_ERRORS, [])]
    for name in form.fields:
        field = form[name]
        target = "" if field.is_hidden else focus_id(field)
        found += [{"text": text, "target": target} for text in sentences(field)]
    return found
