"""Follow the links of a site in a browser, one page of each kind."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

# Parts of an address which make another page of it; all others (which consultation, whose) do not.
TELLING = ("group", "kind", "move", "act", "step")
# Not those that show the same page in another language.
LINKS = "[...document.querySelectorAll('a[href]:not([hreflang])')].map(link => link.href)"


def kind_of(path: str) -> str | None:
    """What sort of page stands at this address, `surveys:edit` for instance; None when there is none."""
    try:
        found = resolve(path)
    except Resolver404:
        return None
    telling = [str(found.kwargs[name]) for name in TELLING if name in found.kwargs]
    return "-".join([found.view_name, *telling])


def walk(
    page: Page, starts: list[str], *, most: int = 200, passes: Callable[[str, str], bool] = lambda kind, path: False
) -> Iterator[tuple[str, Any]]:
    """Yield `(kind, response)` with `page` standing on it, for the first page of each kind that links lead to.

    Addresses in `starts` are all shown, and so is every page of a kind for which `passes(kind, path)` is false no
    longer than its first time; files and other sites are not followed. `most` bounds the number of pages.
    """
    base = urlsplit(page.url)
    waiting = deque(starts)
    seen: set[str] = set()
    kinds: set[str] = set()
    shown = 0
    while waiting and shown < most:
        address = waiting.popleft()
        path = urlsplit(address).path
        kind = kind_of(path) or ("nothing" if path in starts else None)
        if kind is None or path in seen or (kind in kinds and path not in starts) or passes(kind, path):
            continue
        seen.add(path)
        kinds.add(kind)
        try:
            response = page.goto(address)
        except Error as problem:
            if "Download is starting" in str(problem) or "ERR_ABORTED" in str(problem):
                continue
            raise
        if response is None or not response.headers.get("content-type", "").startswith("text/html"):
            continue
        landed = kind_of(urlsplit(page.url).path)
        if landed != kind and kind != "nothing":
            if landed is None or landed in kinds:
                continue
            kinds.add(landed)
            kind = landed
        shown += 1
        found = page.evaluate(LINKS)
        yield kind, response
        for link in found:
            parts = urlsplit(link)
            if parts.netloc == base.netloc:
                waiting.append(parts._replace(scheme="", netloc="", fragment="").geturl())
