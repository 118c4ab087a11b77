"""No page without a rule."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from engagement.core.views import Guarded

# Pages of installed packages, which guard themselves.
FOREIGN = ("allauth.",)


def all_patterns(resolver: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from all_patterns(pattern, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback


def test_every_page_declares_who_may_see_it():
    unguarded = []
    for address, view in all_patterns(get_resolver()):
        kind = getattr(view, "view_class", None)
        if kind is not None and issubclass(kind, Guarded):
            continue
        module = (kind or view).__module__
        if not module.startswith(FOREIGN):
            unguarded.append(f"{address} ({module})")

    assert unguarded == []


def test_every_address_of_our_own_has_a_name():
    nameless = []

    def walk(resolver: Any, before: str = "") -> None:
        for pattern in resolver.url_patterns:
            address = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern, address)
            elif not pattern.name and not pattern.callback.__module__.startswith(FOREIGN):
                nameless.append(address)

    walk(get_resolver())

    assert nameless == []
